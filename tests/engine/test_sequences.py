"""Conversations share what they begin with, keep what is their own, and get the same replies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from home_llm_engine.model import Model
from home_llm_engine.reply import Segments
from home_llm_engine.sequences import CONVERSATIONS
from tests.engine.test_model import SYSTEM, asking, count, one_of, reply_of
from tests.engine.tiny_gguf import Shape, write_random_model

REPLY = 12
"""Tokens that are written at most."""


@pytest.fixture(scope="module", params=["remembers every place", "remembers the end"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model whose memory can be cut anywhere, and one of which only the end is kept."""
    shape = Shape(convolutions=request.param == "remembers the end")
    return write_random_model(tmp_path_factory.mktemp("model") / "random.gguf", shape=shape)


@pytest.fixture
def model(path: Path) -> Iterator[Model]:
    with Model(path, n_threads=1) as model:
        yield model


def said(model: Model, prompt: Segments) -> tuple[str, int]:
    """Return the reply to a prompt, and how many of its tokens were evaluated for that."""
    reply, stats = reply_of(model.generate(prompt, max_tokens=REPLY))
    return reply, stats.evaluated_tokens


def alone(path: Path, prompt: Segments, n_ctx: int = 4096) -> str:
    """Return the reply of a model that has evaluated nothing before."""
    with Model(path, n_ctx=n_ctx, n_threads=1) as model:
        return said(model, prompt)[0]


def test_what_conversations_share_is_evaluated_once(model: Model, path: Path) -> None:
    model.prepare(SYSTEM)
    for sentence in ("turn on the desk lamp", "is the fan on", "lights off", "and the tower"):
        prompt = [*SYSTEM, *asking(sentence)]
        reply, evaluated = said(model, prompt)
        assert evaluated <= count(model, asking(sentence))
        assert reply == alone(path, prompt)
    assert model.prepare(SYSTEM).evaluated_tokens == 0


def test_conversations_that_take_turns_are_appended_to(model: Model, path: Path) -> None:
    # Bound by a grammar, so that the history has the very tokens that were written.
    grammar = one_of(" the desk lamp is on", " the living room light is on")
    prefix = model.prepare(SYSTEM).prompt_tokens
    talks: list[Segments] = [[*SYSTEM, *asking(f"{word} please")] for word in ("lamp", "fan")]
    appended = [prefix, prefix]
    for turn in range(4):
        for number, prompt in enumerate(talks):
            reply, stats = reply_of(model.generate(prompt, grammar=grammar))
            assert stats.cached_tokens >= appended[number]
            appended[number] = stats.prompt_tokens
            with Model(path, n_threads=1) as fresh:
                assert reply_of(fresh.generate(prompt, grammar=grammar))[0] == reply
            talks[number] = [*prompt, (reply, False), *asking(f"and the {turn} light")]


def test_the_conversation_that_rested_longest_goes(random_model_path: Path) -> None:
    with Model(random_model_path, n_threads=1) as model:
        talks = [
            [*SYSTEM, *asking(f"{word} " * 30)]
            for word in ("lamp", "fan", "light", "desk")[: CONVERSATIONS + 1]
        ]
        for prompt in talks:
            said(model, prompt)
        for prompt in talks[1:]:
            assert said(model, prompt)[1] == 1
        _, evaluated = said(model, talks[0])
        assert 30 < evaluated <= count(model, talks[0]) - count(model, SYSTEM)


def test_a_conversation_goes_on_in_its_place_though_its_replies_were_left_out(
    random_model_path: Path,
) -> None:
    # What models think is not part of the history; each turn must not take the place of another.
    with Model(random_model_path, n_threads=1) as model:
        other = [*SYSTEM, *asking("lamp " * 30)]
        said(model, other)
        prompt: Segments = [*SYSTEM, *asking("fan " * 30)]
        for turn in range(2 * CONVERSATIONS):
            said(model, prompt)
            prompt = [*prompt, *asking(f"and {turn}")]
        assert said(model, other)[1] == 1


def test_after_a_change_of_the_home_nothing_of_the_old_one_is_kept(
    random_model_path: Path,
) -> None:
    with Model(random_model_path, n_threads=1) as model:
        on: Segments = [*SYSTEM, ("States: lamp on", False)]
        off: Segments = [*SYSTEM, ("States: lamp off", False)]
        model.prepare(on)
        said(model, [*on, *asking("lamp off")])
        model.prepare(off)
        _, evaluated = said(model, [*on, *asking("lamp off")])
        assert evaluated >= count(model, asking("lamp off"))
        assert model.prepare(off).evaluated_tokens == 0


def test_when_there_is_no_room_what_rests_makes_it(path: Path) -> None:
    with Model(path, n_ctx=512, n_threads=1) as model:
        model.prepare(asking("lamp " * 50))
        for word in ("fan", "light", "desk", "tower"):
            prompt = asking(f"{word} " * 200)
            assert count(model, prompt) > 200
            reply, _ = said(model, prompt)
            assert reply == alone(path, prompt, n_ctx=512)
        prompt = asking("lamp " * 240)
        assert said(model, prompt)[0] == alone(path, prompt, n_ctx=512)


def test_what_was_prepared_survives_a_restart(path: Path, tmp_path: Path) -> None:
    prompt = [*SYSTEM, *asking("turn on the desk lamp")]
    with Model(path, n_threads=1, prefix_folder=tmp_path) as model:
        model.prepare(SYSTEM)
        before = said(model, prompt)
        assert model.save()
    with Model(path, n_threads=1, prefix_folder=tmp_path) as model:
        assert model.prepare(SYSTEM).evaluated_tokens == 0
        assert said(model, prompt) == before
