"""How devices are, in half-sentences: "the front door is unlocked"."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from homeassistant.util import dt as dt_util

from .core.answers import measured
from .core.home import Entity, Home
from .core.parser import Query
from .core.states import reading, shown
from .naming import MOST_NAMED, Naming
from .quantities import PERCENT, clock, day, quantity
from .speech import Sentences

_NUMBERS = ("sensor", "number", "input_number")
_CHOSEN = ("number", "input_number", "select", "input_select")
_BESIDE = ("climate", "humidifier", "weather", "vacuum", "lawn_mower")
_TIMES = ("timestamp", "date")
_LAST_USED = ("button", "input_button", "scene", "event")
"""Domains whose state is when it last was."""

_UNITS: Mapping[str, str] = {
    # Of what has no unit of its own beside it.
    **dict.fromkeys(("brightness", "percentage", "speed", "position"), PERCENT),
    **dict.fromkeys(("volume", "humidity", "battery"), PERCENT),
}
_DEGREES = ("temperature", "current_temperature")
_SHOWN_OR_NOT = (*_DEGREES, "humidity", "battery", "power", "energy")
_MEASURED = ("temperature", "humidity", "pressure", "wind", "battery")
_DETAILS = ("brightness", "percentage", "color")
_MEDIA = ("title", "artist")
_MUTED = "muted"
_COLOR = "color"


class Clauses:
    """Half-sentences about the devices of one home."""

    def __init__(self, sentences: Sentences, home: Home) -> None:
        """Take a language and a home."""
        self.sentences = sentences
        self._say = sentences.say
        self.naming = Naming(sentences, home)

    def of(self, entities: Iterable[Entity], query: Query, *, brief: bool = True) -> list[str]:
        """Return what devices are like; those that are alike share a clause.

        Args:
            entities: the devices.
            query: what is asked about them.
            brief: whether it is enough to say what was asked for.

        """
        clauses: list[str] = []
        alike: dict[str, list[Entity]] = {}
        for entity in entities:
            whole = self._whole(entity, query, brief=brief)
            if whole:
                clauses.append(whole)
            else:
                alike.setdefault(self.phrase(entity, query, brief=brief), []).append(entity)
        return [*(self.are(those, phrase) for phrase, those in alike.items()), *clauses]

    def missing(self, entity: Entity, query: Query) -> str:
        """Return the key of why a device cannot tell what is asked; empty if it can."""
        if not entity.available:
            return "unavailable"
        if query.of in _SHOWN_OR_NOT and shown(entity, query.of) is None:
            return "not_shown"
        return "state_not_known" if entity.state == "unknown" else ""

    def are(self, entities: Sequence[Entity], phrase: str) -> str:
        """Return that devices are as a phrase says."""
        key = "is_many" if self.naming.is_many(entities) else "is_one"
        return self._say(key, what=self.naming.named(entities), state=phrase)

    def listed(self, clauses: Sequence[str]) -> str:
        """Return clauses in a row, and how many there are beyond the first few."""
        return self.sentences.first_few(clauses, MOST_NAMED, "clauses_and")

    def phrase(self, entity: Entity, query: Query, *, brief: bool = True) -> str:
        """Return what a device is like, as it stands after "is"."""
        if not entity.available:
            return self._say("state_unavailable")
        if query.test is not None and query.test.word == _MUTED:
            return self._say(_MUTED if entity.attributes.get("is_volume_muted") else "not_muted")
        number = self.number(entity, query)
        if query.of:
            return self._reading(entity, query.of, number) or self.state(entity)
        if number is not None:
            key = "set_to" if entity.domain in _CHOSEN else "at"
            return self._say(key, value=self.quantity(number, entity, query))
        state = self.state(entity)
        return state if brief else self._detailed(entity, state)

    def number(self, entity: Entity, query: Query) -> float | None:
        """Return the number that a question about a device is answered with, if it is one."""
        beside = entity.domain in _BESIDE and query.kind in _MEASURED
        if query.of or beside or entity.domain in _NUMBERS:
            return measured(entity, query)
        return None

    def quantity(self, number: float, entity: Entity, query: Query) -> str:
        """Return a number with the unit in which a device shows what a question is about."""
        of = query.of or ("" if entity.domain in _NUMBERS else query.kind)
        return quantity(self.sentences, number, self._unit(entity, of))

    def _unit(self, entity: Entity, of: str) -> str:
        own = {"": "unit", "wind": "wind_speed_unit"}.get(of, f"{of}_unit")
        if own in entity.attributes:
            return str(entity.attributes[own])
        if entity.domain in _NUMBERS:
            return str(entity.attributes.get("unit", ""))
        return self.sentences.degrees if of in _DEGREES else _UNITS.get(of, "")

    def state(self, entity: Entity) -> str:
        """Return the words for a state, by domain and device class."""
        state, domain = entity.state, entity.domain
        if domain in _CHOSEN:
            return self._say("set_to", value=state)
        is_time = entity.device_class in _TIMES or domain in _LAST_USED
        if is_time and (then := dt_util.parse_datetime(state)):
            return self.moment(dt_util.as_local(then))
        plain = state.casefold().replace("-", "_")
        key = self.sentences.known(
            f"state_{domain}_{entity.device_class}_{plain}",
            f"state_{domain}_{plain}",
            f"state_{plain}",
        )
        if key is not None:
            return self._say(key)
        return self._say("at_place", place=state) if domain == "person" else state.replace("_", " ")

    def moment(self, then: datetime) -> str:
        """Return a day and a time of day."""
        when = day(self.sentences, then.date(), dt_util.now().date())
        return self._say("day_at", day=when, time=clock(self.sentences, then))

    def _detailed(self, entity: Entity, state: str) -> str:
        """Return a state with what else a device shows."""
        if entity.domain == "media_player" and entity.state in ("playing", "paused"):
            return self._playing(entity) or state
        if entity.domain == "climate":
            return self._climate(entity, state)
        shown_too = [state]
        for name in _DETAILS:
            value = entity.attributes.get(name)
            if value is not None:
                shown_too.append(self._value(entity, name, value))
        position = reading(entity, "position")
        if position is not None and 0 < position < 100:  # noqa: PLR2004 - percent
            shown_too.append(self._value(entity, "position", position))
        if entity.domain == "humidifier" and (target := reading(entity, "humidity")) is not None:
            shown_too.append(self._say("set_to", value=self._with_unit(entity, "humidity", target)))
        return self.sentences.joined(shown_too, "clauses_comma")

    def _value(self, entity: Entity, name: str, value: object) -> str:
        if isinstance(value, (int, float)):
            return self._say("detail", value=self._with_unit(entity, name, value))
        return self.sentences.color(str(value))

    def _with_unit(self, entity: Entity, name: str, number: float) -> str:
        return quantity(self.sentences, number, self._unit(entity, name))

    def _climate(self, entity: Entity, state: str) -> str:
        target, current = (reading(entity, name) for name in _DEGREES)
        if target is not None and entity.state != "off":
            value = self._with_unit(entity, "temperature", target)
            state = self._say("climate_target", state=state, value=value)
        if current is not None:
            value = self._with_unit(entity, "temperature", current)
            state = self._say("climate_current", state=state, value=value)
        return state

    def _playing(self, entity: Entity) -> str | None:
        title, artist = (str(shown(entity, name) or "") for name in _MEDIA)
        if title and artist:
            return self._say(f"{entity.state}_by", title=title, artist=artist)
        return (
            self._say(f"{entity.state}_title", title=title or artist) if title or artist else None
        )

    def _reading(self, entity: Entity, of: str, number: float | None) -> str | None:
        """Return one reading as it stands after "is"; none if a device does not show it."""
        if of in _MEDIA:
            return self._playing(entity) if entity.state in ("playing", "paused") else None
        if of == "mode" and entity.domain == "climate" and shown(entity, of) == entity.state:
            return None
        key = self.sentences.known(f"of_{entity.domain}_{of}", f"of_{of}") or "at"
        if number is not None:
            return self._say(key, value=self._with_unit(entity, of, number))
        value = shown(entity, of)
        if value is None:
            return None
        text = self.sentences.color(str(value)) if of == _COLOR else str(value)
        return self._say(key, value=text)

    def _whole(self, entity: Entity, query: Query, *, brief: bool) -> str | None:
        """Return a clause about what is not spoken of by its name."""
        if not entity.available:
            return None
        if entity.domain == "todo":
            return self._things(entity)
        if entity.domain != "weather":
            return None
        of = query.of or query.kind
        number = self.number(entity, query)
        if number is not None and f"weather_{of}" in self.sentences:
            return self._say(f"weather_{of}", value=self.quantity(number, entity, query))
        state, warm = self.state(entity), reading(entity, "temperature")
        if warm is None or brief:
            return self._say("weather", state=state)
        value = self._with_unit(entity, "temperature", warm)
        return self._say("weather_warm", state=state, value=value)

    def _things(self, entity: Entity) -> str | None:
        name = self.naming.one(entity)
        if not entity.state.isdecimal():
            return None
        if entity.state == "0":
            return self._say("things_none", what=name)
        return self.sentences.counted("things", int(entity.state), what=name)
