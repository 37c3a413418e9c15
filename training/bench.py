"""Measure training: ``script/bench train``. The plain recipe and ours, on the same homes.

The *plain* recipe is what a first script does: requests as they come, padded to the longest of a
batch, every position computed to the last, logits of the whole vocabulary, AdamW. *Ours* is
``training/scratch.py``. Each run is a process of its own, they take turns, and what counts is
tokens that are not padding; medians of steps, the first few left out. With a CUDA GPU, the Phi-2
LoRA command of ``training/README.md`` is tried as well, on random weights, in the memory of an RTX
3090.
"""

import argparse
import json
from pathlib import Path
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from tqdm import tqdm

from training.allocator import restart_with_tcmalloc
from training.errors import TrainingError, run

ROOT = Path(__file__).parents[1]
_MODEL = ROOT / "custom_components" / "home_llm" / "model" / "home-llm-tiny.gguf"
_RECIPES = ("plain", "ours")
_TURNS = 2
_WARM = 3


def main() -> None:
    """Read the command line, measure, and print a table."""
    args = _parser().parse_args()
    restart_with_tcmalloc()
    if args.recipe is not None:
        sys.stdout.write(json.dumps(_measure(args)))
        return
    with tempfile.TemporaryDirectory() as folder:
        data = args.data or _generated(Path(folder))
        found = _side_by_side(data, Path(folder), args)
    _show(found)
    from training.phi_memory import phi_2_lora  # noqa: PLC0415 - after the restart

    found["phi_2"] = phi_2_lora(args.memory)
    sys.stdout.write(f"{found['phi_2']['said']}\n")
    if args.json is not None:
        args.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/bench train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, help="generated homes to learn from (default: 60 new ones)")
    add("--preset", default="4m", help="size of the model (default: 4m)")
    add("--batch-tokens", type=int, default=4096, help="tokens computed at once (default: 4096)")
    add("--steps", type=int, default=12, help="steps in each of two turns (default: 12)")
    add("--memory", type=float, default=24.0, help="GB for the Phi-2 command (default: 24)")
    add("--json", type=Path, help="write the figures to a file, too")
    add("--recipe", choices=_RECIPES, help=argparse.SUPPRESS)
    add("--cache", type=Path, help=argparse.SUPPRESS)
    return parser


def _generated(folder: Path) -> Path:
    out = folder / "homes.jsonl"
    command = [sys.executable, "-m", "data.generate", "--homes", "60", "--seed", "7"]
    command += ["--min-requests", "40", "--max-requests", "60", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own program
    return out


def _side_by_side(data: Path, folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Return what both recipes came to, in turns."""
    speeds: dict[str, list[float]] = {recipe: [] for recipe in _RECIPES}
    memory = dict.fromkeys(_RECIPES, 0.0)
    for recipe in tqdm(_RECIPES * _TURNS, unit=" runs"):
        command = [sys.executable, "-m", "training.bench", "--recipe", recipe, "--data", str(data)]
        command += ["--cache", str(folder), "--preset", args.preset, "--steps", str(args.steps)]
        command += ["--batch-tokens", str(args.batch_tokens)]
        done = subprocess.run(  # noqa: S603 - our own program
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["no message"]
            raise TrainingError(lines[-1].removeprefix("error: "))
        found = json.loads(done.stdout)
        speeds[recipe] += found["speeds"]
        memory[recipe] = max(memory[recipe], found["peak_gb"])
    medians = {recipe: statistics.median(those) for recipe, those in speeds.items()}
    return {
        "tokens_per_second": medians,
        "ratio": medians["ours"] / medians["plain"],
        "peak_gb": memory,
        "batch_tokens": args.batch_tokens,
        "preset": args.preset,
    }


def _show(found: dict[str, Any]) -> None:
    lines = ["| recipe | tokens/s that count | peak memory |", "|---|---|---|"]
    for recipe in _RECIPES:
        speed, memory = found["tokens_per_second"][recipe], found["peak_gb"][recipe]
        lines.append(f"| {recipe} | {speed:,.0f} | {memory:.2f} GB |")
    lines.append(f"\nOurs is {found['ratio']:.1f} times as fast.")
    sys.stdout.write("\n".join(lines) + "\n")


def _measure(args: argparse.Namespace) -> dict[str, Any]:
    """Return the speed of each step of a recipe, and the most memory that was held."""
    # After the restart, as they take seconds.
    import torch  # noqa: PLC0415

    from training.baseline import STEPS  # noqa: PLC0415
    from training.model import PRESETS, build_model  # noqa: PLC0415
    from training.recipe import run_device  # noqa: PLC0415
    from training.token_file import token_file  # noqa: PLC0415
    from training.tokenizer import tokenizer_of_gguf  # noqa: PLC0415

    if args.preset not in PRESETS:
        raise TrainingError(f"--preset is one of {', '.join(PRESETS)}")
    tokenizer, folder = tokenizer_of_gguf(_MODEL), args.cache / "tokenizer"
    tokenizer.save_pretrained(folder)
    data = token_file(args.data, folder, args.cache)
    device = run_device()
    model = build_model(PRESETS[args.preset], len(tokenizer), seed=1)
    step = STEPS[args.recipe](torch.nn.Module.to(model, device), data, args.batch_tokens)
    speeds = []
    for _ in range(_WARM + args.steps):
        started = time.perf_counter()
        tokens = step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        speeds.append(tokens / (time.perf_counter() - started))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if device.type == "cuda":
        peak = torch.cuda.max_memory_allocated()
    return {"speeds": speeds[_WARM:], "peak_gb": peak / 1e9}


if __name__ == "__main__":
    run(main)
