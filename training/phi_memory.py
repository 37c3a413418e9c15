"""Whether the Phi-2 LoRA command fits into a card of 24 GB, and how long it would take."""

import statistics
import time
from typing import Any

from peft import get_peft_model
import torch
from transformers import AutoModelForCausalLM, PhiConfig

from training.base_models import hold_in_32_bits, lora_config
from training.train_options import parse

_ROWS, _TOKENS = 2, 2048
_STEPS, _WARM = 6, 2
_EXAMPLES = 60_000
_HOME_LLM_HOURS = 10
"""What the card of the Home-LLM models says of their 3B model."""

PHI_2 = PhiConfig(
    vocab_size=51_200,
    hidden_size=2560,
    intermediate_size=10_240,
    num_hidden_layers=32,
    num_attention_heads=32,
    max_position_embeddings=2048,
    hidden_act="gelu_new",
)
"""The shape of microsoft/phi-2."""


def phi_2_lora(memory_gb: float, config: PhiConfig = PHI_2) -> dict[str, Any]:
    """Make some steps of the command on random weights; tell the memory and the projected time.

    Rows are of the full 2,048 tokens, so that the time is an upper bound.

    Args:
        memory_gb: what may be held of the GPU's memory.
        config: the shape of the model.

    Returns:
        ``said``, a sentence for people, and with a GPU also ``peak_gb`` and ``hours``.

    """
    if not torch.cuda.is_available():
        return {"said": "Phi-2 by LoRA: there is no CUDA GPU here, so this was not tried."}
    device = torch.device("cuda")
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, memory_gb * 1e9 / total))
    torch.cuda.reset_peak_memory_stats()
    try:
        seconds = micro_batch_seconds(config, device, _ROWS, _TOKENS)
    except torch.cuda.OutOfMemoryError:
        return {"said": f"Phi-2 by LoRA does not fit into {memory_gb:g} GB."}
    peak = torch.cuda.max_memory_allocated() / 1e9
    hours = seconds * _EXAMPLES / _ROWS / 3600
    said = (
        f"Phi-2 by LoRA: {peak:.1f} GB of {memory_gb:g}; {_EXAMPLES:,} examples of {_TOKENS:,}"
        f" tokens would take {hours:.1f} hours on this GPU (Home-LLM's card:"
        f" {_HOME_LLM_HOURS} hours on a RTX 3090)."
    )
    return {"said": said, "peak_gb": peak, "hours": hours}


def micro_batch_seconds(config: PhiConfig, device: torch.device, rows: int, tokens: int) -> float:
    """Return the median time of a micro batch by the ``phi-2`` preset, optimizer included.

    Args:
        config: the shape of the model; its weights are random.
        device: where it is computed; bfloat16 is used on a GPU.
        rows: chats in it.
        tokens: tokens of each.

    """
    asked = ["--preset", "phi-2", "--run_name", "bench", "--train_dataset", "none"]
    options = parse(asked)
    is_gpu = device.type == "cuda"
    dtype = torch.bfloat16 if is_gpu else torch.float32
    model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    torch.nn.Module.to(model, device)
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    if options.lora is not None:
        model = get_peft_model(model, lora_config(options.lora, model))
    hold_in_32_bits(model)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.learning_rate, fused=is_gpu)
    ids = torch.randint(config.vocab_size, (rows, tokens), device=device)
    seconds = []
    for _ in range(_STEPS):
        started = time.perf_counter()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_gpu):
            model(ids, labels=ids, use_cache=False).loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if is_gpu:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[_WARM:])
