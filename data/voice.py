"""How the home speaks of what is in it: names, kinds, states, readings, numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
import random

from home_llm_core.answers import asked_about
from home_llm_core.home import Entity, Value
from home_llm_core.kinds import EVERYTHING, IT, KINDS, kind_of
from home_llm_core.parser import Query
from home_llm_core.states import Test, passes

from .banks import Language
from .domains import domain_of, facts, kind_of_sort, sort_of
from .houses import House
from .templates import Spoken, tidy

Slots = Mapping[str, str | Spoken]

MOST_NAMED = 3
"""So many devices are named one by one; of more it is said how many there are."""

_DEGREES, _PERCENT, _SPEED = "°C", "%", "km/h"
_UNITS: Mapping[str, str] = {
    # Of readings that are no sensor's own.
    **dict.fromkeys(("temperature", "current_temperature"), _DEGREES),
    **dict.fromkeys(("brightness", "percentage", "speed", "position", "battery"), _PERCENT),
    **dict.fromkeys(("volume", "volume_level", "humidity", "current_humidity"), _PERCENT),
    **dict.fromkeys(("wind", "wind_speed"), _SPEED),
    "power": "W",
    "energy": "kWh",
    "pressure": "hPa",
}
_SWITCHED = ("on", "off")


class Voice:
    """Speaks of one house in its language."""

    def __init__(self, house: House, rng: random.Random) -> None:
        """Speak of what is in ``house``; chance chooses among ways to say the same."""
        self.house = house
        self.rng = rng

    @property
    def bank(self) -> Language:
        """The banks of the language."""
        return self.house.language

    def knows(self, key: str) -> bool:
        """Return whether the language has words for something."""
        return key in self.bank.replies

    def say(self, key: str, slots: Slots | None = None, *, many: bool = False, of: str = "") -> str:
        """Return words of a key as they stand within a sentence.

        Args:
            key: of the replies.
            slots: what is said in them.
            many: whether it is about several.
            of: the kind of device, for which there may be words of their own.

        """
        own = f"{key}_{of}"
        templates = self.bank.replies[own if of and self.knows(own) else key]
        said = self.rng.choice(templates["many" if many else "one"])
        return tidy(said.say(self.rng, slots or {}))

    def sentence(
        self, key: str, slots: Slots | None = None, *, many: bool = False, of: str = ""
    ) -> str:
        """Return a whole sentence of a key."""
        return capital(self.say(key, slots, many=many, of=of))

    def listed(self, names: Sequence[str], joint: str = "join") -> str:
        """Return a list: "a, b and c"; ``joint`` is the key of the last joint."""
        text = names[-1]
        for number, name in enumerate(reversed(names[:-1])):
            text = self.say(joint if number == 0 else "comma", {"a": name, "b": text}, many=True)
        return text

    def name(self, entity: Entity) -> str:
        """Return a device's name, with its room where another one is called the same."""
        name = self.house.names[entity.entity_id]
        area = self.house.area_of(entity)
        if area is None or len(self.house.called.get(name.plain, ())) == 1:
            return name.form("the")
        return f"{name.form('the')} {area.form('in')}"

    def names(self, entities: Sequence[Entity]) -> tuple[str, bool]:
        """Return the names of devices as a subject, and whether it is plural."""
        if len(entities) == 1:
            return self.name(entities[0]), self._is_plural(entities[0])
        return self.listed([self.name(entity) for entity in entities]), True

    def _is_plural(self, entity: Entity) -> bool:
        return self.house.is_plural(self.house.names[entity.entity_id])

    def kinds(self, kind: str, entities: Collection[Entity] = ()) -> dict[str, str | Spoken]:
        """Return words for a kind of device, in the singular and in the plural."""
        sorts = {sort_of(entity) for entity in entities}
        if kind == IT and len(sorts) > 1:
            sorts = {domain_of(sort) for sort in sorts}  # TVs and speakers are players.
        if kind == EVERYTHING or (kind == IT and len(sorts) != 1):
            return {"kind": self.say("everything_kinds"), "kinds": self._many("everything_kinds")}
        sort = sorts.pop() if len(sorts) == 1 else self._sort(kind)
        return {"kind": self.house.kind(sort, "one"), "kinds": self.house.kind(sort, "many")}

    def _many(self, key: str) -> str:
        return self.say(key, many=True)

    def _sort(self, kind: str) -> str:
        """Return a sort of device that is of a kind."""
        return next(sort for sort in self.bank.kinds if kind_of_sort(sort) == kind)

    def place(self, query: Query, entities: Collection[Entity]) -> str | None:
        """Return where these are all that can tell what is asked; none if they nowhere are.

        The whole house needs no words.
        """
        home, ids = self.house.home, {entity.entity_id for entity in entities}
        if query.kind not in KINDS and query.kind != EVERYTHING:
            return None
        word = query.test.word if query.test is not None else ""

        def are_all(there: Collection[Entity]) -> bool:
            return {e.entity_id for e in asked_about(query.kind, there, word)} == ids

        if are_all(home.entities):
            return ""
        areas = {entity.area_id for entity in entities}
        for area in home.areas:
            if areas == {area.area_id} and are_all(self._in({area.area_id})):
                return self.house.names[area.area_id].form("in")
        for floor in home.floors:
            there = {area.area_id for area in home.areas if area.floor_id == floor.floor_id}
            if areas <= there and are_all(self._in(there)):
                return self.house.names[floor.floor_id].form("in")
        return None

    def _in(self, areas: Collection[str]) -> tuple[Entity, ...]:
        return tuple(e for e in self.house.home.entities if e.area_id in areas)

    def state(self, entity: Entity, state: str | None = None) -> str:
        """Return what a device's state is called; ``state`` is one that it could have."""
        raw = entity.state if state is None else state
        for key in (sort_of(entity), entity.domain):
            if raw in self.bank.states.get(key, {}):
                return self.bank.states[key][raw]
        return raw.replace("_", " ")

    def asked(self, word: str, entities: Sequence[Entity]) -> str:
        """Return what it is called to be what is asked for by a word."""
        classes = {sort_of(entity) for entity in entities}
        if len(classes) == 1 and entities[0].domain == "binary_sensor":
            for raw in _SWITCHED:
                if passes(replace(entities[0], state=raw), Test(word=word)):
                    return self.state(entities[0], raw)
        return self.say(f"asked_{word}")

    def reading(self, number: float, unit: str) -> str:
        """Return a number with its unit."""
        text = f"{number:.10g}"
        if not unit:
            return text
        key = f"in {unit}"
        return self.say(key, {"number": text}) if self.knows(key) else f"{text} {unit}"

    def color(self, name: str) -> str:
        """Return what a colour is called."""
        return self.value("color", name)

    def value(self, slot: str, value: Value) -> str:
        """Return the first of the words that the language has for a value."""
        phrases = self.bank.values[slot]
        return next((p.say[0].source for p in phrases if p.value == value), str(value))

    def unit(self, entity: Entity, of: str = "") -> str:
        """Return Home Assistant's unit of a reading of a device."""
        if entity.domain == "sensor" and not of:
            number = facts().domains["sensor"].numbers.get(entity.device_class or "")
            return number.unit if number is not None else ""
        return _UNITS.get(of, "")

    def count(self, number: int) -> str:
        """Return a number in words, if there are words for it."""
        numbers, counted = self.bank.numbers, self.bank.counted
        return counted.get(number, numbers[number] if number < len(numbers) else str(number))

    def duration(self, parts: Mapping[str, Value]) -> str:
        """Return hours, minutes and seconds as people say them."""
        said = []
        for unit in ("hours", "minutes", "seconds"):
            if unit in parts:
                number = int(str(parts[unit]))
                template = self.bank.units[unit.removesuffix("s") if number == 1 else unit][0]
                words = self.count(number)
                said.append(template.say(self.rng, {"number": str(number), "words": words}))
        return self.listed(said)


def kind_of_all(entities: Sequence[Entity]) -> str:
    """Return the kind that devices have in common, or none."""
    kinds = {kind_of(entity.domain, entity.device_class) for entity in entities}
    return kinds.pop() if len(kinds) == 1 else IT


def capital(text: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return text[:1].upper() + text[1:]
