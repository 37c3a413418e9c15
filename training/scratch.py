r"""Train a model from scratch.

python3 training/scratch.py --train small.jsonl:0.3 large.jsonl:0.7 --valid valid.jsonl \
    --tokenizer DIR --minutes 70 --out RUN

training/train.py --preset tiny is this command with the options of the model that ships.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from training.allocator import restart_with_tcmalloc
from training.errors import TrainingError, run

if TYPE_CHECKING:
    from training.recipe import Recipe


def main() -> None:
    """Read the command line and train."""
    train_from_scratch(sys.argv[1:])


def train_from_scratch(arguments: Sequence[str]) -> None:
    """Train, and print the folder of the model.

    Args:
        arguments: of the command line, without the name of the program.

    Raises:
        TrainingError: one of them cannot be used.

    """
    args = training_parser(__doc__).parse_args(arguments)
    check_options(args)
    restart_with_tcmalloc()
    # What takes seconds to import comes after the restart.
    from training.recipe import run_recipe  # noqa: PLC0415

    sys.stdout.write(f"{run_recipe(read_recipe(args))}\n")


def check_options(args: argparse.Namespace) -> None:
    """Check what can be checked at once.

    Raises:
        TrainingError: options contradict each other.

    """
    if (args.steps, args.epochs, args.minutes).count(None) != 2:  # noqa: PLR2004 - one is given
        raise TrainingError("give either --steps, --epochs or --minutes")
    grown = (args.layers, args.hidden, args.feed_forward)
    if grown.count(None) < len(grown) and args.warm_start is None:
        raise TrainingError(
            "--layers, --hidden and --feed-forward are of a --warm-start that grows; "
            "otherwise --preset names the size"
        )


def read_recipe(args: argparse.Namespace) -> "Recipe":
    """Return what the options came to.

    Raises:
        TrainingError: one of them cannot be used.

    """
    from training.model import PRESETS, is_bf16_fast  # noqa: PLC0415
    from training.optimizer import Schedule  # noqa: PLC0415
    from training.recipe import Recipe  # noqa: PLC0415
    from training.stages import parse_stage  # noqa: PLC0415
    from training.trainer import Settings  # noqa: PLC0415

    if args.preset not in PRESETS:
        raise TrainingError(f"--preset is one of {', '.join(PRESETS)}")
    bf16 = is_bf16_fast() if args.bf16 is None else args.bf16
    settings = Settings(
        out=args.out,
        stages=tuple(map(parse_stage, args.train)),
        steps=args.steps,
        minutes=args.minutes,
        length=args.batch_tokens,
        micro_batches=args.micro_batches,
        muon_lr=args.muon_lr,
        adam_lr=args.adam_lr,
        weight_decay=args.weight_decay,
        schedule=Schedule(warmup=args.warmup, decay=args.decay),
        bf16=bf16,
        # Where matrix products are slow, what is between them does not count.
        compile_model=bf16 if args.compile is None else args.compile,
        evaluate_minutes=args.evaluate_minutes,
        checkpoint_minutes=args.checkpoint_minutes,
    )
    return Recipe(
        settings=settings,
        shape=PRESETS[args.preset],
        tokenizer=args.tokenizer,
        cache=args.cache or args.out / "tokens",
        valid=args.valid,
        valid_batches=args.valid_batches,
        epochs=args.epochs,
        prompt_loss=args.prompt_loss,
        seed=args.seed,
        warm_start=args.warm_start,
        layers=args.layers,
        hidden=args.hidden,
        feed_forward=args.feed_forward,
        resume=args.resume,
    )


def training_parser(description: str | None) -> argparse.ArgumentParser:
    """Return the parser of all commands that train on generated homes.

    Args:
        description: of the command.

    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_run(parser.add_argument_group("the run"))
    _add_model(parser.add_argument_group("the model"))
    _add_data(parser.add_argument_group("the data"))
    _add_course(parser.add_argument_group("the course"))
    return parser


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--out", type=Path, required=True, help="folder of this run")
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    add("--steps", type=int, help="length of the run in steps, or")
    add("--epochs", type=float, help="in steps that go through the data so many times, or")
    add("--minutes", type=float, help="in minutes, all included")
    add("--seed", type=int, default=1, help="of weights and of the order of the data (default: 1)")
    add("--evaluate-minutes", type=float, default=5.0, help="between evaluations (default: 5.0)")
    add("--checkpoint-minutes", type=float, default=5.0, help="between checkpoints (default: 5.0)")


def _add_model(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--preset", default="7m", help="size of the model (default: 7m)")
    add("--warm-start", type=Path, help="folder or GGUF file whose weights are the start")
    add("--layers", type=int, metavar="N", help="deepen the warm start to so many layers")
    add("--hidden", type=int, metavar="N", help="widen the warm start to so many channels")
    add("--feed-forward", type=int, metavar="N", help="… and its layers to so many neurons")
    add(
        "--bf16",
        action=argparse.BooleanOptionalAction,
        help="compute in bfloat16 (default: where the machine has instructions for it)",
    )
    add(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="use torch.compile (default: with bfloat16, as it gains nothing without)",
    )


def _add_data(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--train",
        nargs="+",
        required=True,
        metavar="FILE[:SHARE]",
        help="the curriculum: files in order, their shares of the run",
    )
    add("--valid", type=Path, help="file to evaluate on")
    add("--valid-batches", type=int, default=8, help="how many batches of it (default: 8)")
    add(
        "--tokenizer",
        type=Path,
        required=True,
        help="folder of training/make_tokenizer.py, or a GGUF file that has one",
    )
    add("--cache", type=Path, help="folder for token ids (default: OUT/tokens)")
    add("--batch-tokens", type=int, default=8192, help="tokens computed at once (default: 8192)")
    add("--micro-batches", type=int, default=1, help="of these in a step (default: 1)")
    add(
        "--prompt-loss",
        type=float,
        default=0.3,
        help="share of prompts' tokens to learn (default: 0.3)",
    )


def _add_course(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--muon-lr", type=float, default=0.006, help="learning rate of matrices (default: 0.006)")
    add("--adam-lr", type=float, default=0.0015, help="of embeddings and norms (default: 0.0015)")
    add("--weight-decay", type=float, default=0.0, help="of the matrices (default: 0.0)")
    add("--warmup", type=float, default=0.01, help="share of the run (default: 0.01)")
    add("--decay", type=float, default=0.3, help="share of the run, at its end (default: 0.3)")


if __name__ == "__main__":
    run(main)
