"""By which name llama.cpp knows a tokenizer's word boundaries.

A byte-level tokenizer first cuts text into words, and a merge never reaches across two. llama.cpp
has the rules of known tokenizers compiled in, by name (``tokenizer.ggml.pre``).

Source: llama.cpp, src/llama-vocab.cpp (llm_tokenizer_bpe).
"""

import json
from typing import Any

from tokenizers import Tokenizer

# Of tiktoken's cl100k, with digits that stand alone: Qwen 1 to 3, StableLM 2.
_SINGLE_DIGITS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_NAMES = {
    ("words of GPT-2",): "gpt-2",
    ("digits", "words of GPT-2"): "smollm",
    (_SINGLE_DIGITS, "bytes"): "qwen2",
}


def name_of(tokenizer: Tokenizer) -> str | None:
    """Return the name of a tokenizer's rules, or none if llama.cpp has none like them."""
    rules = json.loads(tokenizer.to_str())["pre_tokenizer"] or {"type": "None"}
    steps = rules["pretokenizers"] if rules["type"] == "Sequence" else [rules]
    return _NAMES.get(tuple(map(_step, steps)))


def _step(step: dict[str, Any]) -> str:
    match step:
        case {"type": "ByteLevel", "add_prefix_space": False, "use_regex": words}:
            return "words of GPT-2" if words else "bytes"
        case {"type": "Digits", "individual_digits": True}:
            return "digits"
        case {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated"}:
            return str(regex)
    return json.dumps(step)
