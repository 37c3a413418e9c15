"""How tokens are drawn, and which special tokens a reply may hold."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from home_llm_engine.generation import draw
from home_llm_engine.model import Model
from home_llm_engine.reply import Done, Piece, Sampling
from tests.engine.tiny_gguf import write_random_model

PROMPT = [("<|im_start|>", True), ("user\nturn on the lamp", False), ("<|im_end|>", True)]


def said(events: Iterator[Piece | Done]) -> str:
    """Return the text of a reply."""
    return "".join(event.text for event in events if isinstance(event, Piece))


def reply(model: Model, **sampling: float) -> str:
    """Return a reply that is drawn."""
    drawn = Sampling(**sampling)  # type: ignore[arg-type]
    return said(model.generate(PROMPT, max_tokens=30, sampling=drawn))


def test_what_is_drawn_depends_on_the_seed_alone(random_model: Model) -> None:
    first = reply(random_model, temperature=1.0, seed=1)
    assert reply(random_model, temperature=1.0, seed=1) == first
    assert len({reply(random_model, temperature=1.0, seed=seed) for seed in range(4)}) > 1


def test_the_likeliest_is_taken_where_nothing_else_may_be_drawn(random_model: Model) -> None:
    likeliest = said(random_model.generate(PROMPT, max_tokens=30))
    assert reply(random_model) == likeliest
    assert reply(random_model, temperature=2.0, top_p=0.0, seed=3) == likeliest
    assert reply(random_model, temperature=1e-4, seed=3) == likeliest


def test_tokens_are_drawn_by_their_probabilities() -> None:
    random = np.random.default_rng(0)
    scores = np.log(np.array([0.1, 0.6, 0.3], dtype=np.single))
    drawn = [draw(scores, Sampling(temperature=1.0), random) for _ in range(4000)]
    shares = np.bincount(drawn, minlength=3) / len(drawn)
    assert shares == pytest.approx([0.1, 0.6, 0.3], abs=0.04)


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.5, {1}), (0.7, {1, 2}), (0.95, {0, 1, 2}), (1, {0, 1, 2})]
)
def test_the_unlikely_is_left_out(top_p: float, kept: set[int]) -> None:
    random = np.random.default_rng(0)
    scores = np.log(np.array([0.1, 0.6, 0.3], dtype=np.single))
    drawn = {draw(scores, Sampling(temperature=1.0, top_p=top_p), random) for _ in range(300)}
    assert drawn == kept


def test_a_special_token_is_written_only_where_it_is_understood(random_model: Model) -> None:
    vocabulary = random_model.vocabulary
    (marker,) = vocabulary.prompt([("<|speaker|>", True)])
    assert marker not in vocabulary.speech().tokens
    spoken = vocabulary.speech(frozenset({"<|speaker|>", "<|im_end|>", "nothing"}))
    assert marker in spoken.tokens
    assert spoken.shown == {marker: b"<|speaker|>"}
    # What ends a reply ends it still, and is not shown.
    assert vocabulary.ends <= set(spoken.tokens.tolist())


def test_a_special_token_that_is_written_is_shown(random_model: Model) -> None:
    spoken = ["<|speaker|>", "<|im_start|>"]

    def wild(seed: int, spoken: list[str]) -> str:
        drawn = Sampling(temperature=50.0, seed=seed)
        return said(random_model.generate(PROMPT, max_tokens=100, spoken=spoken, sampling=drawn))

    assert any(mark in wild(seed, spoken) for seed in range(60) for mark in spoken)
    assert not any(mark in wild(seed, []) for seed in range(10) for mark in spoken)


@pytest.mark.parametrize(("adds", "bos"), [(True, ""), (False, "<|endoftext|>")])
def test_a_file_tells_the_tokens_of_templates(tmp_path: Path, adds: bool, bos: str) -> None:
    fields = {"tokenizer.ggml.add_bos_token": adds, "tokenizer.ggml.bos_token_id": 0}
    path = write_random_model(tmp_path / "model.gguf", fields=fields)
    with Model(path) as model:
        assert (model.info.bos, model.info.eos) == (bos, "<|im_end|>")


def test_every_end_of_a_turn_ends_a_reply(random_model: Model) -> None:
    """Not the end of texts alone, which chat models hardly ever write."""
    (turn,) = random_model.vocabulary.prompt([("<|im_end|>", True)])
    (text,) = random_model.vocabulary.prompt([("<|endoftext|>", True)])
    assert {turn, text} <= random_model.vocabulary.ends
