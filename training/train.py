"""Fine-tune a language model for homes, or make one: ``python3 training/train.py --help``."""

import sys

from training.allocator import restart_with_tcmalloc
from training.errors import run
from training.from_scratch import scratch_arguments
from training.presets import FROM_SCRATCH
from training.scratch import train_from_scratch
from training.train_options import given_options, train_options


def main() -> None:
    """Read the command line and train."""
    given = given_options()
    if given.get("preset") in FROM_SCRATCH:
        train_from_scratch(scratch_arguments(given))
        return
    options = train_options(given)
    restart_with_tcmalloc()
    # What takes seconds to import comes after the restart.
    from training.fine_tuning import fine_tune  # noqa: PLC0415

    sys.stdout.write(f"{fine_tune(options)}\n")


if __name__ == "__main__":
    run(main)
