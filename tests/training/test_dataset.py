"""Generated homes as token ids."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from training.choices import TrainingVocabulary
from training.dataset import Document, encode_home, read_lines, token_file
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder


@pytest.fixture(scope="session")
def documents(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> list[Document]:
    return [encode_home(home, encoder, vocabulary) for home in homes]


def whole(document: Document, number: int) -> list[int]:
    """Return a request with its prefix."""
    return [*document.prefix, *document.branches[number].ids]


def test_a_branch_continues_its_prefix_to_the_whole_conversation(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> None:
    format_ = get_format("tiny-3")
    for home in homes:
        document = encode_home(home, encoder, vocabulary)
        for number, request in enumerate(home["requests"]):
            user, assistant = request["messages"]
            prompt = encoder.encode(
                format_.prompt(
                    [
                        Message(role="system", content=home["system"]),
                        Message(role="user", content=user["content"]),
                    ]
                )
            )
            reply = [*encoder.text(assistant["content"]), encoder.turn_end]
            assert whole(document, number) == prompt + reply
            branch = document.branches[number]
            assert branch.ids[branch.prompt :] == tuple(reply)
            assert branch.prompt >= 1


def test_prefix_is_all_that_is_shared(
    homes: list[dict[str, Any]],
    encoder: SegmentEncoder,
    tokenizer: PreTrainedTokenizerFast,
    vocabulary: TrainingVocabulary,
) -> None:
    document = encode_home(homes[0], encoder, vocabulary)
    assert homes[0]["system"] in tokenizer.decode(document.prefix)
    assert len({branch.ids[0] for branch in document.branches}) > 1


def test_equal_prompts_keep_their_last_token(
    homes: list[dict[str, Any]], encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> None:
    request = homes[0]["requests"][1]
    document = encode_home(homes[0] | {"requests": [request, request]}, encoder, vocabulary)
    assert [branch.prompt for branch in document.branches] == [1, 1]


def test_decisive_tokens_are_all_calls(
    homes: list[dict[str, Any]],
    encoder: SegmentEncoder,
    tokenizer: PreTrainedTokenizerFast,
    vocabulary: TrainingVocabulary,
) -> None:
    absent, off, *_ = encode_home(homes[0], encoder, vocabulary).branches
    off_reply = homes[0]["requests"][1]["messages"][1]["content"]
    decisive = tokenizer.decode(off.ids[off.prompt : off.prompt + off.decisive])
    assert decisive == off_reply.removesuffix("Done.")
    assert absent.decisive == 0


def test_file_holds_what_was_encoded(
    documents: list[Document], homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    data = token_file(homes_file, tokenizer_folder, tmp_path)
    assert [data.document(n) for n in range(len(data))] == documents
    (stored,) = tmp_path.glob("*.npz")
    before = stored.stat().st_mtime_ns
    assert len(token_file(homes_file, tokenizer_folder, tmp_path)) == len(documents)
    assert stored.stat().st_mtime_ns == before


def test_replies_can_end_after_their_calls(
    homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    """Calls stay whole; of what is said, only the beginning is left."""
    data = token_file(homes_file, tokenizer_folder, tmp_path)
    assert data.shortened(None) is data
    short = data.shortened(2)
    for number in range(len(data)):
        document = data.document(number)
        assert short.document(number).prefix == document.prefix
        pairs = zip(document.branches, short.document(number).branches, strict=True)
        for whole_, cut in pairs:
            assert cut.ids == whole_.ids[: whole_.prompt + whole_.decisive + 2]
            assert (cut.prompt, cut.decisive) == (whole_.prompt, whole_.decisive)


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
        ('{"format": "tiny-3"}', "homes.jsonl:2: not a generated home: KeyError"),
        (
            '{"format": "big-9", "system": "", "requests": []}',
            "homes.jsonl:2: prompt format 'big-9'",
        ),
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
