"""What can be read out of a model's text: no JSON, and no call that nobody understood."""

import re

_OPENING = re.compile(r"[{\[<`]")

_ENOUGH = 32
"""Characters after which it is certain whether a call begins."""

_CALL = re.compile(
    r"""
      \{ \s* ["'}]                               # an object
    | \[ \s* [{\["']                             # an array
    | \[ [A-Za-z_.]+ \( [\w\s]* [=)]             # [turn_on(name="lamp")]
    | \[ /? TOOL                                 # [TOOL_CALLS]
    | < [|/]? \s* (start_|end_)? (tool|function|python_tag|call)
    | ``` \w* \s* [{\[<]                         # the same in a fence
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Sayable:
    """Takes a text in pieces, split anywhere; gives what can be said as soon as that is certain.

    What begins like a call is never said, and neither is what comes after it.

    Attributes:
        is_garbled: whether there was such a thing.

    """

    def __init__(self) -> None:
        """Start before the first character."""
        self._held = ""
        self.is_garbled = False

    def feed(self, text: str) -> str:
        """Take a piece, and return what can be said now."""
        self._held += text
        return self._sayable(_ENOUGH)

    def close(self) -> str:
        """Return the rest, once the text has ended."""
        return self._sayable(1)

    def _sayable(self, enough: int) -> str:
        said = ""
        while not self.is_garbled:
            opening = _OPENING.search(self._held)
            at = opening.start() if opening else len(self._held)
            said, self._held = said + self._held[:at], self._held[at:]
            if _CALL.match(self._held):
                self.is_garbled = True
            elif len(self._held) < enough or not self._held:
                return said
            else:
                said, self._held = said + self._held[0], self._held[1:]
        self._held = ""
        return said
