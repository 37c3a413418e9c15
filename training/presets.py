"""Recipes of ``training/train.py`` by name: everything but the data.

The learning rates of Phi-2 and TinyLlama are those that the Home-LLM models were made with; QLoRA's
follows Dettmers et al. 2023 (arXiv:2305.14314).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SHIPPED = Path(__file__).parents[1] / "custom_components/home_llm/model/home-llm-tiny.gguf"
_LLAMA_LAYERS = (
    *("q_proj", "k_proj", "v_proj", "o_proj"),
    *("gate_proj", "up_proj", "down_proj"),
)

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "phi-2": {
        "base_model": "microsoft/phi-2",
        "add_pad_token": True,
        "add_chatml_tokens": True,
        "use_lora": True,
        "lora_rank": 32,
        "lora_alpha": 64,
        "lora_modules": ("fc1", "fc2", "q_proj", "v_proj", "dense"),
        "lora_modules_to_save": ("embed_tokens", "lm_head"),
        "lora_merge": True,
        "learning_rate": 1e-5,
        "micro_batch_size": 2,
        "gradient_checkpointing": True,
        "ctx_size": 2048,
        "group_by_length": True,
        "bf16": True,
    },
    "tinyllama": {
        "base_model": "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        "add_pad_token": True,
        "add_chatml_tokens": True,
        "learning_rate": 1e-5,
        "micro_batch_size": 2,
        "batch_size": 32,
        "gradient_checkpointing": True,
        "ctx_size": 2048,
        "group_by_length": True,
        "bf16": True,
    },
    "stablelm-2-1.6b": {
        "base_model": "stabilityai/stablelm-2-zephyr-1_6b",
        "learning_rate": 1e-5,
        "micro_batch_size": 2,
        "batch_size": 32,
        "gradient_checkpointing": True,
        "ctx_size": 2048,
        "group_by_length": True,
        "bf16": True,
    },
    "gemma": {
        "base_model": "google/gemma-3-1b-it",
        "load_in_4bit": True,
        "use_lora": True,
        "lora_rank": 16,
        "lora_alpha": 32,
        "lora_modules": _LLAMA_LAYERS,
        "lora_merge": True,
        "learning_rate": 2e-4,
        "micro_batch_size": 1,
        "gradient_checkpointing": True,
        "ctx_size": 2048,
        "group_by_length": True,
        "bf16": True,
    },
    "qwen": {
        "base_model": "Qwen/Qwen3-0.6B",
        "use_lora": True,
        "lora_rank": 32,
        "lora_alpha": 64,
        "lora_modules": _LLAMA_LAYERS,
        "lora_merge": True,
        "learning_rate": 1e-4,
        "micro_batch_size": 4,
        "gradient_checkpointing": True,
        "ctx_size": 4096,
        "group_by_length": True,
        "bf16": True,
    },
}
"""Options of ``training/train.py``, for fine-tuning a base model."""

FROM_SCRATCH: Mapping[str, Sequence[str]] = {
    "tiny": (
        *("--preset", "9m", "--tokenizer", str(_SHIPPED), "--batch-tokens", "4096"),
        *("--muon-lr", "0.008", "--adam-lr", "0.002", "--decay", "0.8", "--prompt-loss", "0.05"),
    ),
}
"""Options of ``training/scratch.py``, for a model of our own: those of the one that ships."""
