"""Messages survive the pipe, and bytes that are no messages are refused."""

import io
import json
import random

from hypothesis import given, strategies as st
import pytest

from home_llm_engine import protocol
from home_llm_engine.protocol import (
    Cancel,
    Count,
    Counted,
    Event,
    Failed,
    Finished,
    Generate,
    Load,
    Loaded,
    Prepare,
    Prepared,
    Request,
    Text,
)
from home_llm_engine.reply import KEPT_GRAMMARS, ModelInfo, PromptStats, Stats

STATS = Stats(
    prompt_tokens=9,
    cached_tokens=4,
    evaluated_tokens=5,
    prompt_ms=1.5,
    generated_tokens=3,
    forced_tokens=1,
    first_token_ms=2.0,
    total_ms=3.0,
    batches=3,
    native_ms=2.5,
    grammar_ms=0.5,
    decisions=2,
    confidence_min=0.5,
    confidence_mean=0.75,
    confidence_product=0.5,
    finish="stop",
)
GRAMMAR = {"sets": {"w": ["客厅"]}, "nodes": [[["w", 1]], []]}


@pytest.mark.parametrize(
    "request_",
    [
        Load(id=1, path="/model.gguf", n_ctx=4096, n_threads=None),
        Prepare(id=2, segments=[("<|im_start|>", True), ("system\nhalf: \ud83d", False)]),
        Generate(id=3, segments=[("a", False)], max_tokens=5, grammar=GRAMMAR, grammar_id="g"),
        Count(id=4, prompts=[[("<|im_start|>", True), ("a", False)], []]),
        Cancel(id=3),
    ],
)
def test_requests_survive(request_: Request) -> None:
    stream = io.BytesIO(protocol.encode(request_) * 2)
    assert protocol.read_request(stream) == request_
    assert protocol.read_request(stream) == request_
    assert protocol.read_request(stream) is None


@pytest.mark.parametrize(
    "event",
    [
        Loaded(
            id=1,
            info=ModelInfo(
                metadata={"home_llm.format": "tiny-6"},
                n_ctx=4096,
                n_vocab=8192,
                parameters=7_000_000,
                n_threads=1,
                load_ms=12.5,
                runtime="0.3.36",
            ),
        ),
        Prepared(
            id=2,
            stats=PromptStats(prompt_tokens=9, cached_tokens=4, evaluated_tokens=5, prompt_ms=1.5),
        ),
        Counted(id=4, tokens=[2, 0]),
        Text(id=3, text="Kü\n`"),
        Finished(id=3, stats=STATS),
        Failed(id=3, key="cancelled", detail=""),
    ],
)
def test_events_survive(event: Event) -> None:
    frame = protocol.encode(event)
    length = protocol.frame_length(frame[: protocol.HEADER.size])
    assert length == len(frame) - protocol.HEADER.size
    assert protocol.decode_event(frame[protocol.HEADER.size :]) == event


@given(st.binary(max_size=60) | st.text().map(lambda text: json.dumps(["Text", text]).encode()))
def test_other_bytes_are_refused(body: bytes) -> None:
    for decode in (protocol.decode_request, protocol.decode_event):
        with pytest.raises(protocol.ProtocolError):
            decode(body)


@pytest.mark.parametrize("length", [2, 6])
def test_a_stream_that_ends_within_a_request_is_told(length: int) -> None:
    with pytest.raises(protocol.ProtocolError, match="cut off"):
        protocol.read_request(io.BytesIO(protocol.encode(Cancel(id=1))[:length]))


def test_no_frame_is_longer_than_any_message() -> None:
    with pytest.raises(protocol.ProtocolError, match="bytes"):
        protocol.frame_length(b"-I /")


def test_a_request_is_no_event() -> None:
    with pytest.raises(protocol.ProtocolError):
        protocol.decode_event(protocol.encode(Cancel(id=1))[protocol.HEADER.size :])


@given(st.randoms(use_true_random=False))
def test_both_ends_remember_the_same_grammars(rng: random.Random) -> None:
    client, worker = protocol.RecentGrammars(), protocol.RecentGrammars()
    kinds = rng.randint(1, 2 * KEPT_GRAMMARS)
    for number in rng.choices(range(kinds), k=4 * KEPT_GRAMMARS):
        grammar = GRAMMAR | {"number": number}
        sent = client.shorten(str(number), grammar)
        assert worker.restore(str(number), sent) == grammar


def test_the_grammars_that_were_used_lately_are_remembered() -> None:
    client = protocol.RecentGrammars()
    for number in range(KEPT_GRAMMARS):
        client.shorten(str(number), GRAMMAR)
    assert client.shorten("0", GRAMMAR) is None
    assert client.shorten("one more", GRAMMAR) == GRAMMAR
    assert client.shorten("0", GRAMMAR) is None
    assert client.shorten("1", GRAMMAR) == GRAMMAR


def test_a_grammar_is_sent_once() -> None:
    client = protocol.RecentGrammars()
    assert client.shorten("g", GRAMMAR) == GRAMMAR
    assert client.shorten("g", GRAMMAR) is None
    assert client.shorten(None, GRAMMAR) == GRAMMAR
    assert client.shorten(None, None) is None
