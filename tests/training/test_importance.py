"""The importance matrix is what PyTorch finds at the inputs of the same matrices."""

from collections import defaultdict
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM

from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from training.chat_files import read_chats
from training.errors import TrainingError
from training.importance import measure_importance
from training.tokenizer import SegmentEncoder

NAMES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""What llama.cpp and transformers call the matrices of a layer."""


@pytest.fixture(scope="module")
def requests(homes_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with all homes, and with a request that llama.cpp takes in several batches."""
    path = tmp_path_factory.mktemp("requests") / "requests.jsonl"
    said = {"role": "user", "content": "switch the zorvek off and the plim on, " * 60}
    long = {"messages": [said, {"role": "assistant", "content": "> off A\n"}]}
    path.write_text(homes_file.read_text() + json.dumps(long) + "\n", encoding="utf-8")
    return path


def test_means_agree_with_transformers(
    random_gguf: Path, requests: Path, encoder: SegmentEncoder
) -> None:
    found = measure_importance(random_gguf, requests, 10_000, seed=1)
    chats = read_chats(requests)
    ids = []
    for chat in chats:
        *before, reply = (Message(**message) for message in chat.messages)
        ids.append(encoder.encode(TINY.prompt(before)) + encoder.text(reply.content))
    assert max(map(len, ids)) > 512
    expected = mean_squared_inputs(random_gguf.parent / "model", ids)
    assert found.requests == len(chats)
    assert found.dataset == "requests.jsonl"
    assert sorted(found.columns) == sorted(
        f"blk.{layer}.{name}.weight" for layer in (0, 1) for name in NAMES
    )
    for name, columns in found.columns.items():
        _, layer, kind, _ = name.split(".")
        # llama.cpp keeps keys and values in 16 bits.
        np.testing.assert_allclose(columns, expected[f"{layer}.{NAMES[kind]}"], rtol=5e-3)


def mean_squared_inputs(folder: Path, ids: list[list[int]]) -> dict[str, Any]:
    """Return the mean of the squared inputs of each linear layer, ``(columns,)``."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    sums: dict[str, torch.Tensor] = defaultdict(lambda: torch.zeros(1, dtype=torch.float64))
    for name, module in model.model.layers.named_modules():
        if isinstance(module, torch.nn.Linear):

            def see(_: object, inputs: tuple[torch.Tensor, ...], name: str = name) -> None:
                sums[name] = sums[name] + inputs[0].double().square().sum((0, 1))

            module.register_forward_pre_hook(see)
    with torch.no_grad():
        for each in ids:
            model(torch.tensor([each]))
    tokens = sum(map(len, ids))
    return {name: (total / tokens).numpy() for name, total in sums.items()}


def test_requests_are_drawn_by_the_seed(random_gguf: Path, requests: Path) -> None:
    first, again, other = (
        measure_importance(random_gguf, requests, 5, seed=seed) for seed in (1, 1, 2)
    )
    name = "blk.1.ffn_down.weight"
    assert first.requests == 5
    assert (first.columns[name] == again.columns[name]).all()
    assert not (first.columns[name] == other.columns[name]).all()


def test_what_cannot_be_run_is_said(random_gguf: Path, requests: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(random_gguf.read_bytes()[:5000])
    with pytest.raises(TrainingError, match=r"broken\.gguf cannot be loaded"):
        measure_importance(broken, requests, 5, seed=1)
    with pytest.raises(TrainingError, match=r"nothing\.jsonl"):
        measure_importance(random_gguf, tmp_path / "nothing.jsonl", 5, seed=1)
