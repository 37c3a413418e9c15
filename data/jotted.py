"""What people jot down: items of lists, names of timers. They are taken as they are.

A list that a model knows by heart teaches it the list. What it has to learn is where such words
begin and end, so half of them are made up:
of parts of two, with a word that nobody has heard, or of such words alone.
"""

import random

from .names import Namer
from .writing import has_characters, split_words

POOLS = ("shopping_item", "task_item", "timer_name")
_SPLICED = 0.3
_INVENTED = 0.2


def jotted(namer: Namer, pool: str, rng: random.Random) -> str:
    """Return words that somebody notes down.

    Args:
        namer: what knows the words of the language and of the split.
        pool: the list in place of which words may be made up, one of ``POOLS``.
        rng: what decides.

    """
    text = namer.listed(pool)
    chance = rng.random()
    if chance < _SPLICED:
        return _spliced(text, namer.listed(rng.choice(POOLS)), rng)
    if chance < _SPLICED + _INVENTED:
        return _with_invented(text, namer, rng)
    return text


def _spliced(one: str, other: str, rng: random.Random) -> str:
    """Return the beginning of one and the end of the other."""
    head, tail = split_words(one), split_words(other)
    begun = head[: rng.randint(1, len(head))]
    ended = tail[rng.randrange(len(tail)) :]
    return _joined([*begun, *ended], one + other)


def _with_invented(text: str, namer: Namer, rng: random.Random) -> str:
    """Return the words with an invented one in place of one, beside them, or alone."""
    words, word = split_words(text), namer.invented_word()
    at = rng.randrange(len(words) + 1)
    replaced = [*words[:at], word, *words[at + rng.randint(0, 1) :]]
    return rng.choice((word, _joined(replaced, text)))


def _joined(words: list[str], like: str) -> str:
    apart = "" if has_characters(like) else " "
    return apart.join(words)
