"""A model in this process: what is evaluated anew, when it stops, what it may say."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from home_llm_engine.errors import (
    InternalError,
    PromptTooLongError,
    RequestCancelledError,
)
from home_llm_engine.model import Model, default_threads
from home_llm_engine.reply import Done, Piece, Segments, Stats

SYSTEM = [
    ("<|im_start|>", True),
    ("system\nDevices:\n" + "light desk lamp\nfan tower\n" * 40, False),
    ("<|im_end|>", True),
]


def asking(sentence: str) -> list[tuple[str, bool]]:
    return [("<|im_start|>", True), (f"user\n{sentence}", False), ("<|im_end|>", True)]


def reply_of(events: Iterator[Piece | Done]) -> tuple[str, Stats]:
    """Return a whole reply and its figures."""
    *pieces, done = events
    assert isinstance(done, Done)
    return "".join(piece.text for piece in pieces if isinstance(piece, Piece)), done.stats


def one_of(*strings: str) -> dict[str, Any]:
    """Return a grammar of replies that are one of some strings."""
    return {
        "sets": {"all": list(strings)},
        "nodes": [[["all", 1]], []],
    }


def after(calls: int) -> Callable[[], bool]:
    """Return a function that says no so many times, and then yes."""
    answers = iter([False] * calls)
    return lambda: next(answers, True)


@pytest.fixture
def fresh(random_model_path: Path) -> Iterator[Model]:
    """Return a model that has evaluated nothing."""
    with Model(random_model_path, n_threads=1) as model:
        yield model


def count(model: Model, segments: Segments) -> int:
    return len(model.tokenize(segments))


def test_a_file_says_what_it_is(fresh: Model) -> None:
    info = fresh.info
    assert info.metadata["home_llm.format"] == "tiny-6"
    assert info.metadata["general.architecture"] == "llama"
    assert info.n_ctx == 4096
    assert info.n_vocab == len(fresh.vocabulary.pieces)
    assert info.parameters > 50_000
    assert info.n_threads == 1


def test_the_context_is_never_larger_than_the_model_was_made_for(random_model_path: Path) -> None:
    with Model(random_model_path, n_ctx=100_000) as model:
        assert model.n_ctx == 4096


def test_small_files_get_one_thread_and_large_ones_no_more_than_four() -> None:
    assert default_threads(25 * 2**20) == 1
    assert 1 <= default_threads(2**30) <= 4


def test_what_was_prepared_is_not_evaluated_again(fresh: Model) -> None:
    prompt = [*SYSTEM, *asking("turn on the desk lamp")]
    prepared = fresh.prepare(SYSTEM)
    assert prepared.evaluated_tokens == prepared.prompt_tokens == count(fresh, SYSTEM)
    _, stats = reply_of(fresh.generate(prompt, max_tokens=3))
    assert stats.cached_tokens == count(fresh, SYSTEM)
    assert stats.evaluated_tokens == count(fresh, prompt) - count(fresh, SYSTEM)
    _, stats = reply_of(fresh.generate([*SYSTEM, *asking("the other one")], max_tokens=3))
    assert stats.cached_tokens >= count(fresh, SYSTEM)


def test_after_a_change_at_the_end_only_the_end_is_evaluated(fresh: Model) -> None:
    states = [*SYSTEM, ("States:\nlight desk lamp = on\n", False)]
    fresh.prepare(states)
    stats = fresh.prepare([*SYSTEM, ("States:\nlight desk lamp = off\n", False)])
    assert stats.cached_tokens >= count(fresh, SYSTEM)
    assert 0 < stats.evaluated_tokens < 10


def test_preparing_what_is_there_keeps_what_follows_it(fresh: Model) -> None:
    prompt = [*SYSTEM, *asking("turn on the desk lamp")]
    reply_of(fresh.generate(prompt, max_tokens=3))
    assert fresh.prepare(SYSTEM).evaluated_tokens == 0
    assert fresh.prepare(prompt).evaluated_tokens == 0


def test_of_a_known_prompt_one_token_is_evaluated_again(fresh: Model) -> None:
    first, _ = reply_of(fresh.generate(SYSTEM, max_tokens=20))
    again, stats = reply_of(fresh.generate(SYSTEM, max_tokens=20))
    assert stats.evaluated_tokens == 1
    assert again == first


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_a_prompt_can_be_given_up_between_batches_and_within(
    fresh: Model, random_model: Model, calls: int
) -> None:
    prompt = [*SYSTEM, *asking("turn on the desk lamp")]
    expected, _ = reply_of(random_model.generate(prompt, max_tokens=20))
    with pytest.raises(RequestCancelledError):
        list(fresh.generate(prompt, max_tokens=20, cancelled=after(calls)))
    with pytest.raises(RequestCancelledError):
        fresh.prepare(SYSTEM, cancelled=after(calls))
    reply, stats = reply_of(fresh.generate(prompt, max_tokens=20))
    assert reply == expected
    assert stats.prompt_tokens == count(fresh, prompt)


def test_batches_that_were_evaluated_before_a_request_was_given_up_stay(fresh: Model) -> None:
    asked = 0

    def in_the_second_batch() -> bool:
        nonlocal asked
        asked += 1
        return bool(fresh._cache.batches > 1)

    with pytest.raises(RequestCancelledError):
        fresh.prepare(SYSTEM, cancelled=in_the_second_batch)
    assert asked > 2
    assert fresh.prepare(SYSTEM).cached_tokens == 128


def test_a_reply_can_be_given_up_between_tokens(fresh: Model, endless: dict[str, Any]) -> None:
    pieces: list[Piece | Done] = []
    reply = fresh.generate(SYSTEM, grammar=endless, cancelled=lambda: len(pieces) == 5)
    with pytest.raises(RequestCancelledError):
        pieces.extend(reply)
    assert len(pieces) == 5


def test_a_reply_that_must_be_cut_off_says_so(fresh: Model, endless: dict[str, Any]) -> None:
    _, stats = reply_of(fresh.generate(SYSTEM, grammar=endless, max_tokens=7))
    assert (stats.finish, stats.generated_tokens, stats.decisions) == ("length", 7, 7)


def test_prompt_and_reply_never_exceed_the_context(
    random_model_path: Path, endless: dict[str, Any]
) -> None:
    with Model(random_model_path, n_ctx=256) as model:
        prompt = [("lamp " * 30, False)]
        _, stats = reply_of(model.generate(prompt, grammar=endless, max_tokens=10_000))
        assert stats.generated_tokens == model.n_ctx - count(model, prompt)
        with pytest.raises(PromptTooLongError):
            list(model.generate(SYSTEM))
        with pytest.raises(PromptTooLongError):
            model.prepare(SYSTEM)
        again, _ = reply_of(model.generate(prompt, max_tokens=3))
        assert again


def test_an_empty_prompt_is_refused(fresh: Model) -> None:
    with pytest.raises(InternalError):
        list(fresh.generate([]))


def test_what_is_forced_is_evaluated_together(fresh: Model) -> None:
    call = "> on light living room desk lamp; light kitchen ceiling; light "
    reply, stats = reply_of(
        fresh.generate(SYSTEM, grammar=one_of(call + "ceiling", call + "desk lamp"))
    )
    assert reply in (call + "ceiling", call + "desk lamp")
    assert (stats.finish, stats.decisions) == ("stop", 1)
    assert stats.forced_tokens == stats.generated_tokens - 1
    # Prompt and forced beginning need two batches of 128; the end needs none.
    assert stats.batches == -(-(stats.prompt_tokens + stats.forced_tokens) // 128)


def test_a_reply_without_any_choice_needs_no_model(fresh: Model) -> None:
    reply, stats = reply_of(fresh.generate(SYSTEM, grammar=one_of("on")))
    assert (reply, stats.batches, stats.finish, stats.confidence_mean) == ("on", 0, "stop", 1.0)


@pytest.mark.parametrize("strings", [("küche é", "küche è"), ("客厅", "客房", "🛋", "🛏")])
def test_characters_are_never_cut(fresh: Model, strings: Sequence[str]) -> None:
    pieces = [
        event.text
        for event in fresh.generate(SYSTEM, grammar=one_of(*strings))
        if isinstance(event, Piece)
    ]
    assert "".join(pieces) in strings
    assert all("\ufffd" not in piece for piece in pieces)


def test_bytes_that_are_no_text_are_replaced(fresh: Model) -> None:
    # Cut off within a character: its first byte is forced, the second is not written any more.
    reply, stats = reply_of(fresh.generate(SYSTEM, grammar=one_of("客"), max_tokens=1))
    assert (reply, stats.finish) == ("\ufffd", "length")


def test_confidence_is_the_share_of_the_choice_among_what_is_allowed(fresh: Model) -> None:
    reply, stats = reply_of(fresh.generate(SYSTEM, grammar=one_of("a", "b")))
    logits = fresh._cache.logits().astype("float64")
    scores = {word: logits[fresh.vocabulary.encode(word)[0]] for word in ("a", "b")}
    other = "b" if reply == "a" else "a"
    assert scores[reply] >= scores[other]
    share = 1 / (1 + 2.718281828459045 ** (scores[other] - scores[reply]))
    assert stats.confidence_min == stats.confidence_mean == pytest.approx(share, abs=1e-6)


def test_without_a_grammar_every_token_is_a_decision(fresh: Model) -> None:
    reply, stats = reply_of(fresh.generate(SYSTEM, max_tokens=30))
    assert reply
    ended = stats.finish == "stop"
    assert stats.decisions == stats.generated_tokens + ended
    assert stats.forced_tokens == 0


def test_without_a_grammar_the_likeliest_of_all_ordinary_tokens_is_written(fresh: Model) -> None:
    vocabulary = fresh.vocabulary
    prompts = [asking(f"lamp {number}") for number in range(20)]
    for prompt in prompts:
        (reply, _), logits = reply_of(fresh.generate(prompt, max_tokens=1)), fresh._cache.logits()
        allowed = vocabulary.speech().tokens
        likeliest = int(allowed[logits[allowed].argmax()])
        piece = b"" if likeliest in vocabulary.ends else vocabulary.pieces[likeliest]
        assert reply == piece.decode("utf-8", "replace")


def test_preparing_compiles_the_grammar(fresh: Model) -> None:
    grammar = one_of("on", "off")
    fresh.prepare(SYSTEM, grammar=grammar, grammar_id="switch")
    # Under a known name nothing is compiled any more, not even what could not be.
    reply, _ = reply_of(fresh.generate(SYSTEM, grammar={}, grammar_id="switch"))
    assert reply in ("on", "off")


def test_the_same_prompt_gives_the_same_reply_in_another_process_or_cache(
    fresh: Model, random_model: Model
) -> None:
    prompt = [*SYSTEM, *asking("turn on the desk lamp")]
    fresh.prepare(SYSTEM)
    assert reply_of(fresh.generate(prompt))[0] == reply_of(random_model.generate(prompt))[0]


def test_time_is_accounted_for(fresh: Model) -> None:
    _, stats = reply_of(fresh.generate(SYSTEM, max_tokens=5))
    assert 0 < stats.prompt_ms <= stats.first_token_ms <= stats.total_ms
    assert 0 < stats.native_ms <= stats.total_ms
    assert 0 < stats.grammar_ms <= stats.total_ms - stats.native_ms
