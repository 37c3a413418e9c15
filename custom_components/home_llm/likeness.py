"""What is called nearly as somebody said: people do not say a name as it was written."""

from collections.abc import Callable, Sequence

from .core.words import words

_SHORTEST_INEXACT = 4
_SWAPPED = 2
_LEAST_STEM = 0.6


def same[T](said: str, things: Sequence[T], name: Callable[[T], str]) -> list[T]:
    """Return the things whose names say the same.

    Args:
        said: what somebody said.
        things: what could be meant.
        name: returns the name of a thing.

    """
    return [thing for thing in things if plain(name(thing)) == plain(said)]


def like[T](said: str, things: Sequence[T], name: Callable[[T], str]) -> list[T]:
    """Return the things that come closest: the same words, some, in other forms, or with a slip.

    Args:
        said: what somebody said.
        things: what could be meant.
        name: returns the name of a thing.

    """
    heard = plain(said)
    texts = [(thing, plain(name(thing))) for thing in things]
    parts = [thing for thing, text in texts if _is_part(heard, text) or _is_part(text, heard)]
    forms = [thing for thing, text in texts if _is_in(heard, text) or _is_in(text, heard)]
    slips = [thing for thing, text in texts if _is_slip(" ".join(heard), " ".join(text))]
    return same(said, things, name) or parts or forms or slips


def plain(text: str) -> tuple[str, ...]:
    """Return the words of a text, each in the singular."""
    return tuple(map(_singular, words(text)))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("oes", "ses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")


def _is_part(those: Sequence[str], text: Sequence[str]) -> bool:
    return bool(those) and set(those) <= set(text)


def _is_in(those: Sequence[str], text: Sequence[str]) -> bool:
    """Return whether all of some words are in a text in some form: who "cleaned the oven"."""
    return bool(those) and all(any(_is_form(word, other) for other in text) for word in those)


def _is_form(word: str, other: str) -> bool:
    """Return whether words are forms of one: "sharpened" and "sharpen"."""
    stem = max(_SHORTEST_INEXACT, _LEAST_STEM * max(len(word), len(other)))
    return word == other or _common(word, other) >= stem


def _is_slip(heard: str, text: str) -> bool:
    """Return whether one letter is wrong, missing, too many, or two are in the other order."""
    longer = max(len(heard), len(text))
    if min(len(heard), len(text)) < _SHORTEST_INEXACT or abs(len(heard) - len(text)) > 1:
        return False
    head = _common(heard, text)
    tail = _common(heard[head:][::-1], text[head:][::-1])
    wrong = longer - head - tail
    return wrong <= 1 or (wrong == _SWAPPED and sorted(heard) == sorted(text))


def _common(first: str, second: str) -> int:
    """Return the length of the common beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
