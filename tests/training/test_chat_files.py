"""Files of chats in all of their forms."""

import json
from pathlib import Path

import pytest

from training.chat_files import read_chats
from training.errors import TrainingError

RECORD = {"instruction": "You are Al.", "input": "light on", "output": "On."}
CHAT = {
    "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello."}],
    "tools": [{"type": "function", "function": {"name": "f"}}],
}


def said(path: Path) -> list[list[tuple[str, str]]]:
    return [[(m["role"], m["content"]) for m in chat.messages] for chat in read_chats(path)]


def test_alpaca_records(tmp_path: Path) -> None:
    path = tmp_path / "alpaca.json"
    general = {"instruction": "Name a colour.", "input": "", "output": "Red."}
    history = RECORD | {"history": [["hi", "Hello."]]}
    path.write_text(json.dumps([RECORD, general, history]))

    assert said(path) == [
        [("system", "You are Al."), ("user", "light on"), ("assistant", "On.")],
        [("user", "Name a colour."), ("assistant", "Red.")],
        [
            ("system", "You are Al."),
            *[("user", "hi"), ("assistant", "Hello.")],
            *[("user", "light on"), ("assistant", "On.")],
        ],
    ]


def test_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(map(json.dumps, (RECORD, CHAT))) + "\n\n")

    first, second = read_chats(path)
    assert len(first.messages) == 3
    assert [tool["function"]["name"] for tool in second.tools] == ["f"]


def test_houses(homes_file: Path) -> None:
    lines = map(json.loads, homes_file.read_text(encoding="utf-8").splitlines())
    replies = [r["messages"][-1]["content"] for line in lines for r in line["requests"]]

    assert [chat[-1][1] for chat in said(homes_file)] == list(filter(None, replies))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{]", "this is not JSON"),
        ('{"a": 1}\n', ":1: no Alpaca record, chat or house"),
        ('[{"instruction": "a"}]', "record 1: no Alpaca record"),
        ('{"messages": [{"role": "user", "content": "a"}]}', ":1: no Alpaca record"),
        ('{"messages": [{"role": "king", "content": "a"}]}', ":1: no Alpaca record"),
        ("7\n", ":1: no Alpaca record"),
        ("{} x", ":1: this is not JSON"),
        ("", "the file holds no chats"),
        ("[]", "the file holds no chats"),
    ],
)
def test_what_is_no_file_of_chats(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_chats(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"file\.json: "):
        read_chats(path)
