"""What ends a command, and what is said then."""

from collections.abc import Callable
import importlib

import pytest

from training.errors import TrainingError, run


def wrong_option() -> None:
    raise TrainingError("the file is empty")


def stopped() -> None:
    raise KeyboardInterrupt


def no_library() -> None:
    importlib.import_module("zorvek.quill")


def lose_ours() -> None:
    importlib.import_module("training.zorvek")


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (wrong_option, 2, "error: the file is empty\n"),
        (no_library, 2, "error: zorvek is not installed: run script/setup --training\n"),
        (stopped, 130, "interrupted\n"),
    ],
)
def test_one_line_ends_a_command(
    command: Callable[[], None], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        run(command)
    assert end.value.code == code
    assert capsys.readouterr().err == message


def test_a_module_of_ours_that_is_missing_is_a_mistake_of_ours() -> None:
    with pytest.raises(ModuleNotFoundError):
        run(lose_ours)
