"""Average a trained model with the one that it began from: ``average.py NEW OLD --share 0.6``.

NEW and OLD are folders of transformers, or GGUF files that training/export.py wrote; OLD may have
fewer neurons, where NEW was grown from it (``scratch.py --feed-forward``). What NEW has learned on
top of OLD is kept in part, which often makes both better: what one of them forgot, and what the
other has not learned for long, count less (Wortsman et al. 2022, WiSE-FT, arXiv:2109.01903).
"""

import argparse
from pathlib import Path
import shutil
import sys

import torch
from transformers import LlamaForCausalLM

from training.checkpoint import save_model
from training.errors import TrainingError, run
from training.prune import load


def main() -> None:
    """Read the command line, average, and save."""
    args = _parser().parse_args()
    if args.out.exists():
        raise TrainingError(f"{args.out} is there already: give another --out")
    (new, tokenizer), (old, _) = load(args.new), load(args.old)
    average(new, old, args.share)
    partial = args.out.with_name(f".partial-{args.out.name}")
    shutil.rmtree(partial, ignore_errors=True)
    save_model(partial, new, tokenizer)
    partial.rename(args.out)
    sys.stdout.write(f"{args.out}\n")


def average(new: LlamaForCausalLM, old: LlamaForCausalLM, share: float) -> None:
    """Move a model back towards the one that it began from.

    Args:
        new: is changed.
        old: of the same shape, or with fewer neurons: what writes from those that it lacks is zero
            in it, as when it was grown, and what they read is as they have learned.
        share: of the new one, between 0 and 1.

    Raises:
        TrainingError: the share is another number, or the models are of other shapes.

    """
    if not 0 <= share <= 1:
        raise TrainingError("--share is between 0 and 1")
    known = old.state_dict()
    with torch.no_grad():
        for name, parameter in new.named_parameters():
            before = known.get(name)
            if before is None or not _fits(name, before.shape, parameter.shape):
                raise TrainingError(f"the models are of other shapes: {name}")
            if name.endswith("down_proj.weight"):
                parameter[:, before.shape[1] :] *= share
            part = parameter[tuple(slice(length) for length in before.shape)]
            part.lerp_(before.to(parameter), 1 - share)


def _fits(name: str, old: torch.Size, new: torch.Size) -> bool:
    """Return whether shapes differ in the number of neurons at most."""
    is_of_neurons = ".mlp." in name and all(a <= b for a, b in zip(old, new, strict=True))
    return old == new or is_of_neurons


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("new", type=Path, help="folder of transformers, or GGUF file")
    parser.add_argument("old", type=Path, help="what it began from")
    parser.add_argument(
        "--share", type=float, default=0.5, help="of the new one (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    return parser


if __name__ == "__main__":
    run(main)
