"""Clauses that say how things are: "the desk lamp is on", "it is 21 degrees in the kitchen"."""

from collections.abc import Mapping, Sequence

from home_llm_core.answers import measured
from home_llm_core.home import Entity
from home_llm_core.kinds import EVERYTHING, IT, MEASURED, kind_of
from home_llm_core.parser import Query
from home_llm_core.states import Test, passes, reading, shown

from .templates import Spoken
from .voice import MOST_NAMED, Voice, kind_of_all

_WORDS_OF = ("color", "title", "artist", "source", "mode")
_SETTINGS = ("number", "input_number", "select", "input_select")
_OUTSIDE: Mapping[str, tuple[str, str]] = {
    # What the weather tells, by what is asked for: the words, and the attribute.
    "temperature": ("fact_outside", "temperature"),
    "current_temperature": ("fact_outside", "temperature"),
    "humidity": ("fact_outside_humidity", "humidity"),
    "wind": ("fact_outside_wind", "wind_speed"),
}
_SENSORS = ("sensor", "binary_sensor")
_MUTED = "muted"
_AT_REST = ("off", "closed", "standby")
_EVEN_AT_REST = ("battery", "energy", "current_temperature", "humidity")
"""Readings that a device has whether it is on or off."""
_TIMED = ("scene", "button", "input_button")


