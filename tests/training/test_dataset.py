"""Generated homes as token ids."""

from pathlib import Path
from typing import Any

import pytest

from home_llm_core.actions import DOMAINS
from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from home_llm_core.home import home_from_dict
from tests.training.conftest import ALLOWED
from training.choices import Choices
from training.dataset import encode_home, read_lines
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder


def test_a_request_is_the_whole_conversation(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    for home in homes:
        encoded = encode_home(home, encoder, choices)
        for told, request in zip(home["requests"], encoded, strict=True):
            user, assistant = told["messages"]
            prompt = encoder.encode(TINY.prompt([Message(role="user", content=user["content"])]))
            reply = [*encoder.text(assistant["content"]), encoder.turn_end]
            assert request.ids == (*prompt, *reply)
            assert request.prompt == len(prompt)


def test_every_token_of_a_reply_is_bounded_by_the_grammar_of_its_sentence(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    for data in homes:
        home = home_from_dict(data["home"])
        encoded = encode_home(data, encoder, choices)
        for told, request in zip(data["requests"], encoded, strict=True):
            reply = request.ids[request.prompt :]
            heard = TINY.hear(told["record"]["text"], home, allowed=ALLOWED)
            assert request.allowed == tuple(choices.along(heard.grammar, reply, heard.words))
            pairs = zip(reply, request.allowed, strict=True)
            assert all(token in allowed for token, allowed in pairs)


def test_replies_are_bounded_by_the_domains_of_the_home(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    lights, every = (
        encode_home(homes[0] | {"domains": domains}, encoder, choices)[1]
        for domains in (["light"], list(DOMAINS))
    )
    assert lights.ids == every.ids
    assert lights.allowed != every.allowed
    pairs = zip(lights.allowed, every.allowed, strict=True)
    assert all(set(few) <= set(many) for few, many in pairs)


def test_a_request_that_cannot_be_answered_is_left_out(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    first, second, *rest = homes[3]["requests"]
    user, assistant = second["messages"]
    unsaid = second | {"messages": [user, assistant | {"content": ""}]}
    some = homes[3] | {"requests": [first, unsaid, *rest]}
    expected = encode_home(homes[3] | {"requests": [first, *rest]}, encoder, choices)
    assert encode_home(some, encoder, choices) == expected
    assert encode_home(homes[3] | {"requests": [unsaid]}, encoder, choices) == []


def test_missing_and_empty_file(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No such file"):
        read_lines(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="is empty"):
        read_lines(tmp_path / "empty.jsonl")
