"""Generated homes as token ids."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from home_llm_core.actions import DOMAINS
from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from home_llm_core.home import home_from_dict
from tests.training.conftest import ALLOWED, COURTESIES
from training.choices import Choices
from training.dataset import Document, encode_home, read_lines, token_file
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder


@pytest.fixture(scope="session")
def documents(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> list[Document]:
    return [encode_home(home, encoder, choices) for home in homes]


def whole(document: Document, number: int) -> list[int]:
    """Return a request with its prefix."""
    return [*document.prefix, *document.branches[number].ids]


def test_a_branch_continues_its_prefix_to_the_whole_conversation(
    homes: list[dict[str, Any]], documents: list[Document], encoder: SegmentEncoder
) -> None:
    for home, document in zip(homes, documents, strict=True):
        for number, request in enumerate(home["requests"]):
            user, assistant = request["messages"]
            prompt = encoder.encode(TINY.prompt([Message(role="user", content=user["content"])]))
            reply = [*encoder.text(assistant["content"]), encoder.turn_end]
            assert whole(document, number) == prompt + reply
            branch = document.branches[number]
            assert branch.ids[branch.prompt :] == tuple(reply)
            assert branch.prompt >= 1


def test_prefix_is_all_that_is_shared(
    documents: list[Document], tokenizer: PreTrainedTokenizerFast
) -> None:
    for courtesy, document in zip(COURTESIES, documents, strict=False):
        shared = tokenizer.decode(document.prefix)
        assert shared.rstrip() == f"<|im_start|>{courtesy}".rstrip()
        assert len({branch.ids[0] for branch in document.branches}) > 1


def test_equal_prompts_keep_their_last_token(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    request = homes[0]["requests"][1]
    document = encode_home(homes[0] | {"requests": [request, request]}, encoder, choices)
    assert [branch.prompt for branch in document.branches] == [1, 1]


def test_every_token_of_a_reply_is_bounded_by_the_grammar_of_its_sentence(
    homes: list[dict[str, Any]], documents: list[Document], choices: Choices
) -> None:
    for data, document in zip(homes, documents, strict=True):
        home = home_from_dict(data["home"])
        for request, branch in zip(data["requests"], document.branches, strict=True):
            reply = branch.ids[branch.prompt :]
            heard = TINY.hear(request["record"]["text"], home, allowed=ALLOWED)
            assert branch.allowed == tuple(choices.along(heard.grammar, reply, heard.words))
            pairs = zip(reply, branch.allowed, strict=True)
            assert all(token in allowed for token, allowed in pairs)


def test_replies_are_bounded_by_the_domains_of_the_home(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, choices: Choices
) -> None:
    lights, every = (
        encode_home(homes[0] | {"domains": domains}, encoder, choices).branches[1]
        for domains in (["light"], list(DOMAINS))
    )
    assert lights.ids == every.ids
    assert lights.allowed != every.allowed
    pairs = zip(lights.allowed, every.allowed, strict=True)
    assert all(set(few) <= set(many) for few, many in pairs)


def test_a_request_that_cannot_be_answered_is_left_out(
    homes: list[dict[str, Any]],
    encoder: SegmentEncoder,
    choices: Choices,
    tokenizer_folder: Path,
    tmp_path: Path,
) -> None:
    first, second, *rest = homes[3]["requests"]
    user, assistant = second["messages"]
    unsaid = second | {"messages": [user, assistant | {"content": ""}]}
    some = homes[3] | {"requests": [first, unsaid, *rest]}
    expected = encode_home(homes[3] | {"requests": [first, *rest]}, encoder, choices)
    assert encode_home(some, encoder, choices) == expected
    none = homes[3] | {"requests": [unsaid]}
    assert encode_home(none, encoder, choices) == Document(prefix=(), branches=())
    path = tmp_path / "homes.jsonl"
    path.write_text("".join(json.dumps(home) + "\n" for home in (none, some)), encoding="utf-8")
    data = token_file(path, tokenizer_folder, tmp_path / "cache")
    assert data.document(1) == expected


def test_file_holds_what_was_encoded(
    documents: list[Document], homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    data = token_file(homes_file, tokenizer_folder, tmp_path)
    assert [data.document(n) for n in range(len(data))] == documents
    (stored,) = tmp_path.glob("*.npz")
    before = stored.stat().st_mtime_ns
    assert len(token_file(homes_file, tokenizer_folder, tmp_path)) == len(documents)
    assert stored.stat().st_mtime_ns == before


def test_several_processes_keep_the_order(
    homes: list[dict[str, Any]], documents: list[Document], tokenizer_folder: Path, tmp_path: Path
) -> None:
    many = (homes * 12)[:140]
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(home) + "\n" for home in many), encoding="utf-8")
    data = token_file(path, tokenizer_folder, tmp_path / "cache")
    assert [data.document(n) for n in range(140)] == (documents * 12)[:140]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "homes.jsonl:2"),
        ('{"format": "tiny-5"}', "homes.jsonl:2: not a generated home: KeyError"),
        ('{"format": "big-9", "requests": []}', "homes.jsonl:2: prompt format 'big-9'"),
    ],
)
def test_broken_line(
    homes: list[dict[str, Any]], tokenizer_folder: Path, tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "homes.jsonl"
    path.write_text(json.dumps(homes[0]) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=message):
        token_file(path, tokenizer_folder, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_missing_and_empty_file(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No such file"):
        read_lines(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="is empty"):
        read_lines(tmp_path / "empty.jsonl")
