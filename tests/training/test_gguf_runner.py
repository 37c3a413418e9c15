"""A GGUF file answers prompts of our formats as the integration runs it."""

from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from home_llm_core.home import Entity, Home
from home_llm_engine.errors import PromptTooLongError
from home_llm_engine.model import Model
from tests.engine.tiny_gguf import write_random_model
from training.errors import TrainingError
from training.gguf_runner import GgufRunner
from training.prompts import ChatPrompt, Prompt, Runtime

HOME = Home(entities=(Entity(entity_id="light.desk", name="desk lamp", state="off"),))
SHIPPED = Path("custom_components/home_llm/model/home-llm-tiny.gguf")
TOOL = {"type": "function", "function": {"name": "turn_on", "parameters": {}}}
CHAT = ChatPrompt(messages=[{"role": "user", "content": "hi"}])


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a random model."""
    return write_random_model(tmp_path_factory.mktemp("gguf") / "model.gguf")


def prompt(text: str = "turn off the desk lamp") -> Prompt:
    """Return what is asked in our format."""
    heard = TINY.hear(text, HOME)
    segments = TINY.prompt([Message(role="user", content=heard.message)])
    return Prompt(segments=segments, grammar=heard.grammar, words=heard.words)


def test_replies_follow_their_grammars(gguf: Path) -> None:
    prompts = [prompt(), prompt("good night"), prompt("desk lamp on")]
    replies = GgufRunner(Runtime(model=gguf)).replies(prompts)

    for each, reply in zip(prompts, replies, strict=True):
        assert each.grammar is not None
        assert each.grammar.accepts(reply)
    free = GgufRunner(Runtime(model=gguf, use_grammar=False, max_tokens=8)).replies(prompts[:1])
    assert free == GgufRunner(Runtime(model=gguf, max_tokens=8)).replies(
        [Prompt(segments=prompts[0].segments)]
    )
    assert free != replies[:1]


def test_what_the_file_says_about_itself(gguf: Path) -> None:
    runner = GgufRunner(Runtime(model=gguf))

    assert runner.metadata["general.architecture"] == "llama"
    assert runner.knows_chatml


def test_a_prompt_that_does_not_fit(gguf: Path) -> None:
    with pytest.raises(PromptTooLongError):
        GgufRunner(Runtime(model=gguf, n_ctx=4)).replies([prompt()])


@pytest.fixture
def with_template(gguf: Path, tmp_path: Path) -> Path:
    """Return the model with a chat template."""
    template = (
        "{{ '<|im_start|>' + messages[-1]['content'] + '\n' }}"
        "{{ tools[0]['function']['name'] if tools }}{{ 'hm' if enable_thinking != false }}"
    )
    command = [sys.executable, "-m", "gguf.scripts.gguf_new_metadata", str(gguf)]
    command += [str(tmp_path / "chat.gguf"), "--chat-template", template]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "chat.gguf"


@pytest.mark.parametrize(("tools", "rest"), [((), ""), ((TOOL,), "turn_on")])
def test_chats_are_written_by_the_template_of_the_file(
    with_template: Path, tools: tuple[dict[str, Any], ...], rest: str
) -> None:
    with Model(with_template) as model:
        expected = len(model.tokenize([("<|im_start|>", True), (f"hi\n{rest}", False)]))
    runner = GgufRunner(Runtime(model=with_template, n_ctx=1))

    with pytest.raises(TrainingError, match=f"a prompt of {expected} tokens does not fit"):
        runner.replies([ChatPrompt(messages=CHAT.messages, tools=tools)])


def test_a_chat_gets_the_reply_that_the_same_prompt_gets() -> None:
    # What the grammar would force was never learned: later words may be as likely as others, and
    # which of them come hangs on the last bit of a sum.
    runner = GgufRunner(Runtime(model=SHIPPED, max_tokens=4))
    said = [
        *("turn off the light A", "open the cover A in the area B", "hello"),
        *("lights on in the area A", "is the door A locked"),
    ]
    chats = [ChatPrompt(messages=[{"role": "user", "content": text}]) for text in said]
    same = [Prompt(segments=TINY.prompt([Message(role="user", content=text)])) for text in said]
    replies = runner.replies(chats)

    # What is no character is left out in the one, and replaced in the other.
    expected = [reply.replace("\N{REPLACEMENT CHARACTER}", "") for reply in runner.replies(same)]
    assert [reply.strip() for reply in replies] == [reply.strip() for reply in expected]
    # Without its grammar it is left open what the model says, and whether it greets.
    assert all(reply.strip() for reply in replies[:2])


def test_a_chat_that_does_not_fit(with_template: Path) -> None:
    with pytest.raises(TrainingError, match="a prompt of 4 tokens does not fit a context of 2"):
        GgufRunner(Runtime(model=with_template, n_ctx=2)).replies([CHAT])


def test_chats_need_a_template(gguf: Path) -> None:
    with pytest.raises(TrainingError, match="has no chat template"):
        GgufRunner(Runtime(model=gguf)).replies([CHAT])


def test_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 100)

    with pytest.raises(TrainingError, match="cannot be loaded"):
        GgufRunner(Runtime(model=tmp_path / "bad.gguf")).replies([CHAT])