class Facts:
    """States facts about a house, in the light of a question."""

    def __init__(self, voice: Voice, query: Query) -> None:
        """State what answers ``query``."""
        self._voice = voice
        self._query = query
        known = voice.house.home.entity_by_id
        self.entities = [known[each] for each in query.entity_ids if each in known]

    @property
    def kind(self) -> str:
        """The kind of what the question is about."""
        if self._query.kind in (*MEASURED, EVERYTHING):
            return self._query.kind
        common = kind_of_all(self.entities)
        # "It" is of the kind that it is of.
        return common if self._query.kind == IT else self._query.kind

    def kinds(self) -> dict[str, str | Spoken]:
        """Return words for the kind of what the question is about."""
        sensors = [e for e in self.entities if e.domain in _SENSORS]
        is_reading = self.kind in MEASURED
        return self._voice.kinds(self.kind, sensors if is_reading else self.entities)

    def is_known(self, entity: Entity) -> bool:
        """Return whether a device tells how it is."""
        if not entity.available or entity.state == "unknown":
            return False
        return entity.domain not in _TIMED

    def of_one(self, entity: Entity) -> str | None:
        """Return the fact about one device that answers the question; none if it is not known."""
        if not self.is_known(entity):
            return None
        if entity.domain == "weather":
            return self._weather(entity)
        if self._query.of:
            return self._reading_of(entity, self._query.of)
        if self._query.test is not None and self._query.test.word == _MUTED:
            return self._muted(entity, self._query.test)
        return self._measured(entity) if self.is_measured(entity) else self.state_of([entity])

    def number(self, entity: Entity) -> float | None:
        """Return the number that is asked for of a device."""
        return measured(entity, self._query)

    def _muted(self, entity: Entity, test: Test) -> str:
        name, many = self._voice.names([entity])
        slots = {"subject": name, "state": self._voice.asked(_MUTED, [entity])}
        return self._voice.say(
            "fact_state" if passes(entity, test) else "fact_not", slots, many=many
        )

    def of_each(self, entities: Sequence[Entity]) -> str | None:
        """Return the facts about a few devices; none if one of them is not known."""
        if self._query.of or any(map(self.is_measured, entities)):
            facts = [fact for fact in map(self.of_one, entities) if fact is not None]
            return self._voice.listed(facts) if len(facts) == len(entities) else None
        if not all(map(self.is_known, entities)):
            return None
        alike: dict[str, list[Entity]] = {}
        for entity in entities:
            alike.setdefault(self._said_state(entity), []).append(entity)
        return self._voice.listed([self.state_of(those) for those in alike.values()])

    def _said_state(self, entity: Entity) -> str:
        return f"{entity.domain in _SETTINGS} {self._voice.state(entity)}"

    def is_measured(self, entity: Entity) -> bool:
        """Return whether it is a number that is asked for."""
        test = self._query.test
        if test is not None and not test.word:
            return True
        if entity.domain == "sensor":
            return reading(entity) is not None
        return self._query.kind in MEASURED and entity.domain not in _SENSORS

    def _measured(self, entity: Entity) -> str | None:
        voice, kind = self._voice, self._query.kind
        number = self.number(entity)
        if number is None:
            return None
        said = voice.reading(number, self.unit(entity))
        area = voice.house.area_of(entity)
        only = voice.place(self._query, [entity]) if area is not None and kind in MEASURED else None
        if only and area is not None:
            slots = self.kinds() | {"area": area, "reading": said}
            return voice.say("fact_here", slots, of=kind)
        name, many = voice.names([entity])
        return voice.say("fact_reading", {"subject": name, "reading": said}, many=many, of=kind)

    def unit(self, entity: Entity) -> str:
        """Return the unit of what is asked for."""
        if self._query.of or entity.domain == "sensor":
            return self._voice.unit(entity, self._query.of)
        if entity.domain in _SETTINGS:
            return ""
        main = {"light": "brightness", "fan": "speed", "media_player": "volume"}
        main |= {"cover": "position", "valve": "position", "climate": "temperature"}
        kind = self._query.kind
        return self._voice.unit(entity, kind if kind in MEASURED else main.get(entity.domain, ""))

    def _reading_of(self, entity: Entity, of: str) -> str | None:
        """Return a reading beyond the state; of most of them what is off is just off."""
        voice, value = self._voice, shown(entity, of)
        rests = entity.state in _AT_REST and of not in _EVEN_AT_REST
        if rests or (of in _WORDS_OF and value == entity.state):
            return self.state_of([entity])
        if value is None:
            return None
        name, many = voice.names([entity])
        slots = {"subject": name}
        if of == "color":
            slots["color"] = voice.color(str(value))
        elif of in _WORDS_OF:
            slots["value"] = str(value)
        else:
            unit = voice.unit(entity, "" if entity.domain == "sensor" else of)
            slots["reading"] = voice.reading(float(str(value)), unit)
        key = "fact_reading" if entity.domain == "sensor" else f"fact_of_{of}"
        return voice.say(key, slots, many=many, of=entity.domain)

    def state_of(self, entities: Sequence[Entity]) -> str:
        """Return the state that devices are in, all the same."""
        voice, first = self._voice, entities[0]
        name, many = voice.names(entities)
        if first.domain in _SETTINGS:
            return voice.say("fact_set", {"subject": name, "value": first.state}, many=many)
        if first.domain == "todo":
            return self._items(first)
        state = voice.state(first)
        if len(entities) == 1 and (more := self._with_reading(first)) is not None:
            key, said = more
            slots = {"subject": name, "state": state, "reading": said}
            return voice.say(key, slots, many=many)
        kind = kind_of(first.domain, first.device_class)
        return voice.say("fact_state", {"subject": name, "state": state}, many=many, of=kind)

    def _items(self, entity: Entity) -> str:
        """Return how many things are on a list."""
        number = int(reading(entity) or 0)
        slots = {"subject": self._voice.name(entity), "count": self._voice.count(number)}
        return self._voice.say("fact_items" if number else "fact_empty", slots, many=number > 1)

    def _weather(self, entity: Entity) -> str:
        """Return what the weather is like, or what it is that is asked for."""
        voice, kind = self._voice, self._query.of or self._query.kind
        key, attribute = _OUTSIDE.get(kind, ("", ""))
        number = reading(entity, attribute or "temperature")
        if attribute and number is not None:
            return voice.say(key, {"reading": voice.reading(number, voice.unit(entity, attribute))})
        slots = {"state": voice.state(entity)}
        if number is None or self._query.test is not None:
            return voice.say("fact_weather", slots)
        slots["reading"] = voice.reading(number, voice.unit(entity, "temperature"))
        return voice.say("fact_weather_at", slots)

    def _with_reading(self, entity: Entity) -> tuple[str, str] | None:
        """Return the reading that is told along with a state, if it is the state that is asked."""
        if self._query.verb != "state":
            return None
        of = {"light": "brightness", "fan": "percentage", "cover": "position", "valve": "position"}
        of |= {"climate": "temperature"}
        attribute = of.get(entity.domain, "")
        number = reading(entity, attribute) if attribute else None
        if number is None or entity.state in ("off", "closed", "opening", "closing"):
            return None
        keys = {"cover": "fact_open_to", "valve": "fact_open_to", "climate": "fact_climate"}
        said = self._voice.reading(number, self._voice.unit(entity, attribute))
        return keys.get(entity.domain, "fact_on_at"), said

    def asked(self, test: Test) -> str:
        """Return what devices were asked to be: "on", "above 20 degrees"."""
        voice = self._voice
        if test.word:
            return voice.asked(test.word, self.entities)
        unit = self.unit(self.entities[0])
        low = voice.reading(test.above, unit) if test.above is not None else ""
        high = voice.reading(test.below, unit) if test.below is not None else ""
        if low and high:
            return voice.say("in_between", {"low": low, "high": high})
        return voice.say("more_than" if low else "less_than", {"reading": low or high})

    def named(self, entities: Sequence[Entity]) -> str | None:
        """Return the names of a few devices as a list; none if there are too many."""
        if len(entities) > MOST_NAMED:
            return None
        return self._voice.names(entities)[0]
