"""A folder of transformers that answers prompts, several at once, bound by the same grammars.

``generate`` asks before each token what may follow (De Cao et al. 2020, arXiv:2010.00904); the
automaton of the engine tells it, so that a model writes what its GGUF file would write.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from jinja2 import TemplateError
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from home_llm_core.grammar import Grammar
from home_llm_engine.automaton import CompiledGrammar, State
from training.choices import TrainingVocabulary
from training.errors import TrainingError
from training.prompts import TURN_START, ChatPrompt, Prompt, Runtime, joined, takes_system
from training.tokenizer import TURN_END, SegmentEncoder

_MOST_KEPT = 64
"""Grammars: there is one for each kind of sentence."""


class TransformersRunner:
    """Runs a folder of transformers, on a GPU if there is one.

    Args:
        runtime: how it is run.

    Raises:
        TrainingError: it cannot be loaded.

    """

    def __init__(self, runtime: Runtime) -> None:
        folder = runtime.model
        if not (folder / "config.json").is_file():
            raise TrainingError(f"{folder} holds no model of transformers")
        self._runtime = runtime
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        # bfloat16 is slow on most processors, and on some takes minutes.
        dtype = "auto" if self._device == "cuda" else torch.float32
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            self._model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
                folder, dtype=dtype, device_map=self._device
            )
        except (OSError, ValueError, RuntimeError) as err:
            first = (str(err).strip().splitlines() or [type(err).__name__])[0]
            raise TrainingError(f"{folder} cannot be loaded: {first}") from err
        self._tokenizer = cast("PreTrainedTokenizerFast", tokenizer)
        most = getattr(
            self._model.config.get_text_config(), "max_position_embeddings", runtime.n_ctx
        )
        self._n_ctx = min(runtime.n_ctx, most)
        self._grammars: dict[str, CompiledGrammar] = {}

    @property
    def metadata(self) -> Mapping[str, str]:
        """Nothing: a folder does not name its format, the lines do."""
        return {}

    @cached_property
    def knows_chatml(self) -> bool:
        """Whether the markers of ChatML are tokens."""
        return TURN_START.text in self._tokenizer.get_added_vocab()

    def replies(self, prompts: Sequence[Prompt | ChatPrompt]) -> list[str]:
        """Return the likeliest reply to each prompt.

        Raises:
            TrainingError: a prompt does not fit, or the model has no chat template for it.

        """
        ids = [self._ids(prompt) for prompt in prompts]
        # Those of about one length go together, so that little is padding.
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        found = [""] * len(ids)
        for first in range(0, len(order), self._runtime.batch):
            batch = order[first : first + self._runtime.batch]
            replies = self._generate([ids[at] for at in batch], [prompts[at] for at in batch])
            for at, reply in zip(batch, replies, strict=True):
                found[at] = reply
        return found

    def _ids(self, prompt: Prompt | ChatPrompt) -> list[int]:
        ids = (
            self._templated(prompt)
            if isinstance(prompt, ChatPrompt)
            else self._encoder.prompt(prompt.segments)
        )
        if len(ids) >= self._n_ctx:
            raise TrainingError(
                f"a prompt of {len(ids)} tokens does not fit a context of {self._n_ctx}"
            )
        return ids

    @cached_property
    def _encoder(self) -> SegmentEncoder:
        return SegmentEncoder(self._tokenizer)

    def _templated(self, prompt: ChatPrompt) -> list[int]:
        if self._tokenizer.chat_template is None:
            raise TrainingError(
                f"{self._runtime.model} has no chat template, which these lines need"
            )
        messages = [dict(message) for message in prompt.messages]
        try:
            found: Any = self._tokenizer.apply_chat_template(
                joined(messages) if self._joins_system else messages,
                tools=[dict(tool) for tool in prompt.tools] or None,
                add_generation_prompt=True,
                return_dict=True,
                # Templates that know no thoughts take no notice.
                enable_thinking=False,
            )
        except (ValueError, TemplateError) as err:
            raise TrainingError(f"the model cannot be asked this: {err}") from err
        return list(found["input_ids"])

    @cached_property
    def _joins_system(self) -> bool:
        return not takes_system(
            lambda messages: self._tokenizer.apply_chat_template(messages, tokenize=False)
        )

    def _generate(
        self, ids: Sequence[Sequence[int]], prompts: Sequence[Prompt | ChatPrompt]
    ) -> list[str]:
        width = max(map(len, ids))
        input_ids = torch.full((len(ids), width), self._pad)  # (batch, width), padded on the left
        mask = torch.zeros_like(input_ids)
        for row, each in enumerate(ids):
            input_ids[row, width - len(each) :] = torch.tensor(each)
            mask[row, width - len(each) :] = 1
        with torch.inference_mode():
            written = self._model.generate(  # type: ignore[operator]
                input_ids.to(self._device),
                attention_mask=mask.to(self._device),
                max_new_tokens=min(self._runtime.max_tokens, self._n_ctx - width),
                do_sample=False,
                eos_token_id=sorted(self._ends),
                pad_token_id=self._pad,
                prefix_allowed_tokens_fn=self._bounds(prompts, width),
            )
        return [self._decode(row) for row in written[:, width:].tolist()]

    def _bounds(self, prompts: Sequence[Prompt | ChatPrompt], width: int) -> "_Bounds | None":
        """Return what bounds replies by their grammars; none if nothing does."""
        starts = [self._bound(prompt) for prompt in prompts]
        if not any(starts):
            return None
        return _Bounds(starts, len(self._tokenizer), self._ends, self._pad, width)

    def _bound(self, prompt: Prompt | ChatPrompt) -> State | None:
        if isinstance(prompt, ChatPrompt) or prompt.grammar is None:
            return None
        if not self._runtime.use_grammar:
            return None
        return self._compiled(prompt.grammar).with_words(prompt.words).start

    def _compiled(self, grammar: Grammar) -> CompiledGrammar:
        digest = grammar.digest
        found = self._grammars.pop(digest, None)
        self._grammars[digest] = found or CompiledGrammar(grammar.to_dict(), self._vocabulary)
        if len(self._grammars) > _MOST_KEPT:
            self._grammars.pop(next(iter(self._grammars)))
        return self._grammars[digest]

    @cached_property
    def _vocabulary(self) -> TrainingVocabulary:
        return TrainingVocabulary(self._tokenizer, self._encoder)

    def _decode(self, ids: list[int]) -> str:
        end = next((at for at, token in enumerate(ids) if token in self._ends), len(ids))
        return str(self._tokenizer.decode(ids[:end], clean_up_tokenization_spaces=False))

    @cached_property
    def _ends(self) -> frozenset[int]:
        """The tokens that end a reply."""
        configured = self._model.generation_config.eos_token_id
        known = configured if isinstance(configured, list) else [configured]
        turn_end = self._tokenizer.get_vocab().get(TURN_END)
        found = (*known, self._tokenizer.eos_token_id, turn_end)
        return frozenset(token for token in found if token is not None)

    @cached_property
    def _pad(self) -> int:
        pad = self._tokenizer.pad_token_id
        return int(pad if pad is not None else min(self._ends, default=0))


class _Bounds:
    """Tells ``generate`` what may follow in each row of a batch, one token after another."""

    def __init__(
        self,
        starts: Sequence[State | None],
        size: int,
        ends: frozenset[int],
        pad: int,
        width: int,
    ) -> None:
        self._states = list(starts)
        self._anything = list(range(size))
        self._ends, self._pad, self._width = ends, pad, width

    def __call__(self, row: int, ids: torch.Tensor) -> list[int]:
        """Return the tokens that may follow ``ids``, prompt and padding included."""
        state = self._states[row]
        if state is None:
            return self._anything
        if len(ids) > self._width:
            token = int(ids[-1])
            if token in self._ends or token not in state.allowed:
                # The row has ended: what comes now is padding.
                return [self._pad]
            self._states[row] = state = state.advance(token)
        return list(state.allowed.tolist())
