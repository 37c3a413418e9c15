"""Distill: train a small student on generated homes from what larger teachers think of them.

python3 training/distill.py --teacher LARGE.gguf --preset 4m --train train.jsonl \
    --valid valid.jsonl --tokenizer DIR --minutes 70 --out RUN

The loss is alpha * T^2 * KL(teacher || student) + (1 - alpha) * the loss of training/scratch.py,
over the tokens that the grammar allows (see training/distillation.py). All else is as in
training/scratch.py: curriculum, warm start, --resume, log (its valid_loss is that of the right
tokens alone) and curves. A teacher is a folder of transformers, or a GGUF file that
training/export.py wrote, with the student's tokenizer.
"""

import argparse
from dataclasses import replace
import math
from pathlib import Path
import sys

from training.allocator import restart_with_tcmalloc
from training.errors import TrainingError, run
from training.scratch import check_options, read_recipe, training_parser


def main() -> None:
    """Read the command line and train."""
    args = _parser().parse_args()
    check_options(args)
    if not 0 <= args.alpha <= 1:
        raise TrainingError("--alpha is from 0 to 1")
    if not 0 < args.temperature < math.inf:
        raise TrainingError("--temperature is a number above 0")
    restart_with_tcmalloc()
    # What takes seconds to import comes after the restart.
    from training.distillation import Distillation, Mixture, load_teacher  # noqa: PLC0415
    from training.recipe import run_recipe  # noqa: PLC0415
    from training.tokenizer import load_tokenizer  # noqa: PLC0415

    recipe = read_recipe(args)
    tokenizer = load_tokenizer(recipe.tokenizer)
    teachers = [load_teacher(source, tokenizer) for source in args.teacher]
    mixture = Mixture(alpha=args.alpha, temperature=args.temperature)
    settings = replace(recipe.settings, objective=Distillation(teachers, mixture))
    sys.stdout.write(f"{run_recipe(replace(recipe, settings=settings))}\n")


def _parser() -> argparse.ArgumentParser:
    parser = training_parser(__doc__)
    add = parser.add_argument
    add(
        "--teacher",
        nargs="+",
        type=Path,
        required=True,
        metavar="MODEL",
        help="folder or GGUF file; the probabilities of several are averaged",
    )
    add(
        "--alpha",
        type=float,
        default=0.5,
        help="weight of the teachers, 0-1; the rest is that of the right tokens"
        " (default: %(default)s)",
    )
    add(
        "--temperature",
        type=float,
        default=2.0,
        help="T, by which logits are divided for the teachers' part (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    run(main)
