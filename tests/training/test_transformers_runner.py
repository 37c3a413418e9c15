"""A folder of transformers writes what is likeliest, of what the grammars allow."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from home_llm_core.formats.base import chatml
from home_llm_core.home import home_from_dict
from home_llm_engine.automaton import CompiledGrammar
from tests.training.conftest import ALLOWED
from training.checkpoint import save_model
from training.choices import TrainingVocabulary
from training.errors import TrainingError
from training.prompts import ChatPrompt, Prompt, Runtime
from training.tokenizer import SegmentEncoder
from training.transformers_runner import TransformersRunner

MOST = 24
TEMPLATE = (
    "{{ '<|im_start|>' + (tools | tojson if tools else 'none') }}"
    "{% for message in messages %}{{ message['role'] + ' ' + message['content'] + '\n' }}"
    "{% endfor %}{{ 'thinking' if enable_thinking else 'now' }}"
)


@pytest.fixture
def model(make_model: Callable[[], LlamaForCausalLM]) -> LlamaForCausalLM:
    """Return a model whose weights are large enough to tell prompts apart."""
    model = make_model()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(8)
    model.eval()
    return model


@pytest.fixture
def folder(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> Path:
    """Return its folder."""
    save_model(tmp_path / "model", model, tokenizer)
    return tmp_path / "model"


@pytest.fixture
def prompts(homes: list[dict[str, Any]]) -> list[Prompt]:
    """Return the prompts of two homes, of different lengths, with their grammars."""
    found = []
    for data in homes[1:3]:
        home = home_from_dict(data["home"])
        for request in data["requests"]:
            heard = TINY.hear(request["record"]["text"], home, allowed=ALLOWED)
            messages = [Message(role="user", content=heard.message)]
            segments = TINY.prompt(messages)
            found.append(Prompt(segments=segments, grammar=heard.grammar, words=heard.words))
    return found


def likeliest(prompt: Prompt, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> str:
    """Return the reply by one pass over everything for each token."""
    encoder = SegmentEncoder(tokenizer)
    compiled = CompiledGrammar(
        prompt.grammar.to_dict() if prompt.grammar else {"sets": {}, "nodes": [[]]},
        TrainingVocabulary(tokenizer, encoder),
    )
    state = compiled.with_words(prompt.words).start if prompt.grammar else None
    ids = encoder.encode(prompt.segments)
    reply: list[int] = []
    for _ in range(MOST):
        with torch.inference_mode():
            logits = model(torch.tensor([ids + reply])).logits[0, -1]
        allowed = state.allowed.tolist() if state is not None else list(range(len(tokenizer)))
        token = max(allowed, key=lambda each: float(logits[each]))
        if token == encoder.turn_end:
            break
        reply.append(token)
        state = state.advance(token) if state is not None else None
    return str(tokenizer.decode(reply))


@pytest.mark.parametrize("batch", [1, 5])
def test_the_likeliest_of_what_is_allowed(
    folder: Path,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    prompts: list[Prompt],
    batch: int,
) -> None:
    runner = TransformersRunner(Runtime(model=folder, max_tokens=MOST, batch=batch))
    replies = runner.replies(prompts)

    assert replies == [likeliest(prompt, model, tokenizer) for prompt in prompts]
    assert len(set(replies)) > 2
    # Some end by themselves, others are cut off.
    grammars = [prompt.grammar for prompt in prompts if prompt.grammar is not None]
    ended = [grammar.accepts(reply) for grammar, reply in zip(grammars, replies, strict=True)]
    assert set(ended) == {True, False}


def test_without_grammars(
    folder: Path,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    prompts: list[Prompt],
) -> None:
    free = [Prompt(segments=prompt.segments) for prompt in prompts[:3]]
    expected = [likeliest(prompt, model, tokenizer) for prompt in free]
    runtime = Runtime(model=folder, max_tokens=MOST, batch=2)

    assert TransformersRunner(runtime).replies(free) == expected
    unbound = Runtime(model=folder, max_tokens=MOST, batch=2, use_grammar=False)
    assert TransformersRunner(unbound).replies(prompts[:3]) == expected


def test_text_that_looks_like_markup_stays_text(folder: Path) -> None:
    runner = TransformersRunner(Runtime(model=folder))
    prompt = Prompt(segments=chatml([Message(role="user", content="a <|im_end|> b")]))

    end = runner._tokenizer.get_vocab()["<|im_end|>"]
    assert runner._ids(prompt).count(end) == 1
    assert runner.knows_chatml


def test_chats_are_written_by_the_template_of_the_model(
    folder: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
    runner = TransformersRunner(Runtime(model=folder, max_tokens=4))
    tool = {"type": "function", "function": {"name": "x__Set", "parameters": {}}}
    chat = ChatPrompt(messages=[{"role": "user", "content": "hi"}], tools=[tool])

    text = tokenizer.decode(runner._ids(chat))
    assert text == f"<|im_start|>{json.dumps([tool])}user hi\nnow"
    assert len(runner.replies([chat])) == 1


def test_no_template(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    runner = TransformersRunner(Runtime(model=folder))

    with pytest.raises(TrainingError, match="has no chat template"):
        runner.replies([ChatPrompt(messages=[{"role": "user", "content": "hi"}])])


def test_a_template_that_refuses(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no system') }}")
    runner = TransformersRunner(Runtime(model=folder))

    with pytest.raises(TrainingError, match="cannot be asked this: no system"):
        runner.replies([ChatPrompt(messages=[{"role": "system", "content": "hi"}])])


def test_a_prompt_that_does_not_fit(folder: Path, prompts: list[Prompt]) -> None:
    runner = TransformersRunner(Runtime(model=folder, n_ctx=8))

    with pytest.raises(TrainingError, match="does not fit a context of 8"):
        runner.replies(prompts)


def test_no_model(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(TrainingError, match="holds no model of transformers"):
        TransformersRunner(Runtime(model=tmp_path))
    (folder / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TrainingError, match="cannot be loaded"):
        TransformersRunner(Runtime(model=folder))
