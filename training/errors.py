"""The one error that ends a command: a clear line on stderr and exit code 2."""

from collections.abc import Callable
import sys


class TrainingError(Exception):
    """Something the person who typed the command can put right; the message says what."""


def run(command: Callable[[], None]) -> None:
    """Run a command; an error that can be put right ends the program with exit code 2."""
    try:
        command()
    except TrainingError as err:
        sys.stderr.write(f"error: {err}\n")
        raise SystemExit(2) from None
    except ModuleNotFoundError as err:
        if err.name is None or err.name.partition(".")[0] in ("data", "training"):
            raise
        sys.stderr.write(f"error: {err.name} is not installed: run script/setup --training\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(130) from None
