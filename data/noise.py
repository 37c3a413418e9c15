"""Speech as it arrives: courtesies, asides, fillers, dropped words, slips and misspellings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
import random
import re

from home_llm_core.text import fold

from .banks import Pattern
from .houses import House
from .patterns import Patterns
from .scenes import Draft
from .templates import tidy
from .writing import has_characters, is_character, split_words, standing

_CLEAN = 0.45
_AROUND: Mapping[str, tuple[float, float]] = {
    "question": (0.0, 0.06),
    "not_a_request": (0.06, 0.25),
    "implicit": (0.0, 0.0),
    "small_talk": (0.0, 0.0),
}
"""How often there is a courtesy, or an aside, around a kind: "keep it shut, the dog gets out"."""

_USUALLY = (0.26, 0.14)
_STOP, _SHOUT = 0.22, 0.25
_QUESTION_MARK = 0.5
_SHORTEST_MISSPELT = 5
_UNHEARD, _SHORTEST_REPLACED = 0.4, 4
_WORD = re.compile(r"\w[\w']*")


@dataclass(frozen=True, kw_only=True)
class Distorted:
    """A sentence as it arrives.

    Args:
        text: the sentence.
        tags: what happened to it.
        courtesy: the courtesy or the aside that was put around it, if there is one.

    """

    text: str
    tags: tuple[str, ...]
    courtesy: Pattern | None


class Noise:
    """Distorts sentences of one house, never so that something else is meant."""

    def __init__(
        self, house: House, patterns: Patterns, rng: random.Random, *, share: float = 1.0
    ) -> None:
        """Distort with the means of the house's language.

        Args:
            house: the house.
            patterns: what its people say around a sentence.
            rng: where chance comes from.
            share: how many of the sentences may be distorted at all, from 0 to 1.

        """
        self._share = share
        self._noise = house.language.noise
        self._house = house
        self._patterns = patterns
        self._rng = rng
        self._protected: frozenset[str] = frozenset()
        self._steps: tuple[tuple[str, float, Callable[[str], str]], ...] = (
            ("possessive", 0.5, self._possessive),
            ("contraction", 0.3, self._contract),
            ("drop", 0.18, self._drop),
            ("filler", 0.08, self._filler),
            ("misheard", 0.15, self._mishear),
            ("typo", 0.09, self._misspell),
        )

    @cached_property
    def _letters(self) -> list[str]:
        """The letters of the house's names."""
        return sorted({c for c in fold(" ".join(self._house.words)) if c.isalpha()})

    def distort(self, draft: Draft) -> Distorted:
        """Return the sentence as it arrives."""
        rng, text = self._rng, draft.sentence.text
        if self._share < 1 and rng.random() >= self._share:
            return Distorted(text=tidy(self._ending(text, draft.kind)), tags=(), courtesy=None)
        values = draft.sentence.values
        self._protected = frozenset(
            word for said in values for word in (*split_words(said), *_WORD.findall(said))
        )
        tags = []
        courtesy = None
        courteous, talkative = _AROUND.get(draft.kind, _USUALLY)
        chance = rng.random()
        if chance < courteous:
            courtesy = self._courtesy(text, imperative=not draft.sentence.sorts)
            if courtesy is not None:
                text = courtesy.template.say(rng, {"said": text, "verb": text})
                tags.append("courtesy")
        elif chance < courteous + talkative and self._patterns.asides:
            courtesy = rng.choice(self._patterns.asides)
            aside = self._unheard(courtesy.template.say(rng, {}))
            joint = rng.choice(self._house.language.aside_joins)
            text = joint.say(rng, {"said": text, "aside": aside})
            tags.append("aside")
        if rng.random() >= _CLEAN:
            for tag, share, step in self._steps:
                changed = step(text) if rng.random() < share else text
                tags += [tag] if changed != text else []
                text = changed
        ended = tidy(self._ending(text, draft.kind))
        return Distorted(text=ended, tags=tuple(tags), courtesy=courtesy)

    def _unheard(self, aside: str) -> str:
        """Return an aside, some with a word that nobody has heard: people may say anything."""
        words = [
            match
            for match in _WORD.finditer(aside)
            if len(match[0]) >= _SHORTEST_REPLACED
            and match[0].isalpha()
            and not has_characters(match[0])
            and match[0] not in self._house.language.imperatives
        ]
        if not words or self._rng.random() >= _UNHEARD:
            return aside
        match = self._rng.choice(words)
        return aside[: match.start()] + self._house.namer.invented_word() + aside[match.end() :]

    def _courtesy(self, text: str, *, imperative: bool) -> Pattern | None:
        """Return what can be put around a sentence, which may have to be an imperative."""
        pattern = self._rng.choice(self._patterns.courtesies)
        if self._is_imperative(text):
            return pattern
        return pattern if not imperative and "said" in pattern.template.slot_names else None

    def _is_imperative(self, text: str) -> bool:
        imperatives = self._house.language.imperatives
        if has_characters(text[:1]):
            return any(text.startswith(word) for word in imperatives)
        return text.split(maxsplit=1)[0].strip(",.") in imperatives

    def _ending(self, text: str, kind: str) -> str:
        chance = self._rng.random()
        if text[-1:] in ".!?。！？":
            return text
        if kind == "question":
            ending = "?" if chance < _QUESTION_MARK else ""
        else:
            ending = "." if chance < _STOP else "!" if chance < _SHOUT else ""
        own = self._noise.get("endings", {})
        return text + (own[ending][0] if ending in own else ending)

    def _possessive(self, text: str) -> str:
        for ending, others in self._noise["possessive"].items():
            for word in text.split():
                # "it's" is none; only what stands in a name is.
                if word.endswith(ending) and word in self._house.words:
                    other = word.removesuffix(ending) + self._rng.choice(others)
                    text = text.replace(word, other, 1)
        return text

    def _contract(self, text: str) -> str:
        for full, short in self._noise.get("contracted", {}).items():
            before = text.partition(full)[0].split()[-1:]
            if not self._protected.issuperset(before):
                text = text.replace(full, self._rng.choice(short), 1)
        return text

    def _drop(self, text: str) -> str:
        dropped = frozenset(self._noise["drop"]["words"]) - self._protected
        words = [word for word in split_words(text) if word not in dropped]
        return tidy(" ".join(words)) or text

    def _filler(self, text: str) -> str:
        words = text.split()
        at = [n for n, word in enumerate(words) if word.strip(".,") not in self._protected]
        if at:
            words.insert(self._rng.choice(at), self._rng.choice(self._noise["fillers"]["words"]))
        return " ".join(words)

    def _mishear(self, text: str) -> str:
        swaps = self._noise["replace"]
        there = (word for word in swaps if word in text and standing(word).search(text))
        found = [word for word in there if not self._is_protected(word)]
        if not found:
            return text
        word = self._rng.choice(found)
        other = self._rng.choice(swaps[word])
        if other in self._house.called or other in self._house.words:
            return text
        return standing(word).sub(other, text, count=1)

    def _is_protected(self, word: str) -> bool:
        """Return whether a word stands in a value; of Chinese a part of it is enough."""
        if word in self._protected:
            return True
        return is_character(word[:1]) and not self._protected.isdisjoint(word)

    def _misspell(self, text: str) -> str:
        words = [
            match
            for match in _WORD.finditer(text)
            if len(match[0]) >= _SHORTEST_MISSPELT
            and match[0] not in self._protected
            and not has_characters(match[0])
        ]
        if not words:
            return text
        match = self._rng.choice(words)
        slip = self._slip(match[0])
        if slip in self._house.words or slip in self._house.language.known_words:
            return text
        return text[: match.start()] + slip + text[match.end() :]

    def _slip(self, word: str) -> str:
        at = self._rng.randrange(1, len(word) - 1)
        slips = (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + self._rng.choice(self._letters or list(word)) + word[at + 1 :],
        )
        return self._rng.choice(slips)
