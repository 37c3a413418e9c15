"""Deeper models from trained ones: blocks are added that at first change nothing.

Source: block expansion, Wu et al. 2024 (LLaMA Pro, arXiv:2401.02415). A new block is a copy of the
one before it whose two output matrices are zero, so that the residual stream passes unchanged and
the model says what it said; from there it learns.
"""

from copy import deepcopy

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from training.errors import TrainingError


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
