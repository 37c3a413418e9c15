"""Contractions spelled out: "the iron's on" is "the iron is on", and no name with an ending."""

from functools import lru_cache
import re

from .cardinals import cardinals
from .cues import cues
from .text import fold
from .words import LANGUAGES, words

_CONTRACTED = re.compile(r"(?<=\w)['\u2018\u2019\u02bc]s (?=\w)", re.IGNORECASE)

_QUOTES = str.maketrans("", "", '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f')
_LONGEST = 40
"""Characters of a word, or of a state, that are looked at."""


def unquoted(text: str) -> str:
    """Return a text without the marks around what is quoted, which nobody says."""
    return text.translate(_QUOTES)


def parted(text: str, language: str) -> str:
    """Return a text with a comma between two wishes in a row: 关灯关窗帘 is 关灯，关窗帘.

    Args:
        text: a sentence.
        language: in which it is said.

    """
    wish = _wish_of(language)
    return wish.sub(r"\1，", text) if wish is not None else text


@lru_cache(maxsize=16)
def _wish_of(language: str) -> re.Pattern[str] | None:
    """Return what finds a verb and a kind, where the same follows."""
    known = LANGUAGES.get(language, {})
    verbs, kinds = known.get("verbs_first"), known.get("kinds", {})
    if not verbs:
        return None
    verb = "|".join(sorted(map(re.escape, verbs), key=len, reverse=True))
    names = {re.escape(name) for names in kinds.values() for name in names}
    kind = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(f"((?:{verb})(?:{kind})[了掉]?)(?=(?:{verb})(?:{kind}))")


def _without_number_words(text: str, language: str) -> str:
    """Return a text with numbers alone: "lamp number two" is lamp two."""
    said, at, folded = "", 0, fold(text)
    if len(folded) != len(text):
        return text
    for match in cues(language).found("number_word", folded):
        after = words(folded[match.end() : match.end() + _LONGEST])[:1]
        is_last = bool(after) and (
            after[0].isdigit() or cardinals(language).in_digits(after[0]).isdigit()
        )
        if is_last and match.start() >= at:
            said += text[at : match.start()].rstrip() + " "
            at = match.end() + 1
    return said + text[at:]


def spelled_out(text: str, language: str) -> str:
    """Return a text without contractions behind names; pronouns keep theirs.

    Args:
        text: a sentence.
        language: in which it is said.

    """
    known = cues(language)
    text = _without_number_words(text, language)
    if "a_state" not in known.rows:
        return text

    def written(match: re.Match[str]) -> str:
        before = words(text[max(0, match.start() - _LONGEST) : match.start()])[-1:]
        is_said = known.begin("a_state", fold(text[match.end() : match.end() + _LONGEST]))
        return " is " if is_said and not known.say("of_no_name", before) else match[0]

    return _CONTRACTED.sub(written, text)
