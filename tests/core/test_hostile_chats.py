"""Chats with other models: whatever is in them stays text, and whatever they write is read."""

from datetime import datetime
import json
from random import Random
from typing import Any

import pytest

from home_llm_core.chat import Segment
from home_llm_core.chat_template import ChatTemplate
from home_llm_core.dialects import ANY, DIALECTS, BadCall, Event, Said, Thought, ToolCall
from home_llm_core.errors import SchemaError
from home_llm_core.json_grammar import to_grammar
from home_llm_core.sayable import Sayable
from tests.core import hostile, templates
from tests.core.json_schemas import keeps_to

NOW = datetime(2026, 11, 22, 8, 30)  # noqa: DTZ001 - templates are told the local time
TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "description": "f",
        "parameters": {"type": "object", "properties": {}, "required": []},
    },
}
TEMPLATES = {
    name: ChatTemplate(source, bos="<BOS>", eos="<EOS>")
    for name, source in templates.load().items()
}
CALLS = (
    *('{"name": "HassTurnOn", "arguments": {"name": "x"}}', "turn_on(name='x')", "[f(a=1)]"),
    *('{"name": "f", "arguments": "{}"}', "call:f{a:<escape>x<escape>}", '{"a": NaN}', "1e999"),
    *("<parameter=a>1</parameter>", "</function>", '{"name": "f", "arguments": {"a": [[[', "]]"),
    *("to=functions.f<|message|>{}", "{" * 300, "[" * 300, '{"a": ' * 200, "9" * 5000, "f(" * 200),
)


def some_or_many(some: int, many: int) -> pytest.MarkDecorator:
    """Return a test's two lengths."""
    counts = [some, pytest.param(many, marks=pytest.mark.soak)]
    return pytest.mark.parametrize("count", counts, ids=["some", "many"])


def _read(events: list[Event]) -> tuple[str, list[Event]]:
    """Return what is said, and the rest, with neighbouring thoughts as one."""
    thoughts = "".join(event.text for event in events if isinstance(event, Thought))
    calls = [event for event in events if isinstance(event, ToolCall | BadCall)]
    said = "".join(event.text for event in events if isinstance(event, Said))
    return said, [Thought(text=thoughts), *calls]


@some_or_many(300, 20_000)
def test_any_reply_is_read(count: int) -> None:
    """In any dialect, in pieces and as a whole alike; calls have names and plain arguments."""
    for seed in range(count):
        rng = Random(seed)
        dialect = rng.choice((*DIALECTS, ANY))
        parts = [
            rng.choice((*CALLS, *sorted(dialect.tokens), hostile.text(rng, 2)))
            for _ in range(rng.randint(1, 6))
        ]
        written = hostile.spoilt(rng, "".join(parts))
        is_whole = rng.random() < 0.5
        whole = dialect.parser()
        expected = [*whole.feed(written), *whole.close(is_whole=is_whole)]
        parser = dialect.parser()
        found = [event for piece in hostile.pieces(rng, written) for event in parser.feed(piece)]
        found += parser.close(is_whole=is_whole)
        assert repr(_read(found)) == repr(_read(expected))
        for event in expected:
            if isinstance(event, ToolCall):
                assert event.name
                assert isinstance(event.arguments, dict)


@some_or_many(300, 20_000)
def test_no_json_is_read_out(count: int) -> None:
    """Wherever a text is cut, what can be said of it is the same, and holds no call."""
    for seed in range(count):
        rng = Random(seed)
        written = f"{hostile.text(rng)} {rng.choice(CALLS)} {hostile.text(rng)}"
        whole, parted = Sayable(), Sayable()
        said = whole.feed(written) + whole.close()
        told = "".join(map(parted.feed, hostile.pieces(rng, written))) + parted.close()
        assert told == said
        assert written.startswith(said)
        assert '{"' not in said
        assert "<tool_call" not in said


@some_or_many(15, 400)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_text_is_markup(name: str, count: int) -> None:
    """What people, models and tools say is whole in a prompt, and the marks are the template's."""
    plain = _marks(TEMPLATES[name].render(_chat("a b", "c d"), (TOOL,), now=NOW))
    for seed in range(count):
        rng = Random(seed)
        first, last = (f"a {hostile.text(rng)} b" for _ in range(2))
        segments = TEMPLATES[name].render(_chat(first, last), (TOOL,), now=NOW)
        assert _marks(segments) == plain
        texts = [segment.text for segment in segments if not segment.markup]
        for text in (first, last):
            # Some templates cut the spaces around a text, or join it with the system's.
            assert any(text in each for each in texts), texts


def _chat(first: str, last: str) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": first},
        {"role": "assistant", "content": "a lamp"},
        {"role": "user", "content": last},
    ]


def _marks(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments if segment.markup]


@some_or_many(150, 10_000)
def test_any_schema_is_kept_to(count: int) -> None:
    """Names and values from a schema are text, too: what a grammar lets through is JSON."""
    written = 0
    for seed in range(count):
        rng = Random(seed)
        schema = _schema(rng, depth=2)
        try:
            grammar = to_grammar(schema)
        except SchemaError:
            continue
        text = hostile.walk(grammar, (), rng)
        if grammar.accepts(text):  # It was not cut off.
            written += 1
            assert keeps_to(json.loads(text), schema), text
    assert written > count / 3


def _schema(rng: Random, depth: int) -> dict[str, Any]:
    kind = rng.choice(("enum", "const", "integer", "boolean", *(["object", "array"] * depth)))
    if kind == "enum":
        return {"enum": [_text(rng) for _ in range(rng.randint(1, 4))]}
    if kind == "const":
        return {"const": {_text(rng): [_text(rng), None]}}
    if kind == "integer":
        low = rng.randint(-99, 99)
        return {"type": "integer", "minimum": low, "maximum": low + rng.randint(0, 99)}
    if kind == "object":
        names = [_text(rng) for _ in range(rng.randint(0, 3))]
        inner = {name: _schema(rng, depth - 1) for name in names}
        required = [name for name in inner if rng.random() < 0.5]
        return {"type": "object", "properties": inner, "required": required}
    if kind == "array":
        return {"type": "array", "items": _schema(rng, depth - 1), "maxItems": rng.randint(0, 3)}
    return {"type": kind}


def _text(rng: Random) -> str:
    """Return a text as JSON can hold it: two halves of a pair side by side become one there."""
    return str(json.loads(json.dumps(hostile.text(rng, 2)[:200])))
