"""A house: a home's snapshot together with what people call the things in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
import random

from home_llm_core.calls import Names
from home_llm_core.formats import TINY, Format
from home_llm_core.home import Entity, Home
from home_llm_core.kinds import members
from home_llm_core.text import label
from home_llm_core.words import words

from .banks import Language, Word
from .domains import actions_in, domain_of, kind_of_sort, sort_of
from .names import Name, Namer
from .writing import split_words

# They can be called like anything that people say.
_NAMED_ALONE = ("scene", "script", "button", "input_boolean")

FORMAT: Format = TINY
"""The format that the training set is written in."""


@dataclass(frozen=True, kw_only=True, eq=False)
class House:
    """A home with what is known about its names beyond what a prompt shows.

    Args:
        home: the snapshot.
        language: the banks that it was named from.
        split: the split it belongs to.
        namer: builds more names that could stand in this house.
        names: names of entities, areas and floors by id, and of aliases by ``alias …``.
        known: the sorts of device that could be in such a house, with their weights.
        after: what sensors are called after, by their ids: the fridge of the "fridge door".

    """

    home: Home
    language: Language
    split: str
    namer: Namer
    names: Mapping[str, Name]
    known: Mapping[str, float]
    after: Mapping[str, Name] = field(default_factory=dict)

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
        """The domains that such a house could have."""
        return tuple(dict.fromkeys(map(domain_of, self.known)))

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The actions that may be asked for."""
        return actions_in(self.domains)

    @cached_property
    def sorts(self) -> tuple[str, ...]:
        """The sorts of the house's devices: domains, and ``domain_class``."""
        return tuple(sorted({sort_of(entity) for entity in self.home.entities}))

    @cached_property
    def sort_weights(self) -> tuple[float, ...]:
        """How often a sort is spoken of, each added to those before it."""
        return tuple(accumulate(len(self.of(sort)) ** 0.5 for sort in self.sorts))

    @lru_cache(maxsize=256)  # noqa: B019 - a house lives as long as its requests are made
    def of(self, sort: str) -> tuple[Entity, ...]:
        """Return the devices that people mean by a sort."""
        return members(kind_of_sort(sort), self.home.entities, (domain_of(sort),))

    def in_area(self, area_id: str, sort: str) -> tuple[Entity, ...]:
        """Return the devices of a sort in an area."""
        return tuple(entity for entity in self.of(sort) if entity.area_id == area_id)

    def on_floor(self, floor_id: str, sort: str) -> tuple[Entity, ...]:
        """Return the devices of a sort in all areas of a floor."""
        areas = {area.area_id for area in self.home.areas if area.floor_id == floor_id}
        return tuple(entity for entity in self.of(sort) if entity.area_id in areas)

    @cached_property
    def called(self) -> Mapping[str, tuple[Entity, ...]]:
        """The devices by each of their names and aliases, folded."""
        found: dict[str, tuple[Entity, ...]] = {}
        for entity in self.home.entities:
            for name in sorted({label(entity.name), *map(label, entity.aliases)}):
                found[name] = (*found.get(name, ()), entity)
        return found

    @cached_property
    def sorts_of_parts(self) -> frozenset[str]:
        """The sorts of sensors that are called after a device."""
        return frozenset(sort_of(self.home.entity_by_id[each]) for each in self.after)

    def called_after(self, name: Name) -> list[Entity]:
        """Return the devices that are called so, or after it."""
        known = self.home.entity_by_id
        parts = (known[each] for each, other in self.after.items() if other.plain == name.plain)
        return [*self.called.get(name.plain, ()), *parts]

    def has_namesakes(self, entity: Entity) -> bool:
        """Return whether another device is called like this one."""
        return any(len(self.called[label(name)]) > 1 for name in (entity.name, *entity.aliases))

    def names_in(self, text: str) -> list[str]:
        """Return the names of scenes, scripts and the like that a sentence holds."""
        padded = f" {' '.join(words(text))} "
        named = (
            name
            for name, found in self.called.items()
            if any(entity.domain in _NAMED_ALONE for entity in found)
        )
        return [name for name in named if f" {' '.join(words(name))} " in padded]

    @cached_property
    def words_for(self) -> Mapping[str, frozenset[str]]:
        """Every word that may be said for a device, by its id: names, area and kind."""
        return {entity.entity_id: self._words_for(entity) for entity in self.home.entities}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name of the house."""
        texts = [*self.called, *(name.plain for name in self.names.values())]
        return frozenset(word for text in texts for word in split_words(text))

    def area_of(self, entity: Entity) -> Name | None:
        """Return the name of the area that a device is in."""
        return self.names.get(entity.area_id or "")

    def areas_with(self, sort: str) -> list[str]:
        """Return the ids of areas that have a device of a sort, in a fixed order."""
        return sorted({entity.area_id for entity in self.of(sort) if entity.area_id})

    def kind_words(self, sort: str) -> frozenset[str]:
        """Return every word for a sort of device."""
        return self.language.kind_words[sort]

    @cached_property
    def places(self) -> frozenset[str]:
        """What the areas and floors of the house are called, folded."""
        names = [area.name for area in self.home.areas] + [f.name for f in self.home.floors]
        aliases = [alias for area in self.home.areas for alias in area.aliases]
        return frozenset(map(label, names + aliases))

    @cached_property
    def _words_of_places(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset(split_words(place)) for place in self.places)

    def is_vague(self, part: frozenset[str]) -> bool:
        """Return whether words could as well be a kind, a number, or a kind in a place."""
        telling = {word for word in part - self.language.all_kind_words if not word.isdigit()}
        return not telling or any(telling <= place for place in self._words_of_places)

    def kind(self, sort: str, number: str, rng: random.Random | None = None) -> Name:
        """Return a word for a sort of device: any of them, or the one that replies use.

        Args:
            sort: the sort.
            number: ``one`` or ``many``.
            rng: if given, any word is chosen.

        """
        names, weights = self._names_of_kind(sort, number)
        return names[0] if rng is None else rng.choices(names, cum_weights=weights)[0]

    @lru_cache(maxsize=256)  # noqa: B019 - see above
    def _names_of_kind(self, sort: str, number: str) -> tuple[list[Name], tuple[float, ...]]:
        """Return the words for a sort of device, and their weights, each added to those before."""
        words = self.language.kinds[sort][number]
        return [_as_name(word) for word in words], tuple(accumulate(w.weight for w in words))

    def is_plural(self, name: Name) -> bool:
        """Return whether a name takes a plural verb."""
        if name.gender:
            return name.gender in self.language.grammar.plural
        own = name.plain.split()
        thing = own[0] if self.language.grammar.is_head_first else own[-1]
        return thing in self.language.plural_words

    def other_number(self, name: str) -> str | None:
        """Return a name in the plural, or in the singular if it is plural, if that is known."""
        if self.language.grammar.genders:
            return None  # What goes with a word would have to change as well.
        *before, last = name.split()
        other = self.language.other_numbers.get(last)
        return " ".join([*before, other]) if other is not None else None

    def _words_for(self, entity: Entity) -> frozenset[str]:
        texts = [label(entity.name), *map(label, entity.aliases)]
        area = self.area_of(entity)
        if area is not None:
            texts.append(area.plain)
        said = frozenset(word for text in texts for word in split_words(text))
        return said | self.kind_words(sort_of(entity))


def _as_name(word: Word) -> Name:
    forms = {key: template.source for key, template in word.forms.items()}
    return Name(text=word.text.source, forms={"": word.text.source} | forms)
