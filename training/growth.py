"""Larger models from trained ones: what is added changes nothing at first.

Deeper: block expansion, Wu et al. 2024 (LLaMA Pro, arXiv:2401.02415). A new block is a copy of the
one before it whose two output matrices are zero, so that the residual stream passes unchanged and
the model says what it said; from there it learns.

Wider: function-preserving as Net2Net (Chen et al. 2016, arXiv:1511.05641), without its copies:
nothing writes into new channels of the residual stream, and nothing reads new neurons and heads,
until they have learned. What reads new channels is random, so that they learn to differ.
"""

from copy import deepcopy
import math

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from training.errors import TrainingError

_WRITING = ("o_proj.weight", "down_proj.weight")
_EMBEDDING = ("embed_tokens.weight", "lm_head.weight")


def deepen(model: LlamaForCausalLM, layers: int) -> LlamaForCausalLM:
    """Return a model with more blocks, the new ones spread evenly, that computes the same.

    Args:
        model: stays as it is.
        layers: number of blocks of the new model.

    Raises:
        TrainingError: it has more blocks than that.

    """
    blocks = list(model.model.layers)
    if layers < len(blocks):
        raise TrainingError(f"a model of {len(blocks)} layers cannot be deepened to {layers}")
    config = LlamaConfig.from_dict(model.config.to_dict() | {"num_hidden_layers": layers})
    deeper: LlamaForCausalLM = LlamaForCausalLM(config)
    deeper.load_state_dict(
        {name: value for name, value in model.state_dict().items() if ".layers." not in name},
        strict=False,
    )
    taken = -1
    for place, block in enumerate(deeper.model.layers):
        # Of the blocks up to here, an even share are old ones; the first always is.
        source = (place * len(blocks)) // layers
        block.load_state_dict(deepcopy(blocks[source].state_dict()))
        if source == taken:
            torch.nn.init.zeros_(block.self_attn.o_proj.weight)
            torch.nn.init.zeros_(block.mlp.down_proj.weight)
        taken = source
    return deeper


def widen(model: LlamaForCausalLM, hidden: int, feed_forward: int) -> LlamaForCausalLM:
    """Return a model with wider layers that computes the same; heads stay as wide as they are.

    Args:
        model: stays as it is.
        hidden: width of the new residual stream, a multiple of the width of a group of heads.
        feed_forward: width of the new feed-forward layers.

    Raises:
        TrainingError: it is wider than that, or no number of its heads is as wide.

    """
    old = model.config
    group = old.hidden_size // (old.num_key_value_heads or old.num_attention_heads)
    if hidden % group or hidden < old.hidden_size or feed_forward < old.intermediate_size:
        size = f"{old.hidden_size} channels and {old.intermediate_size} neurons"
        raise TrainingError(
            f"a model of {size} cannot be widened to {hidden} and {feed_forward}: "
            f"the channels must be a multiple of {group}"
        )
    share = old.hidden_size / hidden
    sizes = {
        "hidden_size": hidden,
        "intermediate_size": feed_forward,
        "num_attention_heads": old.num_attention_heads * hidden // old.hidden_size,
        "num_key_value_heads": hidden // group,
        # New channels are zero, which makes the mean square of all smaller.
        "rms_norm_eps": old.rms_norm_eps * share,
    }
    wider: LlamaForCausalLM = LlamaForCausalLM(LlamaConfig.from_dict(old.to_dict() | sizes))
    known = model.state_dict()
    with torch.no_grad():
        for name, parameter in wider.named_parameters():
            _fill(name, parameter, known[name], math.sqrt(share))
    return wider


def _fill(name: str, new: torch.Tensor, old: torch.Tensor, scale: float) -> None:
    """Fill a parameter of a wider model from that of the narrower one."""
    if old.dim() == 1:  # The weight of a norm.
        new.fill_(old.mean() * scale)
        new[: len(old)] = old * scale
        return
    new.normal_(std=float(old.std()))
    rows, columns = old.shape
    if name.endswith(_WRITING):
        new.zero_()
    elif name.endswith(_EMBEDDING):
        new[:, columns:] = 0
    new[:rows, :columns] = old
