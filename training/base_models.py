"""Base models for fine-tuning: loaded from a folder or the hub, with the tokens that chats need."""

import importlib.util
from pathlib import Path
from typing import Any

from peft import LoraConfig
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from training.errors import TrainingError
from training.tokenizer import TURN_END, TURN_START
from training.train_options import BaseModel, Lora

_PAD = "<|pad|>"


def lora_config(lora: Lora, model: PreTrainedModel) -> LoraConfig:
    """Return peft's configuration of adapters for a model.

    Raises:
        TrainingError: the model has no layer of a name.

    """
    known = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    for name in (*lora.modules, *lora.modules_to_save):
        if name not in known:
            raise TrainingError(f"the base model has no layer {name!r}")
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.modules) or "all-linear",
        modules_to_save=list(lora.modules_to_save) or None,
        # Where input and output layer share their weights, they go on doing so.
        ensure_weight_tying=bool(lora.modules_to_save)
        and bool(model.config.get_text_config().tie_word_embeddings),
        task_type="CAUSAL_LM",
    )


def hold_in_32_bits(model: torch.nn.Module) -> None:
    """Hold what is trained in 32 bits: in bfloat16, steps of 1e-5 are less than it can tell.

    peft does so with adapters, but not with layers that are trained as a whole.

    Args:
        model: is changed in place, before there is an optimizer.

    """
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()


def _new_tokens(base: BaseModel) -> list[str]:
    """Return the special tokens that are added to a base model."""
    markers = (TURN_START, TURN_END) if base.chatml_tokens else ()
    return [*((_PAD,) if base.pad_token else ()), *markers, *base.more_tokens]


def load_base_tokenizer(base: BaseModel) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a base model, with its new tokens.

    Raises:
        TrainingError: it cannot be loaded.

    """
    tokenizer: PreTrainedTokenizerBase = _loaded(base.name, AutoTokenizer.from_pretrained)
    if new := _new_tokens(base):
        tokenizer.add_special_tokens(
            {"extra_special_tokens": new},
            replace_extra_special_tokens=False,
        )
    if base.pad_token:
        tokenizer.pad_token = _PAD
    if base.chatml_tokens:
        tokenizer.eos_token = TURN_END
        tokenizer.chat_template = CHATML
    return tokenizer


CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""What ``home_llm_core``'s ChatML renders, for programs that read models without it."""


def load_base_model(base: BaseModel, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    """Return a base model with room for the tokens of its tokenizer.

    Raises:
        TrainingError: it cannot be loaded.

    """
    options: dict[str, Any] = {"dtype": torch.bfloat16 if base.bf16 else torch.float32}
    if base.four_bits:
        options["quantization_config"] = _four_bits()
    model: PreTrainedModel = _loaded(base.name, AutoModelForCausalLM.from_pretrained, **options)
    if len(tokenizer) > model.config.get_text_config().vocab_size:
        model.resize_token_embeddings(len(tokenizer))
    model.config.eos_token_id = model.generation_config.eos_token_id = tokenizer.eos_token_id
    return model


def _four_bits() -> BitsAndBytesConfig:
    if not torch.cuda.is_available() or importlib.util.find_spec("bitsandbytes") is None:
        raise TrainingError("--load_in_4bit needs an NVIDIA GPU and bitsandbytes")
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _loaded(name: str, load: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever is loaded
    folder = Path(name)
    if folder.exists() and not (folder / "config.json").is_file():
        raise TrainingError(f"{name} holds no model of transformers")
    try:
        if not folder.exists():
            AutoConfig.from_pretrained(name)
        return load(name, **options)
    except (OSError, ValueError, RuntimeError) as err:
        if folder.exists():
            first = (str(err).strip().splitlines() or [type(err).__name__])[0]
            raise TrainingError(f"{name} cannot be loaded: {first}") from err
        msg = (
            f"the base model {name} is no folder here, and the model hub does not give it:"
            " check its name and the network, or log in if it asks for a licence"
        )
        raise TrainingError(msg) from err
