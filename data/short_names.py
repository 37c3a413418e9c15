"""Names as people say them who know the house: a part of them, or with the word for the kind."""

import random

from home_llm_core.home import Entity

from .domains import sort_of
from .grammar import Grammar
from .houses import House
from .names import Name
from .templates import tidy
from .writing import is_character, split_words

_SHORTENED = 0.6
_CALLED_BY_WISHES = ("scene", "script", "button", "input_button", "input_boolean")
"""Of whose names half is not enough: "done" runs no "Washing done"."""


class ShortNames:
    """Says names of devices in other ways that fit no other device of the house."""

    def __init__(self, house: House, rng: random.Random) -> None:
        """Say names in ``house``."""
        self._house = house
        self._rng = rng

    def variation(self, entity: Entity, name: Name) -> tuple[str, Name]:
        """Return another way to say a name: shorter, or with its kind."""
        shorter = self._shorter(entity, name)
        if shorter and self._rng.random() < _SHORTENED:
            return "device", name.shortened(self._rng.choice(shorter)) or name
        other = self._house.other_number(name.plain)
        if other is not None and self._is_clear(other, name, entity):
            return "device", name.renamed(other, self._house.language.grammar) or name
        kinds = self._house.kind_words(sort_of(entity))
        if not self._house.language.names_a_kind(name.words, kinds) and self._only(
            name.words, entity
        ):
            return "device_and_kind", name
        return "device", name

    def _shorter(self, entity: Entity, name: Name) -> list[str]:
        """Return parts of a name that tell the device from all others: "tv", "the bedside"."""
        own = self._house.language.parts(name.plain)
        kinds = self._house.kind_words(sort_of(entity))
        parts = _parts(own, kinds, self._house.language.grammar)
        thing = name.thing.lower().split()
        parts = [part for part in parts if not thing or thing[0] in part]
        words = {tidy(" ".join(part)): frozenset(split_words(" ".join(part))) for part in parts}
        return [
            text
            for text, said in words.items()
            if not self._house.is_vague(said)
            and (entity.domain not in _CALLED_BY_WISHES or 2 * len(said) > len(own))
            and not is_character(text)
            and self._only(said, entity)
        ]

    def _is_clear(self, other: str, name: Name, entity: Entity) -> bool:
        """Return whether a name in another number still means just this device."""
        *before, _ = name.plain.split()
        clear = (
            before
            and " ".join(before) not in self._house.places
            and other not in self._house.called
        )
        return bool(clear) and self._only(frozenset(before), entity)

    def _only(self, words: frozenset[str], entity: Entity) -> bool:
        """Return whether words fit this device and no other."""
        return all(
            other is entity or not words <= self._house.words_for[other.entity_id]
            for other in self._house.home.entities
        )


def _parts(own: list[str], kinds: frozenset[str], grammar: Grammar) -> list[list[str]]:
    """Return what may be left of a name: its end with the thing, or all but a word for a kind."""
    inner = range(1, len(own))
    if grammar.is_head_first:
        parts, thing, rest = [own[:at] for at in inner], own[0], own[1:]
    else:
        parts, thing, rest = [own[at:] for at in inner], own[-1], own[:-1]
    if rest and kinds.issuperset(split_words(thing)):
        parts.append(rest)
    return [part for part in parts if grammar.links.isdisjoint((part[0], part[-1]))]
