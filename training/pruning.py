"""Smaller models from trained ones: heads, neurons and layers are left out; the rest stays as is.

Every layer keeps as many heads and neurons as the others: the configuration of a Llama, and GGUF,
have one number for all of them. A head stays as wide as it is, whatever their number. Which parts
go is decided by the measures of ``saliency.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from training.batches import Batch
from training.errors import TrainingError
from training.saliency import block_influence, taylor_saliency


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is to be left of a model; none leaves as many as there are.

    Args:
        layers: of all layers.
        heads: attention heads of each layer. Heads that share keys and values go together, unless
            ``kv_heads`` is given, too.
        kv_heads: heads of keys and values of each layer, each shared by as many heads.
        neurons: of the feed-forward layer of each layer.

    """

    layers: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    neurons: int | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Which parts of each layer stay, in ascending order.

    Args:
        heads: ``(layers, heads)``.
        kv_heads: ``(layers, kv_heads)``.
        neurons: ``(layers, neurons)``.

    """

    heads: torch.Tensor
    kv_heads: torch.Tensor
    neurons: torch.Tensor


def prune(model: LlamaForCausalLM, batches: Sequence[Batch], left: Left) -> LlamaForCausalLM:
    """Return a model without the parts that matter least; the model itself if all are to be left.

    Layers are left out first, then heads and neurons of those that stay, at once.

    Args:
        model: stays as it is.
        batches: calibration requests, on the device of the model.
        left: what is to be left.

    Raises:
        TrainingError: that cannot be.

    """
    shape = shape_left(model.config, left)
    if shape["num_hidden_layers"] < model.config.num_hidden_layers:
        influence = block_influence(model, batches)
        model = with_layers(model, _most(influence, shape["num_hidden_layers"]).tolist())
    if all(getattr(model.config, name) == number for name, number in shape.items()):
        return model
    saliency = taylor_saliency(model, batches)
    heads, kv_heads = choose_heads(
        saliency.heads,
        kv_heads=_kv_heads(model.config),
        heads_left=shape["num_attention_heads"],
        kv_heads_left=shape["num_key_value_heads"],
    )
    neurons = _most(saliency.neurons, shape["intermediate_size"])
    return with_parts(model, Kept(heads=heads, kv_heads=kv_heads, neurons=neurons))


def shape_left(config: LlamaConfig, left: Left) -> dict[str, int]:
    """Return the sizes of a pruned model by their names in its configuration.

    Raises:
        TrainingError: more is to be left than there is, nothing, or what no Llama can have.

    """
    there = Left(
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        kv_heads=_kv_heads(config),
        neurons=config.intermediate_size,
    )
    for name, number in vars(left).items():
        if number is not None and not 1 <= number <= vars(there)[name]:
            raise TrainingError(
                f"{number} {name} cannot be left: the model has {vars(there)[name]}"
            )
    heads, kv_heads = _heads_left(config, left)
    return {
        "num_hidden_layers": left.layers or config.num_hidden_layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "intermediate_size": left.neurons or config.intermediate_size,
    }


def _kv_heads(config: LlamaConfig) -> int:
    """Return the number of heads of keys and values; none is said where each head has its own."""
    return config.num_key_value_heads or config.num_attention_heads


def _heads_left(config: LlamaConfig, left: Left) -> tuple[int, int]:
    """Return how many heads are left, and how many of keys and values."""
    group = config.num_attention_heads // _kv_heads(config)
    kv_heads = left.kv_heads or (left.heads or config.num_attention_heads) // group
    heads = left.heads or kv_heads * group
    if left.kv_heads is None and heads % group:
        raise TrainingError(
            f"{group} heads share keys and values: leave a multiple of {group},"
            f" or say with --kv-heads how many of these are left"
        )
    if heads % kv_heads or heads // kv_heads > group:
        raise TrainingError(
            f"{heads} heads do not fit {kv_heads} heads of keys and values:"
            f" each of these is shared by as many, {group} at most"
        )
    if config.hidden_size % heads:
        raise TrainingError(
            f"transformers allows no {heads} heads with a hidden size of {config.hidden_size}:"
            " it has to be a multiple of them"
        )
    return heads, kv_heads


def choose_heads(
    saliency: torch.Tensor, *, kv_heads: int, heads_left: int, kv_heads_left: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose the heads that matter most, and with them their heads of keys and values.

    Of each group that shares keys and values, the best stay; of these groups, those whose heads
    that stay matter most together.

    Args:
        saliency: ``(layers, heads)``.
        kv_heads: into how many groups heads fall.
        heads_left: how many heads stay in a layer.
        kv_heads_left: in how many groups.

    Returns:
        ``(layers, heads_left)`` and ``(layers, kv_heads_left)``, in ascending order.

    """
    groups = saliency.unflatten(1, (kv_heads, -1))  # (layers, kv_heads, group)
    best = _most(groups, heads_left // kv_heads_left)  # (layers, kv_heads, stay)
    kept = _most(groups.gather(2, best).sum(2), kv_heads_left)  # (layers, kv_heads_left)
    first = torch.arange(kv_heads, device=saliency.device)[:, None] * groups.shape[2]
    heads = (best + first).gather(1, kept[..., None].expand(-1, -1, best.shape[2]))
    return heads.flatten(1), kept


def _most(saliency: torch.Tensor, number: int) -> torch.Tensor:
    """Return the places of the largest numbers of the last dimension, in ascending order."""
    return saliency.topk(number, dim=-1).indices.sort(dim=-1).values


def with_layers(model: LlamaForCausalLM, kept: Sequence[int]) -> LlamaForCausalLM:
    """Return a model of some of the layers, in this order."""
    state = {k: v for k, v in model.state_dict().items() if not k.startswith("model.layers.")}
    for place, number in enumerate(kept):
        for name, value in model.model.layers[number].state_dict().items():
            state[f"model.layers.{place}.{name}"] = value
    return _rebuilt(model, {"num_hidden_layers": len(kept)}, state)


def with_parts(model: LlamaForCausalLM, kept: Kept) -> LlamaForCausalLM:
    """Return a model of some heads and neurons of each layer; a head stays as wide as it is."""
    config = model.config
    width = config.head_dim or config.hidden_size // config.num_attention_heads
    state = model.state_dict()
    for layer in range(model.config.num_hidden_layers):
        queries = _channels(kept.heads[layer], width)
        keys = _channels(kept.kv_heads[layer], width)
        neurons = kept.neurons[layer]
        inward = {"q_proj": queries, "k_proj": keys, "v_proj": keys}
        inward |= {"gate_proj": neurons, "up_proj": neurons}
        outward = {"o_proj": queries, "down_proj": neurons}
        for name in [name for name in state if name.startswith(f"model.layers.{layer}.")]:
            module, kind = name.split(".")[-2:]
            if module in inward:
                state[name] = state[name].index_select(0, inward[module])
            elif module in outward and kind == "weight":  # A bias belongs to the residual stream.
                state[name] = state[name].index_select(1, outward[module])
    changes = {
        "num_attention_heads": kept.heads.shape[1],
        "num_key_value_heads": kept.kv_heads.shape[1],
        "intermediate_size": kept.neurons.shape[1],
    }
    return _rebuilt(model, changes, state)


def _channels(heads: torch.Tensor, width: int) -> torch.Tensor:
    return (heads[:, None] * width + torch.arange(width, device=heads.device)).flatten()


def _rebuilt(
    model: LlamaForCausalLM, changes: dict[str, int], state: dict[str, torch.Tensor]
) -> LlamaForCausalLM:
    config = LlamaConfig.from_dict(model.config.to_dict() | changes)
    smaller: LlamaForCausalLM = LlamaForCausalLM(config)
    nn.Module.to(smaller, model.device)
    smaller.load_state_dict(state)
    return smaller
