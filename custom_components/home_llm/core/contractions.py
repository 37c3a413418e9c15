"""Contractions spelled out: "the iron's on" is "the iron is on", and no name with an ending."""

import re

from .cues import cues
from .text import fold
from .words import words

_CONTRACTED = re.compile(r"(?<=\w)['\u2018\u2019\u02bc]s (?=\w)", re.IGNORECASE)

_LONGEST = 40
"""Characters of a word, or of a state, that are looked at."""


def spelled_out(text: str, language: str) -> str:
    """Return a text without contractions behind names; pronouns keep theirs.

    Args:
        text: a sentence.
        language: in which it is said.

    """
    known = cues(language)
    if "a_state" not in known.rows:
        return text

    def written(match: re.Match[str]) -> str:
        before = words(text[max(0, match.start() - _LONGEST) : match.start()])[-1:]
        is_said = known.begin("a_state", fold(text[match.end() : match.end() + _LONGEST]))
        return " is " if is_said and not known.say("of_no_name", before) else match[0]

    return _CONTRACTED.sub(written, text)
