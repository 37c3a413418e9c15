"""Words that stand in for the names of the people of a home."""

from collections.abc import Callable, Iterator, Mapping
import re
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.util import slugify

from .house_kinds import STATES

_PERSON = "Person"
_SHORTEST_PART = 2
_WITHOUT_SPACES = re.compile(r"[\u2e80-\ud7ff]")
_NEVER_NAMES = (
    *("kind", "features", "device_class", "state_class", "unit_of_measurement"),
    *("hvac_modes", "hvac_action", "condition", "due", "start", "end"),
)
"""What is left as it is, whatever people are called."""


class Distinct:
    """Changes names, and numbers those that became the same."""

    def __init__(self, change: Callable[[str], str], glue: str = " ") -> None:
        """Start without any.

        Args:
            change: returns the new name for an old one.
            glue: what stands before a number.

        """
        self._change = change
        self._glue = glue
        self._changed: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Return the new name; for the same old one always the same."""
        if name not in self._changed:
            base = new = self._change(name)
            number = 1
            while new.casefold() in map(str.casefold, self._changed.values()):
                number += 1
                new = f"{base}{self._glue}{number}"
            self._changed[name] = new
        return self._changed[name]


class Pseudonyms:
    """Puts "Person 1" in the place of each name of the first person, and so on.

    Names are found as whole words, also with an s at their end; in writing that has no spaces,
    anywhere.
    """

    def __init__(self, people: Mapping[str, tuple[str, ...]]) -> None:
        """Take all names of people, by the ids of their entities."""
        self._people = {entity_id: f"{_PERSON} {n}" for n, entity_id in enumerate(people, 1)}
        names = {
            name.casefold(): self._people[entity_id]
            for entity_id, those in people.items()
            for name in _with_parts(those)
        }
        ids = {slugify(name): slugify(stands_in) for name, stands_in in names.items()}
        self._in_text = _replacer(names, r"\w")
        self._in_id = _replacer(ids, "[a-z0-9]")

    @classmethod
    def of(cls, hass: HomeAssistant) -> Self:
        """Return those for everyone whom Home Assistant knows, exposed or not."""
        registry = er.async_get(hass)
        states = sorted(hass.states.async_all("person"), key=lambda state: state.entity_id)
        aliases = (
            intent.async_get_entity_aliases(hass, registry.async_get(state.entity_id), state=state)
            for state in states
        )
        people = zip(states, aliases, strict=True)
        return cls({state.entity_id: (state.name, *others) for state, others in people})

    def in_house(self, house: Mapping[str, Any]) -> dict[str, Any]:
        """Return a house in which nobody is named; what was distinct still is."""
        floors, areas = Distinct(self._in_text), Distinct(self._in_text)
        ids = Distinct(self._id, "_")
        return {
            **house,
            "floors": [self._texts(each, name=floors) for each in house["floors"]],
            "areas": [self._texts(each, name=areas, floor=floors) for each in house["areas"]],
            "devices": [
                self._texts(self._described(each), area=areas, entity_id=ids)
                for each in house["devices"]
            ],
        }

    def _described(self, device: Mapping[str, Any]) -> dict[str, Any]:
        """Return a device without what no change of words would hide: other names of a person."""
        is_person = device["kind"] == "person"
        told = {key: value for key, value in device.items() if key != "aliases" or not is_person}
        if is_person:
            told["name"] = self._people.get(device["entity_id"], _PERSON)
        return told

    def _id(self, entity_id: str) -> str:
        domain, _, name = entity_id.partition(".")
        person = self._people.get(entity_id)
        return f"{domain}.{self._in_id(name) if person is None else slugify(person)}"

    def _texts(self, told: Mapping[str, Any], **changes: Callable[[str], str]) -> dict[str, Any]:
        """Return a mapping with the names in all its texts changed, in some keys by others."""
        fixed = ("state",) if told.get("kind") in STATES else ()
        return {
            key: changes[key](value)
            if key in changes
            else value
            if key in (*_NEVER_NAMES, *fixed)
            else self._value(value)
            for key, value in told.items()
        }

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - whatever a house file holds
        if isinstance(value, str):
            return self._in_text(value)
        if isinstance(value, Mapping):
            return self._texts(value)
        # Two words may have become one.
        return _once(map(self._value, value)) if isinstance(value, list) else value


def _once(values: Iterator[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept


def _with_parts(names: tuple[str, ...]) -> Iterator[str]:
    """Yield names and what they consist of: first names and surnames, not "van" and "de"."""
    for name in filter(None, names):
        yield name
        has_capitals = any(part[0].isupper() for part in name.split())
        for part in name.split():
            if len(part) >= _SHORTEST_PART and not (has_capitals and part[0].islower()):
                yield part


def _replacer(told: Mapping[str, str], letter: str) -> Callable[[str], str]:
    """Return a function that replaces names in a text.

    Args:
        told: what stands in for each name.
        letter: a pattern of what words consist of.

    """
    names = sorted(filter(None, told), key=len, reverse=True)
    patterns = (
        re.escape(name)
        if _WITHOUT_SPACES.search(name)
        else rf"(?<!{letter}){re.escape(name)}(?=s?(?!{letter}))"
        for name in names
    )
    pattern = re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: told[found[0].casefold()], text)
