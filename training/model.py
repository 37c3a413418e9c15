"""The model: a Llama, deep and thin, with tied embeddings, from random weights."""

from dataclasses import dataclass

import torch
from transformers import LlamaConfig, LlamaForCausalLM


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a model.

    Args:
        hidden: width of the residual stream.
        layers: number of blocks.
        heads: attention heads; a head is ``hidden // heads`` wide.
        kv_heads: heads of keys and values (fewer than ``heads`` is grouped-query attention).
        feed_forward: width of the feed-forward layer.
        context: longest sequence, in tokens.
        rope_theta: base of the rotary position embedding.

    """

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    context: int = 4096
    rope_theta: float = 10000.0


def is_bf16_fast() -> bool:
    """Return whether this machine has instructions for bfloat16: without them it is very slow."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


PRESETS = {
    "4m": Shape(hidden=192, layers=6, heads=3, kv_heads=3, feed_forward=512),
    "6m": Shape(hidden=192, layers=10, heads=3, kv_heads=3, feed_forward=512),
    "7m": Shape(hidden=256, layers=8, heads=4, kv_heads=4, feed_forward=704),
    "9m": Shape(hidden=192, layers=10, heads=3, kv_heads=3, feed_forward=1024),
    "10m": Shape(hidden=320, layers=8, heads=5, kv_heads=5, feed_forward=864),
    "15m": Shape(hidden=384, layers=8, heads=6, kv_heads=6, feed_forward=1024),
    "20m": Shape(hidden=384, layers=12, heads=6, kv_heads=6, feed_forward=1024),
}
"""Named shapes, by their number of parameters with 8,192 tokens (embeddings included)."""


def build_model(shape: Shape, vocab_size: int, seed: int) -> LlamaForCausalLM:
    """Return a model with random weights.

    Args:
        shape: its size.
        vocab_size: number of tokens.
        seed: of the weights.

    """
    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)
