"""Text of models on servers that leave thoughts and calls in it."""

import logging

import pytest

from custom_components.home_llm.chat_model import ChatRequest, Delta
from custom_components.home_llm.reply_text import ReplyText
from tests.integration.test_openai_model import Lamp

CALL = '<tool_call>{"name": "lamp", "arguments": {"where": "hall", "percent": null}}</tool_call>'
BROKEN = "<tool_call>turn it on</tool_call>"


def read(*pieces: str, request: ChatRequest | None = None) -> list[Delta]:
    """Return the deltas of a reply."""
    text = ReplyText(request or ChatRequest(content=(), tools=[Lamp()]))
    return [*(delta for piece in pieces for delta in text.feed(piece)), *text.close()]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_parts(size: int) -> None:
    """However the text is split."""
    written = f"<think>Hm.</think>One moment. {CALL}"
    deltas = read(*(written[at : at + size] for at in range(0, len(written), size)))
    assert "".join(delta.get("thinking_content") or "" for delta in deltas) == "Hm."
    assert "".join(delta.get("content") or "" for delta in deltas) == "One moment."
    (call,) = (call for delta in deltas for call in delta.get("tool_calls") or ())
    assert (call.tool_name, call.tool_args) == ("lamp", {"where": "hall"})


def test_json_that_was_asked_for() -> None:
    written = '{"name": "lamp", "arguments": {}}'
    request = ChatRequest(content=(), tools=[Lamp()], schema={"type": "object"})
    assert read(written, request=request) == [{"content": written}]


def test_call_that_nobody_understands(caplog: pytest.LogCaptureFixture) -> None:
    """It is not said; if there is nothing else, there is no reply."""
    assert read("Done. ", BROKEN) == [{"content": "Done."}]
    with pytest.raises(ValueError, match="cannot be understood"):
        read(BROKEN)
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert ["turn it on" in each.message for each in warnings] == [True, True]
