"""A house: a home's snapshot together with what people call the things in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
import random

from home_llm_core.calls import Names
from home_llm_core.formats import get_format
from home_llm_core.formats.base import Format
from home_llm_core.home import Entity, Home
from home_llm_core.text import label

from .banks import Language, Word
from .names import Name, Namer

FORMAT: Format = get_format("tiny-2")
"""The format that the training set is written in."""


@dataclass(frozen=True, kw_only=True)
class House:
    """A home with what is known about its names beyond what a prompt shows.

    Args:
        home: the snapshot.
        language: the banks that it was named from.
        split: the split it belongs to.
        namer: builds more names that could stand in this house.
        names: names of entities, areas and floors by id, and of aliases by ``alias …``.

    """

    home: Home
    language: Language
    split: str
    namer: Namer
    names: Mapping[str, Name]

    @cached_property
    def printed(self) -> Names:
        """The lines of the prompt and the ids they stand for."""
        return FORMAT.names(self.home)

    @cached_property
    def device_line(self) -> Mapping[str, str]:
        """The line of the prompt by entity id."""
        return {entity_id: line for line, entity_id in self.printed.devices.items()}

    @cached_property
    def area_line(self) -> Mapping[str, str]:
        """The line of the prompt by area id."""
        return {area_id: line for line, area_id in self.printed.areas.items()}

    @cached_property
    def floor_line(self) -> Mapping[str, str]:
        """The line of the prompt by floor id."""
        return {floor_id: line for line, floor_id in self.printed.floors.items()}

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The domains of the house's devices."""
        return tuple(sorted({entity.domain for entity in self.home.entities}))

    @cached_property
    def called(self) -> Mapping[str, tuple[Entity, ...]]:
        """The devices by each of their names and aliases, folded."""
        found: dict[str, tuple[Entity, ...]] = {}
        for entity in self.home.entities:
            for name in sorted({label(entity.name), *map(label, entity.aliases)}):
                found[name] = (*found.get(name, ()), entity)
        return found

    @cached_property
    def words_for(self) -> Mapping[str, frozenset[str]]:
        """Every word that may be said for a device, by its id: names, area and kind."""
        return {entity.entity_id: self._words_for(entity) for entity in self.home.entities}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name of the house."""
        texts = [*self.called, *(name.plain for name in self.names.values())]
        return frozenset(word for text in texts for word in text.split())

    def area_of(self, entity: Entity) -> Name | None:
        """Return the name of the area that a device is in."""
        return self.names.get(entity.area_id or "")

    def areas_with(self, domain: str) -> list[str]:
        """Return the ids of areas that have a device of a domain, in a fixed order."""
        return sorted({e.area_id for e in self.home.of_domain(domain) if e.area_id})

    def kind_words(self, domain: str) -> frozenset[str]:
        """Return every word for a kind of device."""
        numbers = self.language.kinds[domain].values()
        return frozenset(word.text.source for words in numbers for word in words)

    def kind(self, domain: str, number: str, rng: random.Random | None = None) -> Name:
        """Return a word for a kind of device: any of them, or the one that replies use.

        Args:
            domain: the domain.
            number: ``one`` or ``many``.
            rng: if given, any word is chosen.

        """
        words = self.language.kinds[domain][number]
        word = words[0] if rng is None else _any(words, rng)
        forms = {key: template.source for key, template in word.forms.items()}
        return Name(text=word.text.source, forms={"": word.text.source} | forms)

    def is_plural(self, name: Name) -> bool:
        """Return whether a name takes a plural verb."""
        return name.plain.split()[-1] in self.language.plurals.values()

    def other_number(self, name: str) -> str | None:
        """Return a name in the plural, or in the singular if it is plural, if that is known."""
        *before, last = name.split()
        for one, many in self.language.plurals.items():
            if last in (one, many):
                return " ".join([*before, many if last == one else one])
        return None

    def _words_for(self, entity: Entity) -> frozenset[str]:
        texts = [label(entity.name), *map(label, entity.aliases)]
        area = self.area_of(entity)
        if area is not None:
            texts.append(area.plain)
        said = frozenset(word for text in texts for word in text.split())
        return said | self.kind_words(entity.domain)


def _any(words: tuple[Word, ...], rng: random.Random) -> Word:
    return rng.choices(words, [word.weight for word in words])[0]
