"""Writes a small Llama with random weights as a GGUF file, so that tests need no other model.

The tokenizer is a real byte-level BPE with single digits, its merges counted on a few lines of the
wire format. The replies are nonsense; everything else is as with a trained file.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
import re
import struct

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 32
_NORMAL, _CONTROL, _USER_DEFINED = 1, 3, 4
_SPECIAL = {
    "<|endoftext|>": _CONTROL,
    "<|im_start|>": _CONTROL,
    "<|im_end|>": _CONTROL,
    # Some converters mark added tokens so; llama.cpp then finds them in any text.
    "<|speaker|>": _USER_DEFINED,
}
_TEXT = """
turn on the lights in the area A and the fan B light area C switch D floor E ~light F*
Devices: kitchen ceiling living room desk lamp floor lamp tower kettle States: on;50%;red
<|im_start|>system <|im_start|>user turn on the kitchen lights<|im_end|> <|im_start|>assistant
> on light A = brightness 50 = color red
> off light A; B
> on fan: A
> toggle light: all; but B
> off everything: C
> state switch D
> say thanks
turned on the light. there is no fan here. which light do you mean?
"""
_WORDS = re.compile(r"\d| ?[^\W\d_]+| ?(?:[^\w\s]|_)+|\s+")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a random model."""

    layers: int = 2
    width: int = 64
    feed_forward: int = 128
    heads: int = 4
    key_value_heads: int = 2
    merges: int = 200
    vocabulary: int = 0
    """At least so many tokens; the rest is filled with tokens that no text gives."""


def write_random_model(
    path: Path,
    *,
    seed: int = 0,
    shape: Shape | None = None,
    spoken: str = "",
    template: str = "",
    fields: Mapping[str, str | int] | None = None,
) -> Path:
    """Write a random model; the same seed and shape give the same bytes.

    Args:
        path: the file to write.
        seed: of the weights.
        shape: its size; a few hundred kilobytes by default.
        spoken: special tokens of its replies, as the file lists them.
        template: the chat template of a model that was not taught homes.
        fields: more that the file says of itself, or otherwise.

    """
    shape = shape or Shape()
    tokens, types, merges = _vocabulary(shape)
    tensors = _tensors(shape, len(tokens), np.random.default_rng(seed))
    kind = {"tokenizer.chat_template": template} if template else {"home_llm.format": "tiny-6"}
    told = {**_fields(shape), **kind, **({"home_llm.tokens": spoken} if spoken else {})}
    written = [
        *(_field(key, value) for key, value in {**told, **(fields or {})}.items()),
        _field("tokenizer.ggml.tokens", tokens),
        _field("tokenizer.ggml.token_type", types),
        _field("tokenizer.ggml.merges", merges),
    ]
    header = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(written))
    infos, blobs, offset = [], [], 0
    for name, tensor in tensors.items():
        blob = tensor.tobytes()
        blob += bytes(-len(blob) % _ALIGNMENT)
        sizes = tensor.shape[::-1]  # GGUF names the fastest dimension first.
        infos.append(
            _string(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, offset)
        )
        blobs.append(blob)
        offset += len(blob)
    head = b"".join([header, *written, *infos])
    path.write_bytes(b"".join([head, bytes(-len(head) % _ALIGNMENT), *blobs]))
    return path


def _fields(shape: Shape) -> dict[str, str | int | float | bool]:
    return {
        "general.architecture": "llama",
        "general.name": "random",
        "llama.context_length": 4096,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.feed_forward,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.key_value_heads,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": shape.width // shape.heads,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
    }


def _tensors(
    shape: Shape, vocabulary: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    width, inner = shape.width, shape.feed_forward
    narrow = width // shape.heads * shape.key_value_heads
    sizes: dict[str, tuple[int, ...]] = {"token_embd.weight": (vocabulary, width)}
    for layer in range(shape.layers):
        block = {
            "attn_norm": (width,),
            "attn_q": (width, width),
            "attn_k": (narrow, width),
            "attn_v": (narrow, width),
            "attn_output": (width, width),
            "ffn_norm": (width,),
            "ffn_gate": (inner, width),
            "ffn_up": (inner, width),
            "ffn_down": (width, inner),
        }
        sizes |= {f"blk.{layer}.{name}.weight": size for name, size in block.items()}
    sizes["output_norm.weight"] = (width,)
    return {
        name: np.ones(size, np.float32)
        if len(size) == 1
        else rng.normal(0, size[-1] ** -0.5, size).astype(np.float32)
        for name, size in sizes.items()
    }


def _field(key: str, value: str | float | list[str] | list[int]) -> bytes:
    if isinstance(value, list):
        kind, packed = (
            (8, b"".join(map(_string, map(str, value))))
            if not value or isinstance(value[0], str)
            else (5, struct.pack(f"<{len(value)}i", *value))
        )
        return _string(key) + struct.pack("<IIQ", 9, kind, len(value)) + packed
    if isinstance(value, bool):
        return _string(key) + struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return _string(key) + struct.pack("<II", 4, value)
    if isinstance(value, float):
        return _string(key) + struct.pack("<If", 6, value)
    return _string(key) + struct.pack("<I", 8) + _string(value)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _vocabulary(shape: Shape) -> tuple[list[str], list[int], list[str]]:
    letters = _byte_letters()
    merges = _count_merges(_TEXT, letters, shape.merges)
    tokens = [*_SPECIAL, *letters.values(), *("".join(pair) for pair in merges)]
    tokens += [f"unused{number}" for number in range(shape.vocabulary - len(tokens))]
    types = [_SPECIAL.get(token, _NORMAL) for token in tokens]
    return tokens, types, [" ".join(pair) for pair in merges]


def _byte_letters() -> dict[int, str]:
    """Return the letter that stands for each byte (GPT-2's table)."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = [byte for byte in range(256) if byte not in plain]
    return {
        byte: chr(byte) if byte in plain else chr(256 + others.index(byte)) for byte in range(256)
    }


def _count_merges(text: str, letters: dict[int, str], number: int) -> list[tuple[str, str]]:
    words = [[letters[byte] for byte in word.encode()] for word in _WORDS.findall(text)]
    merges: list[tuple[str, str]] = []
    while len(merges) < number:
        pairs = Counter(pair for word in words for pair in pairwise(word))
        if not pairs:
            break
        merges.append(max(pairs, key=lambda pair: (pairs[pair], pair)))
        words = [_merge(word, merges[-1]) for word in words]
    return merges


def _merge(word: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in word:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged
