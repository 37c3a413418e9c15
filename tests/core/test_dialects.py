"""Replies of instruct models in pieces, split anywhere: what is said, thought and called."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from home_llm_core.dialects import (
    ANY,
    DIALECTS,
    BadCall,
    Dialect,
    Event,
    Said,
    Thought,
    ToolCall,
    detect,
)

ON = ToolCall(name="HassTurnOn", arguments={"name": "desk lamp"})
DIM = ToolCall(
    name="HassLightSet", arguments={"area": 'the "den" {2}', "brightness": 30, "list": [{"a": []}]}
)
ON_JSON = '{"name": "HassTurnOn", "arguments": {"name": "desk lamp"}}'
DIM_JSON = (
    '{"name": "HassLightSet", "arguments": '
    r'{"area": "the \"den\" {2}", "brightness": 30, "list": [{"a": []}]}}'
)
LLAMA_ON = ON_JSON.replace("arguments", "parameters")


def named(name: str) -> Dialect:
    """Return a dialect of the table."""
    return next(dialect for dialect in (*DIALECTS, ANY) if dialect.name == name)


def parse(dialect: Dialect, *pieces: str, opening: str = "", whole: bool = True) -> list[Event]:
    """Return all events of a reply that comes in pieces, with neighbouring texts as one."""
    parser = dialect.parser(opening)
    events = [event for piece in pieces for event in parser.feed(piece)]
    joined: list[Event] = []
    for event in [*events, *parser.close(is_whole=whole)]:
        last = joined[-1] if joined else None
        if isinstance(event, Said) and isinstance(last, Said):
            joined[-1] = Said(text=last.text + event.text)
        elif isinstance(event, Thought) and isinstance(last, Thought):
            joined[-1] = Thought(text=last.text + event.text)
        else:
            joined.append(event)
    return joined


GOLDEN: list[tuple[str, str, list[Event]]] = [
    ("hermes", "Hello, how can I help?", [Said(text="Hello, how can I help?")]),
    ("hermes", f"<tool_call>\n{ON_JSON}\n</tool_call>", [ON]),
    (
        "hermes",
        f"Ok.\n<tool_call>\n{ON_JSON}\n</tool_call>\n<tool_call>\n{DIM_JSON}\n</tool_call> Done!",
        [Said(text="Ok."), ON, DIM, Said(text=" Done!")],
    ),
    (
        "hermes",
        f"<think>\nThe user wants {{light}}.\n</think>\n\n<tool_call>\n{ON_JSON}\n</tool_call>",
        [Thought(text="The user wants {light}."), ON],
    ),
    ("hermes", "<think>\n\n</think>\n\nIt is on.", [Said(text="It is on.")]),
    (
        "hermes",
        '<tool_call>{"name": "f", "arguments": {"a": "</tool_call> \\u00e9 \\\\"}}</tool_call>',
        [ToolCall(name="f", arguments={"a": "</tool_call> é \\"})],
    ),
    (
        "hermes",
        ("<tool_call>\n<function=HassLightSet>\n<parameter=area>\nden 2\n</parameter>\n"
        "<parameter=brightness>\n30\n</parameter>\n</function>\n</tool_call>"),
        [ToolCall(name="HassLightSet", arguments={"area": "den 2", "brightness": 30})],
    ),
    ("hermes", f"<tool_call>[{ON_JSON}, {DIM_JSON}]</tool_call>", [ON, DIM]),
    ("llama-3", LLAMA_ON, [ON]),
    ("llama-3", f"<|python_tag|>{LLAMA_ON}; {DIM_JSON}", [ON, DIM]),
    ("llama-3", f"{LLAMA_ON}; {DIM_JSON}\nOn it", [ON, DIM, Said(text="On it")]),
    ("llama-3", '<function=HassTurnOn>{"name": "desk lamp"}</function>', [ON]),
    ("llama-3", '[HassTurnOn(name="desk lamp")]', [ON]),
    ("mistral", f"[TOOL_CALLS][{ON_JSON}, {DIM_JSON}]", [ON, DIM]),
    ("mistral", f'[TOOL_CALLS] [{ON_JSON[:-1]}, "id": "a1b2c3d4e"}}] Ok', [ON, Said(text="Ok")]),
    (
        "mistral",
        ('On it.[TOOL_CALLS]HassTurnOn[ARGS]{"name": "desk lamp"}[TOOL_CALLS]HassTurnOn'
        '[CALL_ID]a1b2c3d4e[ARGS]{"name": "desk lamp"}'),
        [Said(text="On it."), ON, ON],
    ),
    ("mistral", f"[THINK]Hm.[/THINK][TOOL_CALLS][{ON_JSON}]", [Thought(text="Hm."), ON]),
    (
        "functiongemma",
        ("<start_function_call>call:HassLightSet{area:<escape>the {den}, a:b<escape>,brightness:30,"
        "on:true,names:[<escape>x<escape>]}<end_function_call><start_function_response>"),
        [
            ToolCall(
                name="HassLightSet",
                arguments={"area": "the {den}, a:b", "brightness": 30, "on": True, "names": ["x"]},
            )
        ],
    ),
    (
        "gemma-4",
        ('<|channel>thought\nA lamp.<channel|><|tool_call>call:HassTurnOn{name:<|"|>desk lamp<|"|>}'
        "<tool_call|><|tool_response>"),
        [Thought(text="A lamp."), ON],
    ),
    ("any", '```tool_code\nprint(HassTurnOn(name="desk lamp"))\n```', [ON]),
    ("any", f"Sure:\n```json\n{ON_JSON}\n```\nIs that all?", [
        Said(text="Sure:"), ON, Said(text=" Is that all?")
    ]),
    (
        "any",
        ("turning it on for you\n```homeassistant\n"
        '{ "service": "light.turn_on", "target_device": "light.desk", "brightness": 0.5 }\n'
        '{ "service": "fan.turn_off", "target_device": "fan.desk" }\n```'),
        [
            Said(text="turning it on for you"),
            ToolCall(
                name="light.turn_on", arguments={"target_device": "light.desk", "brightness": 0.5}
            ),
            ToolCall(name="fan.turn_off", arguments={"target_device": "fan.desk"}),
        ],
    ),
    (
        "gpt-oss",
        ("<|channel|>analysis<|message|>A lamp.<|end|><|start|>assistant<|channel|>commentary "
        'to=functions.HassTurnOn <|constrain|>json<|message|>{"name": "desk lamp"}<|call|>'),
        [Thought(text="A lamp."), ON],
    ),
    (
        "gpt-oss",
        "<|channel|>final<|message|>Where do you want to go to",
        [Said(text="Where do you want to go to")],
    ),
    (
        "lfm2",
        '<|tool_call_start|>[HassTurnOn(name="desk lamp"), HassNevermind()]<|tool_call_end|>Done.',
        [ON, ToolCall(name="HassNevermind", arguments={}), Said(text="Done.")],
    ),
    ("granite", f"<|tool_call|>[{ON_JSON}]", [ON]),
    ("any", f'{{"tool_calls": [{{"type": "function", "function": {ON_JSON}}}]}}', [ON]),
    (
        "any",
        '{"function": "HassTurnOn", "arguments": "{\\"name\\": \\"desk lamp\\"}"}',
        [ON],
    ),
    # What small models get wrong.
    ("any", '{"name": "HassTurnOn", "arguments": {"name": "desk lamp",},}', [ON]),
    ("any", "{'name': 'HassTurnOn', 'arguments': {'name': 'desk lamp'}}", [ON]),
    ("hermes", f"<tool_call>{ON_JSON[:-1]}</tool_call>Done", [ON, Said(text="Done")]),
    ("hermes", f"<tool_call>{ON_JSON}}}</tool_call>", [ON]),
    ("hermes", f"{ON_JSON}}}\nDone", [ON, Said(text="Done")]),
    (
        "hermes",
        '<tool_call>{"name": "HassTurnOn, "arguments": {}}\n</tool_call> Done "now".',
        [BadCall(text='{"name": "HassTurnOn, "arguments": {}}'), Said(text='Done "now".')],
    ),
    ("any", 'It is {"state": "on"}, I think.', [
        Said(text="It is"), BadCall(text='{"state": "on"}'), Said(text=" I think.")
    ]),
    ("mistral", "[TOOL_CALLS]I would rather not", [BadCall(text="I would rather not")]),
    # What is no call.
    ("any", "Two [2] lamps, a < b, a ` b; one {? Fine", [
        Said(text="Two [2] lamps, a < b, a ` b; one {? Fine")
    ]),
    ("any", "Use this:\n```yaml\nalias: lamp\n```\nDone", [
        Said(text="Use this: ```yaml\nalias: lamp\n``` Done")
    ]),
    # Somebody else's turn.
    ("hermes", f"It is on.<|im_start|>user\nThanks <tool_call>{ON_JSON}</tool_call>", [
        Said(text="It is on.")
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reply", "events"), GOLDEN)
def test_a_golden_reply(name: str, reply: str, events: list[Event]) -> None:
    assert parse(named(name), reply) == events
    assert parse(ANY, reply) == events


@pytest.mark.parametrize(("name", "reply", "events"), GOLDEN)
def test_a_golden_reply_letter_by_letter(name: str, reply: str, events: list[Event]) -> None:
    assert parse(named(name), *reply) == events
    assert parse(ANY, *reply) == events


@pytest.mark.parametrize(("name", "reply", "events"), GOLDEN)
def test_a_golden_reply_in_two_at_every_place(name: str, reply: str, events: list[Event]) -> None:
    for at in range(len(reply)):
        assert parse(named(name), reply[:at], reply[at:]) == events


_FRAGMENTS = st.sampled_from(
    [
        *(reply for _, reply, _ in GOLDEN),
        *(text for dialect in DIALECTS for text in sorted(dialect.tokens)),
        *("```", "{", "}", '"', "[", "]", "\n", " ", "\\", "word", "to=functions.", "<function="),
    ]
)


@given(replies=st.lists(_FRAGMENTS, max_size=6), cuts=st.data())
def test_pieces_do_not_matter(replies: list[str], cuts: st.DataObject) -> None:
    """Whatever is written, and wherever it is cut: the events are those of the whole."""
    reply = "".join(replies)
    expected = parse(ANY, reply)
    places = sorted(cuts.draw(st.lists(st.integers(0, len(reply)), max_size=8)))
    bounds = [0, *places, len(reply)]
    pieces = [reply[a:b] for a, b in pairwise(bounds)]
    assert parse(ANY, *pieces) == expected
    assert parse(ANY, *reply) == expected


@pytest.mark.parametrize(("name", "reply", "events"), GOLDEN)
def test_a_reply_that_is_cut_off_says_and_calls_nothing_else(
    name: str, reply: str, events: list[Event]
) -> None:
    """Of a reply that breaks off, only what was whole is called, and no JSON is said."""
    calls = [event for event in events if isinstance(event, ToolCall)]
    for end in range(len(reply)):
        cut = parse(named(name), reply[:end], whole=False)
        called = [event for event in cut if isinstance(event, ToolCall)]
        assert called == calls[: len(called)]
        said = "".join(event.text for event in cut if isinstance(event, Said))
        assert '"' not in said or '"' in "".join(e.text for e in events if isinstance(e, Said))
        assert "<tool" not in said


def test_only_what_the_model_ended_itself_may_lack_brackets() -> None:
    cut = '<tool_call>{"name": "HassLightSet", "arguments": {"brightness": 3'
    assert parse(ANY, cut, whole=False) == [BadCall(text=cut.removeprefix("<tool_call>"))]
    assert parse(ANY, cut, whole=True) == [
        ToolCall(name="HassLightSet", arguments={"brightness": 3})
    ]
    assert parse(ANY, f"{cut}</tool_call>", whole=False) == [
        ToolCall(name="HassLightSet", arguments={"brightness": 3})
    ]


def test_a_thought_that_the_prompt_began_goes_on() -> None:
    reply = "Hm, a lamp.\n</think>\nIt is on."
    opening = "<|im_start|>assistant\n<think>\n"
    expected = [Thought(text="Hm, a lamp."), Said(text="It is on.")]
    assert parse(ANY, reply, opening=opening) == expected
    closed = f"{opening}\n</think>\n\n"
    assert parse(ANY, "It is on.", opening=closed) == [Said(text="It is on.")]


def test_speech_comes_at_once() -> None:
    parser = ANY.parser()
    assert list(parser.feed("It is")) == [Said(text="It is")]
    assert list(parser.feed(" on")) == [Said(text=" on")]
    assert list(parser.feed(" <")) == []
    assert list(parser.feed("3")) == [Said(text=" <3")]


def test_after_its_turn_the_model_is_not_heard() -> None:
    parser = ANY.parser()
    assert not parser.has_ended
    list(parser.feed("Fine.<|im_start|>"))
    assert parser.has_ended


@pytest.mark.parametrize(
    "inside",
    ["", "no JSON", "[]", "{}", '{"name": 3, "arguments": {}}', '{"name": "f", "arguments": []}',
     '{"name": "f", "area": "den"}', "f(1)", "f(**x)", "[1, 2]", "null", "call:f{a:}", "{" * 3000,
     "<function=f><parameter=a>1</function>", '{"name": "", "arguments": {}}'],
)  # fmt: skip
def test_what_is_no_call_is_neither_called_nor_said(inside: str) -> None:
    events = parse(ANY, f"<tool_call>{inside}</tool_call>")
    assert all(isinstance(event, BadCall) for event in events)
    assert len(events) == bool(inside)


@pytest.mark.parametrize("dialect", [*DIALECTS, ANY], ids=lambda dialect: dialect.name)
def test_marks_are_tokens_that_the_engine_may_write(dialect: Dialect) -> None:
    assert {"<think>", "</think>", "<tool_call>", "</tool_call>"} <= dialect.tokens
    assert all(token.isprintable() for token in dialect.tokens)


def test_templates_tell_their_dialect(chat_templates: dict[str, str]) -> None:
    expected = {
        "qwen2_5": "hermes",
        "qwen3": "hermes",
        "llama3_1": "llama-3",
        "llama3_2": "llama-3",
        "gemma3": "any",
        "gemma4": "gemma-4",
        "gptoss": "gpt-oss",
        "lfm2": "lfm2",
        "phi3": "any",
        "mistral-nemo": "mistral",
        "hermes-2-pro": "hermes",
        "smollm2": "any",
    }
    assert {name: detect(chat_templates[name]).name for name in expected} == expected
