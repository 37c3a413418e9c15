"""What is read out of a model's text: every sentence, and no call."""

import pytest

from home_llm_core.sayable import Sayable

SAID = [
    "",
    "Good morning.",
    "It is 5 < 6 and [really] {so}.",
    "Use `turn_on` [1] for that <3",
    "```yaml\nalias: Lamp\ntriggers: []\n```\nThat is it.",
    "[",
    "a { b",
]
CALLS = [
    '{"name": "turn_on"}',
    "{ 'name': 'turn_on'}",
    "{}",
    '[{"name": "turn_on"}]',
    '["turn_on"]',
    '[turn_on(name="Lamp")]',
    "[light.turn_on()]",
    '[TOOL_CALLS] [{"name": "x"}]',
    "<tool_call>\n{}\n</tool_call>",
    "<|python_tag|>turn_on()",
    "<|tool_call|>",
    "<start_function_call>call:turn_on{}",
    "<function=turn_on>{}</function>",
    "</tool_call>",
    '```homeassistant\n{"service": "light.turn_on"}\n```',
    '```json\n[{"a": 1}]```',
    '``` { "a": 1}',
]


def _said(pieces: list[str]) -> tuple[str, bool]:
    text = Sayable()
    said = "".join(map(text.feed, pieces)) + text.close()
    return said, text.is_garbled


@pytest.mark.parametrize("text", SAID)
def test_sentences_are_said(text: str) -> None:
    for size in (1, 3, 40, 1000):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert _said(pieces) == (text, False)


@pytest.mark.parametrize("call", CALLS)
def test_calls_are_not(call: str) -> None:
    """Wherever they stand, and wherever they are split; what follows goes with them."""
    for text, said in ((call, ""), (f"Sure! {call} Done.", "Sure! ")):
        for size in (1, 3, 1000):
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            assert _said(pieces) == (said, True)


def test_a_sentence_does_not_wait_for_its_end() -> None:
    text = Sayable()
    assert text.feed("Good ") == "Good "
    assert text.feed("[") == ""
    assert text.feed("1] that is quite certainly no call") == "[1] that is quite certainly no call"
