"""Tune a model on pairs of right and wrong replies (DPO).

python3 training/prefer.py MODEL pairs.jsonl --out RUN

MODEL is a folder of transformers, pairs.jsonl a file of training/pairs.py. RUN/model is the tuned
model, RUN/curves.png the run; checkpoints are in RUN/checkpoint-*. The loss is by trl's trainer.
"""

import argparse
from pathlib import Path
import sys

from training.errors import TrainingError, run

_POSITIVE = (
    *("beta", "learning_rate", "epochs", "batch_size", "micro_batches", "max_length"),
    *("save_steps", "logging_steps"),
)


def main() -> None:
    """Read the command line and tune."""
    args = _parser().parse_args()
    for name in _POSITIVE:
        if getattr(args, name) <= 0:
            raise TrainingError(f"--{name.replace('_', '-')} is more than 0")
    if args.sft < 0:
        raise TrainingError("--sft is 0 or more")
    if args.batch_size % args.micro_batches:
        raise TrainingError("--batch-size is a multiple of --micro-batches")
    # What takes seconds to import comes after the mistakes that are seen at once.
    from training.model import is_bf16_fast  # noqa: PLC0415
    from training.preference_tuning import LOSSES, PreferenceOptions, tune  # noqa: PLC0415

    if args.loss_type not in LOSSES:
        raise TrainingError(f"--loss-type is one of {', '.join(LOSSES)}")
    options = PreferenceOptions(
        model=args.model,
        pairs=args.pairs,
        out=args.out,
        loss=args.loss_type,
        beta=args.beta,
        right_weight=args.sft,
        learning_rate=args.learning_rate,
        epochs=args.epochs,
        max_steps=args.max_steps,
        batch_size=args.batch_size,
        micro_batches=args.micro_batches,
        max_length=args.max_length,
        save_steps=args.save_steps,
        logging_steps=args.logging_steps,
        checkpointing=args.gradient_checkpointing,
        bf16=is_bf16_fast() if args.bf16 is None else args.bf16,
        seed=args.seed,
        resume=args.resume,
    )
    sys.stdout.write(f"{tune(options)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("model", type=Path, help="folder of transformers")
    add("pairs", type=Path, help="file of training/pairs.py")
    add("--out", type=Path, required=True, help="folder of this run")
    add("--beta", type=float, default=0.1, help="pull towards the given model (default: 0.1)")
    add("--loss-type", default="sigmoid", help="trl's name of the loss (default: sigmoid, DPO)")
    add(
        "--sft",
        type=float,
        default=1.0,
        metavar="WEIGHT",
        help="of the likelihood of the right replies, so that it does not fall (default: 1)",
    )
    add("--learning-rate", type=float, default=1e-5, help="at its highest (default: 1e-5)")
    add("--epochs", type=float, default=1.0, help="how often each pair is seen (default: 1)")
    add("--max-steps", type=int, default=-1, help="steps of the run (default: by --epochs)")
    add("--batch-size", type=int, default=16, help="pairs in a step (default: 16)")
    add("--micro-batches", type=int, default=1, help="parts of a step, for memory (default: 1)")
    add(
        "--gradient-checkpointing",
        action="store_true",
        help="compute activations twice instead of keeping them",
    )
    add("--max-length", type=int, default=2048, help="longer pairs are left out (default: 2048)")
    add("--save-steps", type=int, default=500, help="between checkpoints (default: 500)")
    add("--logging-steps", type=int, default=10, help="between points of curves (default: 10)")
    add(
        "--bf16",
        action=argparse.BooleanOptionalAction,
        help="compute in bfloat16 (default: where the machine has instructions for it)",
    )
    add("--seed", type=int, default=1, help="of the order of the pairs (default: 1)")
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    return parser


if __name__ == "__main__":
    run(main)
