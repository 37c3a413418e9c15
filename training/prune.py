"""Prune a Llama: leave out the heads, neurons and layers that matter least.

python3 training/prune.py MODEL --calibration valid.jsonl --heads 2 --neurons 384 --out DIR

MODEL is a folder of transformers, or a GGUF file that training/export.py wrote. What matters is
measured on requests of a file of generated homes: of heads and neurons by how much the loss would
change without them, to first order (the mean over requests of |activation * gradient|), of layers
by how much they turn what passes through them (1 - cosine of input and output). The result is a
smaller Llama with its tokenizer, to be healed:

python3 training/scratch.py --train train.jsonl --tokenizer DIR --warm-start DIR --out RUN ...
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
import shutil
import sys
import tempfile

import numpy as np
import torch
from torch import nn
from tqdm import tqdm
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

from training.batches import Batch, batch, plan
from training.checkpoint import load_model, save_model
from training.errors import TrainingError, run
from training.objective import Measured, measure, trunk_of
from training.pruning import Left, prune, shape_left
from training.token_file import token_file
from training.tokenizer import load_tokenizer, tokenizer_of_gguf


def main() -> None:
    """Read the command line, prune, save, and print what became of it."""
    args = _parser().parse_args()
    left = Left(layers=args.layers, heads=args.heads, kv_heads=args.kv_heads, neurons=args.neurons)
    if left == Left():
        raise TrainingError("say what is to be left: --layers, --heads, --kv-heads or --neurons")
    if args.batches < 1:
        raise TrainingError("--batches is at least 1")
    if args.out.exists():
        raise TrainingError(f"{args.out} is there already: give another --out")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    model, tokenizer = load(args.model)
    # Before anything takes time.
    shape_left(model.config, left)
    batches = calibration(args.calibration, tokenizer, args.batch_tokens, args.batches, args.seed)
    batches = [each.to(model.device) for each in batches]
    smaller = prune(model, batches, left)
    sys.stdout.write(table(model, smaller, batches))
    _save(args.out, smaller, tokenizer)
    sys.stdout.write(f"{args.out}\n")


def load(source: Path) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """Load a model, on the GPU if there is one, with its tokenizer.

    Raises:
        TrainingError: it cannot be read, is no Llama, or its tokenizer is of another model.

    """
    model = load_model(source)
    is_file = source.suffix == ".gguf"
    tokenizer = tokenizer_of_gguf(source) if is_file else load_tokenizer(source)
    if len(tokenizer) > model.config.vocab_size:
        raise TrainingError(f"{source} has a tokenizer of more tokens than the model knows")
    nn.Module.to(model, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    return model, tokenizer


def calibration(
    path: Path, tokenizer: PreTrainedTokenizerFast, length: int, number: int, seed: int
) -> list[Batch]:
    """Return batches of a file of generated homes, drawn at random.

    Args:
        path: the file, JSONL.
        tokenizer: of the model.
        length: tokens in a batch.
        number: how many batches, at most.
        seed: of the draw.

    Raises:
        TrainingError: the file cannot be used.

    """
    with tempfile.TemporaryDirectory(prefix="home-llm-prune-") as folder:
        tokenizer.save_pretrained(folder)
        data = token_file(path, Path(folder), Path(folder))
    drawn = plan(data, length, np.random.default_rng(seed)).batches[:number]
    batches = [made for made in (batch(numbers, data) for numbers in drawn) if len(made.places)]
    if not batches:
        raise TrainingError(
            f"{path} has no request of up to {length} tokens to measure the loss on"
        )
    return batches


def table(before: LlamaForCausalLM, after: LlamaForCausalLM, batches: Sequence[Batch]) -> str:
    """Return the sizes of both models and how they do on the calibration requests, to read."""
    columns = [_figures(before, batches), _figures(after, batches)]
    lines = [f"{'':<34}{'before':>12}{'after':>12}"]
    lines += [f"{name:<34}{columns[0][name]:>12}{columns[1][name]:>12}" for name in columns[0]]
    return "\n".join(lines) + "\n"


def _figures(model: LlamaForCausalLM, batches: Sequence[Batch]) -> dict[str, str]:
    config, measured = model.config, Measured()
    trunk = trunk_of(model.eval())
    with torch.no_grad():
        for each in tqdm(batches, "loss", unit=" batches", disable=None):
            measured += measure(model, trunk, each)
    summary = measured.summary()
    return {
        "parameters": f"{model.num_parameters():,}",
        "layers": f"{config.num_hidden_layers}",
        "heads": f"{config.num_attention_heads}",
        "heads of keys and values": f"{config.num_key_value_heads}",
        "neurons": f"{config.intermediate_size:,}",
        f"loss of {measured.tokens:,} tokens": f"{summary['valid_loss']:.4f}",
        f"right of {measured.requests:,} requests": f"{summary['valid_exact']:.1%}",
    }


def _save(out: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    partial = out.with_name(f".partial-{out.name}")
    shutil.rmtree(partial, ignore_errors=True)
    save_model(partial, model, tokenizer)
    partial.rename(out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("model", type=Path, help="folder of transformers, or GGUF file")
    add("--calibration", type=Path, required=True, help="generated homes, JSONL, not too many")
    add("--out", type=Path, required=True, help="folder to write")
    add("--layers", type=int, metavar="N", help="layers to be left (default: all)")
    add("--heads", type=int, metavar="N", help="heads to be left in each layer (default: all)")
    add(
        "--kv-heads",
        type=int,
        metavar="N",
        help="heads of keys and values to be left in each layer, where several heads share one"
        " (default: heads that share one stay or go together)",
    )
    add("--neurons", type=int, metavar="N", help="neurons to be left in each layer (default: all)")
    add("--batches", type=int, default=32, help="of calibration requests (default: %(default)s)")
    add("--batch-tokens", type=int, default=4096, help="computed at once (default: %(default)s)")
    add("--seed", type=int, default=1, help="draws these requests (default: %(default)s)")
    return parser


if __name__ == "__main__":
    run(main)
