"""How much the parts of a trained model matter: the measures by which ``pruning.py`` decides.

A head or a neuron matters as much as the loss of a request would change without it, to first order:
the activation a, which is gated by 1, times the gradient of the loss by it, summed over the tokens
of the request: ``mean over requests of |sum over tokens of a * dL/da|``. For a head, the dot
product goes over its channels, too. Layers matter as much as they turn the residual stream:
``1 - mean over tokens of cos(input, output)``.

Sources: Michel et al. 2019 (Are Sixteen Heads Really Better than One?, arXiv:1905.10650) for heads;
Molchanov et al. 2017 (arXiv:1611.06440) and 2019 (arXiv:1906.10771) for neurons; Men et al. 2024
(ShortGPT, arXiv:2403.03853) for layers.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm
from transformers import LlamaForCausalLM

from training.batches import Batch
from training.objective import predict, total_loss, trunk_of


@dataclass(frozen=True, kw_only=True)
class Saliency:
    """By how much the loss of a request changes without a part, to first order (in nats).

    Args:
        heads: ``(layers, heads)`` of the heads that ask (not those of keys and values).
        neurons: ``(layers, neurons)`` of the feed-forward layers.

    """

    heads: torch.Tensor
    neurons: torch.Tensor


def taylor_saliency(model: LlamaForCausalLM, batches: Sequence[Batch]) -> Saliency:
    """Return how much heads and neurons matter.

    Args:
        model: the model; its weights get no gradients.
        batches: calibration requests, on the device of the model.

    """
    trunk, config = trunk_of(model.eval()), model.config
    blocks = list(model.model.layers)
    by_head = by_neuron = torch.zeros((), device=model.device)
    for batch in tqdm(batches, "heads, neurons", unit=" batches", disable=None):
        with (
            _inputs_of(block.self_attn.o_proj for block in blocks) as attended,
            _inputs_of(block.mlp.down_proj for block in blocks) as fired,
        ):
            loss = total_loss(predict(model, trunk, batch))
        activations = [*attended, *fired]  # Each is (B, L, channels); padding has no gradient.
        gradients = torch.autograd.grad(loss, activations)
        terms = [
            (activation.detach() * gradient).sum(1)
            for activation, gradient in zip(activations, gradients, strict=True)
        ]
        heads = torch.stack(terms[: len(blocks)])  # (layers, B, heads * head_dim)
        heads = heads.unflatten(-1, (config.num_attention_heads, config.head_dim)).sum(-1)
        by_head = by_head + heads.abs().sum(1)
        by_neuron = by_neuron + torch.stack(terms[len(blocks) :]).abs().sum(1)
    requests = sum(len(batch.ids) for batch in batches)
    return Saliency(heads=by_head / requests, neurons=by_neuron / requests)


@torch.no_grad()
def block_influence(model: LlamaForCausalLM, batches: Sequence[Batch]) -> torch.Tensor:
    """Return how much layers matter, ``(layers,)``: 0 for one that changes no direction.

    Args:
        model: the model.
        batches: calibration requests, on the device of the model.

    """
    trunk = trunk_of(model.eval())
    similarity, tokens = torch.zeros(len(model.model.layers), device=model.device), 0
    for batch in tqdm(batches, "layers", unit=" batches", disable=None):
        # What goes into a block is what came out of the one before it.
        with _inputs_of([*model.model.layers, model.model.norm]) as streams:
            trunk(batch.ids)
        stream = torch.stack(streams)[:, _needed(batch)]  # (layers + 1, tokens, hidden)
        similarity += F.cosine_similarity(stream[:-1], stream[1:], dim=-1).sum(-1)
        tokens += stream.shape[1]
    return 1 - similarity / tokens


def _needed(batch: Batch) -> torch.Tensor:
    """Return ``(B, L)`` where tokens are that predict, or come before those: no padding."""
    rows, columns = batch.places // batch.ids.shape[1], batch.places % batch.ids.shape[1]
    last = batch.places.new_full((len(batch.ids),), -1).scatter_reduce(0, rows, columns, "amax")
    return torch.arange(batch.ids.shape[1], device=batch.ids.device) <= last[:, None]


@contextmanager
def _inputs_of(modules: Iterable[nn.Module]) -> Iterator[list[torch.Tensor]]:
    """Collect what goes into modules, in the order in which they run."""
    seen: list[torch.Tensor] = []
    handles = [
        module.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
        for module in modules
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()
