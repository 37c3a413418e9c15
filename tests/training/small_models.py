"""Random models of the real classes, with tokenizers of a few hundred tokens, as the hub has them.

What is told apart in real life is kept: which tokenizers are byte-level and which sentencepiece,
whether a sequence begins with a token of its own, tied embeddings, more rows in the embeddings than
tokens, and which of the families come with a chat template.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import random
from typing import Any

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    GemmaTokenizer,
    GPT2Tokenizer,
    LlamaTokenizer,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    Qwen2Tokenizer,
)
from transformers.convert_slow_tokenizer import SentencePieceExtractor
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

_MERGES = 100
_SENTENCES = (
    "please turn the kitchen lamp on",
    "it's 3.5 degrees in the bedroom",
    "switch off the light and set the heating to 42 percent",
    "what is the brightness of 7 lamps? we'll see, don't",
    "Küche: Licht an, 客厅开灯, включи свет",
)
_ZEPHYR = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] "
    "+ eos_token + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}"
    "{% endif %}"
)
_CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% endif %}"
)
_GEMMA = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}"
    "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}"
    "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)


@dataclass(frozen=True, kw_only=True)
class _Family:
    """A family of models.

    Args:
        kind: how transformers names it.
        tokenizer: what makes its tokenizer, given a folder for files that belong to it.
        options: of the configuration, beside its size.
        padded: whether the embeddings have more rows than there are tokens.

    """

    kind: str
    tokenizer: Callable[[Path], PreTrainedTokenizerBase]
    options: dict[str, Any]
    padded: bool = False


def write_small_model(architecture: str, folder: Path, seed: int = 0) -> Path:
    """Write a small random model and its tokenizer as ``save_pretrained`` does.

    Args:
        architecture: a key of ``FAMILIES``.
        folder: to write into; it is made.
        seed: of the weights; the tokenizer is always the same.

    Returns:
        the folder.

    """
    family = FAMILIES[architecture]
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = family.tokenizer(folder)
    rows = len(tokenizer)
    config = AutoConfig.for_model(
        family.kind,
        vocab_size=-(-rows // 64) * 64 if family.padded else rows,
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=512,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **family.options,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    # As they come, random weights hardly tell one text from another, and biases are zero.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2:
                parameter.mul_(4)
            elif name.endswith("bias"):
                parameter.copy_(0.1 * torch.sin(torch.arange(len(parameter))))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _texts() -> list[str]:
    rng = random.Random(1)
    words = " ".join(_SENTENCES).split(" ")
    return [" ".join(rng.choices(words, k=8)) for _ in range(500)]


def _byte_pairs(words: pre_tokenizers.PreTokenizer) -> tuple[dict[str, int], Any]:
    """Return the ids of tokens, all bytes among them, and the merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = words
    trainer = trainers.BpeTrainer(
        vocab_size=256 + _MERGES,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]


def _qwen_words() -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated")
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([split, level])


def _phi_tokenizer(_folder: Path) -> PreTrainedTokenizerBase:
    vocab, merges = _byte_pairs(pre_tokenizers.ByteLevel(add_prefix_space=False))
    vocab["<|endoftext|>"] = len(vocab)
    return GPT2Tokenizer(vocab=vocab, merges=merges)


def _qwen_tokenizer(_folder: Path) -> PreTrainedTokenizerBase:
    vocab, merges = _byte_pairs(_qwen_words())
    for token in ("<|endoftext|>", "<|im_start|>", "<|im_end|>"):
        vocab[token] = len(vocab)
    return Qwen2Tokenizer(
        vocab=vocab,
        merges=merges,
        eos_token="<|im_end|>",
        extra_special_tokens=["<|im_start|>"],
        chat_template=_CHATML,
    )


def _stablelm_tokenizer(_folder: Path) -> PreTrainedTokenizerBase:
    vocab, merges = _byte_pairs(_qwen_words())
    tokenizer = Tokenizer(models.BPE(vocab, merges))
    tokenizer.pre_tokenizer = _qwen_words()
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|endoftext|>",
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        chat_template=_ZEPHYR,
    )


def _pieces(folder: Path, special: dict[str, Any], symbols: list[str]) -> dict[str, Any]:
    """Write ``tokenizer.model``, and return its ids and merges."""
    file = folder / "tokenizer.model"
    with file.open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(_texts()),
            model_writer=stream,
            model_type="bpe",
            vocab_size=4 + len(symbols) + 256 + 40 + _MERGES,
            byte_fallback=True,
            split_digits=True,
            user_defined_symbols=symbols,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            num_threads=1,
            minloglevel=2,
            **special,
        )
    extracted: Any = SentencePieceExtractor(str(file)).extract(models.BPE)
    return {"vocab": extracted["vocab"], "merges": extracted["merges"]}


def _llama_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    ids = {"unk_id": 0, "bos_id": 1, "eos_id": 2}
    return LlamaTokenizer(
        **_pieces(folder, ids, []), pad_token="</s>", add_bos_token=True, chat_template=_ZEPHYR
    )


def _gemma_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    ids = {"pad_id": 0, "eos_id": 1, "bos_id": 2, "unk_id": 3}
    # As in the real one, turns begin and end with the tokens 106 and 107.
    unused = [f"<unused{number}>" for number in range(101)]
    symbols = ["<mask>", *unused, "<start_of_turn>", "<end_of_turn>"]
    return GemmaTokenizer(
        **_pieces(folder, {**ids, "bos_piece": "<bos>", "eos_piece": "<eos>"}, symbols),
        extra_special_tokens=["<start_of_turn>", "<end_of_turn>"],
        add_bos_token=True,
        chat_template=_GEMMA,
    )


_GEMMA_OPTIONS = {"num_key_value_heads": 1, "head_dim": 32}
_GROUPED = {"num_key_value_heads": 2}
FAMILIES: Mapping[str, _Family] = {
    "phi": _Family(
        kind="phi",
        tokenizer=_phi_tokenizer,
        options={"partial_rotary_factor": 0.5},
        padded=True,
    ),
    "llama": _Family(kind="llama", tokenizer=_llama_tokenizer, options=_GROUPED),
    "gemma": _Family(kind="gemma", tokenizer=_gemma_tokenizer, options=_GEMMA_OPTIONS),
    "gemma2": _Family(
        kind="gemma2",
        tokenizer=_gemma_tokenizer,
        options={**_GEMMA_OPTIONS, "query_pre_attn_scalar": 32},
    ),
    "gemma3": _Family(
        kind="gemma3_text",
        tokenizer=_gemma_tokenizer,
        options={**_GEMMA_OPTIONS, "query_pre_attn_scalar": 32},
    ),
    "qwen": _Family(
        kind="qwen2",
        tokenizer=_qwen_tokenizer,
        options={**_GROUPED, "tie_word_embeddings": True},
        padded=True,
    ),
    "qwen3": _Family(
        kind="qwen3",
        tokenizer=_qwen_tokenizer,
        options={**_GROUPED, "head_dim": 32, "tie_word_embeddings": True},
        padded=True,
    ),
    "stablelm": _Family(
        kind="stablelm",
        tokenizer=_stablelm_tokenizer,
        options={"num_key_value_heads": 4, "use_qkv_bias": True},
    ),
}
"""Phi-2, TinyLlama, Gemma 1 to 3, Qwen 2 and 3, and StableLM 2."""
