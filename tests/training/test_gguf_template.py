"""A template that refuses a system message: training and every runner write the same prompt."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from tests.training.small_models import write_small_model
from training.chats import IGNORED, Chat, ChatEncoder
from training.errors import TrainingError
from training.gguf_chats import encode_chats, opened
from training.gguf_file import Description, convert
from training.gguf_runner import GgufRunner
from training.gguf_template import GgufTemplate
from training.prompts import ChatPrompt, Runtime, joined, takes_system
from training.transformers_runner import TransformersRunner

SYSTEM = {"role": "system", "content": "You control a home."}
USER = {"role": "user", "content": "turn on the lamp"}
REPLY = {"role": "assistant", "content": "The lamp is on."}
ALONE = {"role": "user", "content": "You control a home.\n\nturn on the lamp"}


@dataclass(frozen=True, kw_only=True)
class Gemma:
    """A small random model with Gemma's template.

    Args:
        folder: of transformers.
        gguf: the same model as a file.

    """

    folder: Path
    gguf: Path

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer of the folder."""
        found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(self.folder)
        return found


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Gemma:
    folder = write_small_model("gemma", tmp_path_factory.mktemp("gemma") / "model")
    gguf = folder.parent / "model.gguf"
    convert(folder, gguf, "f32", Description(name="Gemma", license="other", prompt_format=None))
    return Gemma(folder=folder, gguf=gguf)


def test_every_runner_asks_what_was_trained(gemma: Gemma) -> None:
    (example,) = ChatEncoder(gemma.tokenizer, "template").encode(
        Chat(messages=[SYSTEM, USER, REPLY])
    )
    prompt = [
        token
        for token, label in zip(example.input_ids, example.labels, strict=True)
        if label == IGNORED
    ]
    with opened(gemma.gguf) as model:
        (ids,) = encode_chats(model, [Chat(messages=[SYSTEM, USER, REPLY])])
    assert [*ids.prompt, *ids.reply] == example.input_ids
    assert list(ids.prompt) == prompt

    folder = TransformersRunner(Runtime(model=gemma.folder, max_tokens=8))
    assert folder._ids(ChatPrompt(messages=[SYSTEM, USER])) == prompt
    file = GgufRunner(Runtime(model=gemma.gguf, max_tokens=8))
    assert file._template.text([SYSTEM, USER]) == gemma.tokenizer.decode(prompt)
    assert folder.replies([ChatPrompt(messages=[SYSTEM, USER])]) == file.replies(
        [ChatPrompt(messages=[SYSTEM, USER])]
    )


def test_which_templates_take_a_system_message() -> None:
    def write(template: str) -> bool:
        text = GgufTemplate({"tokenizer.chat_template": template}, bos="", eos="")
        return takes_system(text._text)

    assert write("{{ messages[0].content }}")
    assert not write("{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}")


def test_what_is_joined() -> None:
    assert joined([SYSTEM, USER, REPLY]) == [ALONE, REPLY]
    assert joined([USER, REPLY]) == [USER, REPLY]
    assert joined([SYSTEM]) == [SYSTEM]


def test_a_template_that_refuses_more() -> None:
    template = GgufTemplate(
        {"tokenizer.chat_template": "{{ raise_exception('no') }}"}, bos="", eos=""
    )
    with pytest.raises(TrainingError, match="cannot be asked this: no"):
        template.text([USER])
    with pytest.raises(TrainingError, match="has no chat template"):
        GgufTemplate({}, bos="", eos="")
