"""What can go wrong with a model, its runtime and its process, by stable keys.

The integration translates the keys for the user in one place.
"""

from typing import ClassVar, Self


class EngineError(Exception):
    """Base class of every error that the engine raises on purpose.

    Args:
        detail: what llama.cpp, Python or the system said; for logs, not for users.

    """

    key: ClassVar[str] = "engine_error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.key}: {detail}" if detail else self.key)
        self.detail = detail

    def copy(self) -> Self:
        """Return the same error once more: each that is raised has a traceback of its own."""
        return type(self)(self.detail)


class RuntimeMissingError(EngineError):
    """llama-cpp-python, or the interpreter that should run it, is not there."""

    key = "runtime_missing"


class RuntimeBrokenError(EngineError):
    """llama-cpp-python is installed, but its libraries cannot be loaded on this machine."""

    key = "runtime_broken"


class ModelMissingError(EngineError):
    """The model file is not there or cannot be read."""

    key = "model_missing"


class ModelDamagedError(EngineError):
    """The file is no whole GGUF file of a model that this llama.cpp can run."""

    key = "model_damaged"


class OutOfMemoryError(EngineError):
    """The machine has not enough memory for this model and context."""

    key = "out_of_memory"


class PromptTooLongError(EngineError):
    """The prompt leaves no room in the context for a reply."""

    key = "prompt_too_long"


class GrammarError(EngineError):
    """A grammar that cannot be compiled, or that leads nowhere."""

    key = "grammar_invalid"


class WorkerDiedError(EngineError):
    """The child process ended, or hung and was ended, while it was needed.

    Args:
        reason: one of ``REASONS``.
        detail: the exit status and the last lines that it wrote.

    """

    key = "worker_died"
    REASONS = ("illegal_instruction", "killed", "crashed", "hung", "exited", "garbled")

    def __init__(self, detail: str = "", reason: str = "exited") -> None:
        super().__init__(detail)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.key} ({self.reason}): {self.detail}"

    def copy(self) -> Self:
        """Return the same error once more, with its reason."""
        return type(self)(self.detail, self.reason)


class EngineTimeoutError(EngineError):
    """A request was not finished in its time."""

    key = "timeout"


class StartTimeoutError(EngineTimeoutError):
    """The process was not started, or the model not loaded, in the time for that."""


class RequestCancelledError(EngineError):
    """A request was given up: by whoever made it, or for one that matters more."""

    key = "cancelled"


class EngineClosedError(EngineError):
    """The engine has been closed."""

    key = "closed"


class InternalError(EngineError):
    """llama.cpp refused what it should have done."""

    key = "internal"


_ERRORS: dict[str, type[EngineError]] = {
    error.key: error
    for error in (
        RuntimeMissingError,
        RuntimeBrokenError,
        ModelMissingError,
        ModelDamagedError,
        OutOfMemoryError,
        PromptTooLongError,
        GrammarError,
        WorkerDiedError,
        EngineTimeoutError,
        RequestCancelledError,
        EngineClosedError,
        InternalError,
    )
}
KEYS = tuple(_ERRORS)
"""The keys of all errors."""


def error_for(key: str, detail: str) -> EngineError:
    """Return the error of a key that came over a pipe."""
    return _ERRORS.get(key, InternalError)(detail)
