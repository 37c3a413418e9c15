"""What llama.cpp logs: warnings and errors go to standard error, the last errors are kept.

They are the only account that llama.cpp gives of why a file cannot be loaded.
"""

from collections import deque
import sys

from llama_cpp import llama_cpp

# Source: enum ggml_log_level in ggml.h; llama_cpp has no names for it.
_WARNING, _ERROR, _CONTINUED = 3, 4, 5


class _Log:
    """The one log of a process."""

    def __init__(self) -> None:
        self.errors: deque[str] = deque(maxlen=10)
        self.callback = llama_cpp.llama_log_callback(self._take)
        self._level = 0

    def _take(self, level: int, text: bytes, _: object) -> None:
        if level != _CONTINUED:
            self._level = level
        if self._level < _WARNING:
            return
        message = text.decode("utf-8", "replace")
        sys.stderr.write(message)
        sys.stderr.flush()
        if self._level == _ERROR:
            self.errors.append(message.strip())


_LOG = _Log()


def start_logging() -> None:
    """Take llama.cpp's log from here on, for the whole process."""
    _LOG.errors.clear()
    llama_cpp.llama_log_set(_LOG.callback, None)


def recent_errors() -> str:
    """Return the last errors since ``start_logging``."""
    return "; ".join(_LOG.errors)
