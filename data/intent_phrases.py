"""Which ways to say a template of Home Assistant's are said here, and how names stand in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
import random
import re

from home_llm_core.text import fold
from home_llm_core.vocabulary import Vocabulary, vocabulary
from home_llm_core.words import CHARACTERS

from .banks import Group, Language
from .domains import facts
from .intent_table import Rule
from .templates import Sequence, Slot, Template, tidy
from .writing import has_characters, is_character, split_words

_TRIES = 30
_ANY_SLOT = "*"
_PLACES = ("target", "area", "floor")
_THE = "the"
_SLOT = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?\}")
_LETTER = rf"[^\W{CHARACTERS}]"
_LAST_WORD = re.compile(r"(\S+)\s*$")
_FIRST_WORD = re.compile(r"^\s*(\S+)")

Verdict = Callable[[str], bool]
"""Returns whether a phrase, with its slots as they are written, is said."""


@dataclass(frozen=True)
class Said(Template):
    """A template, of whose ways to say it only some are said.

    Args:
        source: the template as it is written in its file.
        ready: the parsed phrase.
        is_said: which ways are said.
        words: the words of the language.
        has_articles: whether names are known to take an article or none.

    """

    ready: Sequence = field(compare=False, repr=False)
    is_said: Verdict = field(compare=False, repr=False)
    words: Vocabulary = field(compare=False, repr=False)
    has_articles: bool = False

    @cached_property
    def sequence(self) -> Sequence:
        """The parsed phrase."""
        return self.ready

    @cached_property
    def example(self) -> tuple[str | Slot, ...]:
        """One way that is said; empty if there hardly is any."""
        rng = random.Random(self.source)
        drawn = (self._drawn(rng) for _ in range(2 * _TRIES))
        return next((tuple(pieces) for pieces in drawn if self._fits(pieces)), ())

    def choose(self, rng: random.Random) -> list[str | Slot]:
        """Return one way to say it, with slots still open and no text in two parts."""
        for _ in range(_TRIES):
            pieces = self._drawn(rng)
            if self._fits(pieces):
                return pieces
        return list(self.example)

    def _drawn(self, rng: random.Random) -> list[str | Slot]:
        pieces: list[str | Slot] = []
        for piece in super().choose(rng):
            if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            else:
                pieces.append(piece)
        return pieces

    def _fits(self, pieces: list[str | Slot]) -> bool:
        return self.is_said("".join(map(str, pieces)))

    def render(self, rng: random.Random, fill: Callable[[Slot], str]) -> str:
        """Return one way to say it; names have no article that they do not take, and no echo."""
        pieces = self.choose(rng)
        texts = [piece if isinstance(piece, str) else fill(piece) for piece in pieces]
        for at, piece in enumerate(pieces):
            if isinstance(piece, str) or piece.name not in _PLACES:
                continue
            takes_none = self.has_articles and fill(Slot(piece.name, _THE)) == texts[at]
            if takes_none and at:
                texts[at - 1] = self._without_article(texts[at - 1])
            if at + 1 < len(texts):
                texts[at + 1] = self._without_echo(texts[at], texts[at + 1])
        return tidy("".join(texts))

    def _without_article(self, text: str) -> str:
        """Return a text without the article at its end: it is "in anna's room"."""
        last = _LAST_WORD.search(text)
        is_article = last is not None and last[1] in self.words.articles
        return text[: last.start()] if last is not None and is_article else text

    def _without_echo(self, name: str, text: str) -> str:
        """Return what follows a name without a word for its kind, if it ends in one."""
        first, last = _FIRST_WORD.search(text), _LAST_WORD.search(name)
        if first is None or last is None or has_characters(first[1] + last[1]):
            return text  # In Chinese a name that ends in 开关 may well be followed by 关.
        said = {first[1], last[1]}
        is_echo = any(said <= words for words in self.words.kind_words.values())
        return text[first.end() :] if is_echo else text


class Judge:
    """Knows which phrases are said in a language, and what its own banks mean by the same words."""

    def __init__(self, language: Language, rules: tuple[Rule, ...]) -> None:
        """Judge by the banks of ``language`` and the ``rules`` for its sentences."""
        self._language = language
        self._articles = vocabulary(language.code).articles
        self._rules = rules

    def verdict(self, intent: str, names: frozenset[str], group: Group, split: str) -> Verdict:
        """Return which ways of a template are said.

        Args:
            intent: the intent that it belongs to.
            names: its slots, and ``here`` if it is about the room of the speaker.
            group: what it means.
            split: the split that it belongs to.

        """
        rules = [
            rule
            for rule in self._rules
            if (not rule.intents or intent in rule.intents) and names.issuperset(rule.says)
        ]

        @cache
        def is_said(phrase: str) -> bool:
            text = tidy(_SLOT.sub(f" {_ANY_SLOT} ", phrase)).lower()
            return (
                self._is_plain(phrase)
                and all(_follows(rule, text) for rule in rules)
                and self._is_ours(phrase, group, split)
            )

        return is_said

    def _is_plain(self, phrase: str) -> bool:
        """Return whether a phrase says more than a name, and no two articles in a row."""
        words = split_words(_SLOT.sub(f" {_ANY_SLOT} ", phrase).lower())
        articles = [word in self._articles for word in words]
        says_more = any(
            any(map(str.isalpha, word)) and not is_article
            for word, is_article in zip(words, articles, strict=True)
        )
        return says_more and (True, True) not in pairwise(articles)

    def _is_ours(self, phrase: str, group: Group, split: str) -> bool:
        """Return whether the banks do not say the same for something else, or in another split."""
        known = self._known.get(self._normal(phrase), ())
        if any(other != split for _, other in known):
            return False
        alike = [other for other, _ in known if _is_about_the_same(group, other)]
        return not alike or any(_means_the_same(group, other) for other in alike)

    @cached_property
    def _known(self) -> Mapping[str, list[tuple[Group, str]]]:
        """What the banks say, with its meanings and splits."""
        known: dict[str, list[tuple[Group, str]]] = {}
        for group in self._language.groups:
            for pattern in group.patterns:
                for phrase in pattern.template.skeletons():
                    known.setdefault(self._normal(phrase), []).append((group, pattern.split))
        return known

    def _normal(self, phrase: str) -> str:
        """Return a phrase without articles, and with its slots as words."""
        text = _SLOT.sub(lambda slot: self._slot(slot[1], slot[2] or ""), phrase)
        return " ".join(word for word in split_words(fold(text)) if word not in self._articles)

    @cache  # noqa: B019 - there is one for each language
    def _slot(self, name: str, form: str) -> str:
        word = f" slot{name.replace('_', '')} "
        if name in self._language.agreement:
            return self._language.agreement[name]["one"]
        template = self._language.forms.get(name, {}).get(form)
        return template.skeletons()[0].replace("{name}", word) if template is not None else word


def _follows(rule: Rule, text: str) -> bool:
    def holds(words: tuple[str, ...]) -> bool:
        return bool(words) and _standing(words).search(text) is not None

    if rule.holding and not holds(rule.holding):
        return True
    return not holds(rule.without) and (not rule.only or holds(rule.only))


@cache
def _standing(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for words that are no part of longer ones, if they are of letters."""
    alike: dict[tuple[str, str], list[str]] = {}
    for word in words:
        before = "" if _stands_alone(word[0]) else rf"(?<!{_LETTER})"
        after = "" if _stands_alone(word[-1]) else rf"(?!{_LETTER})"
        alike.setdefault((before, after), []).append(re.escape(word))
    ways = (f"{before}(?:{'|'.join(those)}){after}" for (before, after), those in alike.items())
    return re.compile("|".join(ways))


def _stands_alone(letter: str) -> bool:
    return is_character(letter) or not letter.isalnum()


def _is_about_the_same(group: Group, other: Group) -> bool:
    """Return whether two groups can be about the same sort of device, or about none."""
    mine, theirs = set(_sorts(group)), set(_sorts(other))
    return not mine or not theirs or not mine.isdisjoint(theirs)


def _sorts(group: Group) -> Iterator[str]:
    for sort in facts().sorts:
        if group.is_about(sort) if group.about else bool(group.action) and group.fits(sort):
            yield sort


def _means_the_same(group: Group, other: Group) -> bool:
    """Return whether two groups come to the same."""
    return group.role == other.role and _meaning(group) == _meaning(other)


def _meaning(group: Group) -> tuple[object, ...]:
    arguments = tuple(sorted(group.arguments.items()))
    asked = group.query, group.asked, group.of, group.day, tuple(sorted(group.limits.items()))
    return group.verb, arguments, group.verb_said, *asked, group.talk, group.everything
