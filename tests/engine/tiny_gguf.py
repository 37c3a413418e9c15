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
_REMEMBERED = 3  # tokens, by a convolution
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
    convolutions: bool = False
    """Whether every other layer is a convolution, which remembers the end of a text only (LFM2)."""


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


def _fields(shape: Shape) -> dict[str, str | float | list[int]]:
    kind = "lfm2" if shape.convolutions else "llama"
    layers = range(shape.layers)
    narrow = [0 if _is_convolution(shape, n) else shape.key_value_heads for n in layers]
    return {
        "general.architecture": kind,
        "general.name": "random",
        f"{kind}.context_length": 4096,
        f"{kind}.embedding_length": shape.width,
        f"{kind}.block_count": shape.layers,
        f"{kind}.feed_forward_length": shape.feed_forward,
        f"{kind}.attention.head_count": shape.heads,
        f"{kind}.attention.head_count_kv": narrow,
        f"{kind}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{kind}.rope.dimension_count": shape.width // shape.heads,
        f"{kind}.shortconv.l_cache": _REMEMBERED,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
    }


def _is_convolution(shape: Shape, layer: int) -> bool:
    """Return whether a layer is no attention."""
    return shape.convolutions and layer % 2 == 0


def _tensors(
    shape: Shape, vocabulary: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    sizes: dict[str, tuple[int, ...]] = {"token_embd": (vocabulary, shape.width)}
    for layer in range(shape.layers):
        block = _layer(shape, is_convolution=_is_convolution(shape, layer))
        sizes |= {f"blk.{layer}.{name}": size for name, size in block.items()}
    sizes["token_embd_norm" if shape.convolutions else "output_norm"] = (shape.width,)
    return {
        f"{name}.weight": np.ones(size, np.float32)
        if len(size) == 1
        else rng.normal(0, size[-1] ** -0.5, size).astype(np.float32)
        for name, size in sizes.items()
    }


def _layer(shape: Shape, *, is_convolution: bool) -> dict[str, tuple[int, ...]]:
    width, inner, head = shape.width, shape.feed_forward, shape.width // shape.heads
    narrow = head * shape.key_value_heads
    if is_convolution:
        mixing: dict[str, tuple[int, ...]] = {
            "shortconv.conv": (width, _REMEMBERED),
            "shortconv.in_proj": (3 * width, width),
            "shortconv.out_proj": (width, width),
        }
    else:
        mixing = {"attn_q": (width, width), "attn_k": (narrow, width), "attn_v": (narrow, width)}
        mixing["attn_output"] = (width, width)
        if shape.convolutions:
            mixing |= {"attn_q_norm": (head,), "attn_k_norm": (head,)}
    return {
        "attn_norm": (width,),
        **mixing,
        "ffn_norm": (width,),
        "ffn_gate": (inner, width),
        "ffn_up": (inner, width),
        "ffn_down": (width, inner),
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
