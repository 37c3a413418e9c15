"""What of a reply's text is said, and when."""

from .chat_model import Delta
from .core.sayable import Sayable
from .speech import QUESTION_MARKS


class SpokenText:
    """Passes a reply on, but for text that is no sentence or may not be true.

    Where nothing has worked so far, the model's words are weighed before they are said: a small
    model says "done" all the same. A question of its own claims nothing.

    Args:
        is_trusted: whether something has worked, or nothing was tried.

    Attributes:
        is_doubtful: whether something was kept back for good, so that somebody else has to speak.

    """

    def __init__(self, *, is_trusted: bool) -> None:
        """Have heard nothing yet."""
        self._is_trusted = is_trusted
        self._sayable = Sayable()
        self._waiting = ""
        self._has_called = False
        self.is_doubtful = False

    def passed(self, delta: Delta, *, with_calls: bool) -> Delta:
        """Return what of a piece goes on at once.

        Args:
            delta: the piece.
            with_calls: whether calls do; a model that has no tools may write some all the same.

        """
        passed = Delta()
        if thought := delta.get("thinking_content"):
            passed["thinking_content"] = thought
        if native := delta.get("native"):
            passed["native"] = native
        if text := self._said(self._sayable.feed(delta.get("content") or "")):
            passed["content"] = text
        if with_calls and (calls := delta.get("tool_calls")):
            self._has_called = True
            passed["tool_calls"] = calls
        return passed

    def close(self) -> str:
        """Return what of the rest is said, now that the reply has ended."""
        rest = self._said(self._sayable.close())
        text, self._waiting = self._waiting + rest, ""
        if self._sayable.is_garbled:
            self.is_doubtful = not self._has_called
        elif not self._is_trusted and not self._has_called and text.strip():
            self.is_doubtful = not text.rstrip().endswith(QUESTION_MARKS)
        return "" if self.is_doubtful else text

    def _said(self, text: str) -> str:
        if self._is_trusted:
            return text
        self._waiting += text
        return ""
