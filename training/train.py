"""Fine-tune a language model for homes: ``python3 training/train.py --help``."""

import sys

from training.allocator import restart_with_tcmalloc
from training.errors import run
from training.train_options import parse


def main() -> None:
    """Read the command line and train."""
    options = parse()
    restart_with_tcmalloc()
    # What takes seconds to import comes after the restart.
    from training.fine_tuning import fine_tune  # noqa: PLC0415

    sys.stdout.write(f"{fine_tune(options)}\n")


if __name__ == "__main__":
    run(main)
