"""What the home says of what it did, and of what it cannot do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from home_llm_core.actions import ACTIONS, features_needed, supports
from home_llm_core.calls import Call
from home_llm_core.errors import CallError
from home_llm_core.home import Entity, Value
from home_llm_core.kinds import DOMAINS, KINDS, kind_of, members

from .banks import ANY
from .domains import facts
from .schema import load
from .templates import Spoken
from .values import said as said_number
from .voice import MOST_NAMED, Voice, kind_of_all

_DURATION, _PARTS = "duration", ("hours", "minutes", "seconds")
_ARGUMENT_OF: Mapping[str, str] = {
    # The arguments that slots of patterns hold, beyond those of ``domains.yaml``.
    **{name: name for name in (_DURATION, "name", "item", "option", "source", "fan_mode", "mode")},
    "items": "item",
    "preset": "preset_mode",
}
_PLAIN = ("percent", "degrees", "number", "degree_steps")
_OPTIONS = ("option", "source", "preset_mode", "fan_mode", "mode")
_TIMER = "timer"


@dataclass(frozen=True, kw_only=True)
class Done:
    """A call that was made.

    Args:
        action: the action.
        entity_ids: the devices.
        arguments: in people's units.
        area: the id of the area that was named for all its devices of the domain, if one was.
        floor: the id of such a floor.
        everywhere: whether all devices of the house were meant.

    """

    action: str
    entity_ids: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    area: str | None = None
    floor: str | None = None
    everywhere: bool = False

    @property
    def domain(self) -> str:
        """The domain of the action."""
        return self.action.partition(".")[0]

    @property
    def verb(self) -> str:
        """The action without its domain."""
        return self.action.partition(".")[2]


@dataclass(frozen=True, kw_only=True)
class _Report:
    """A reply of the banks, and of what it tells.

    Args:
        key: of the reply.
        slots: the arguments that are said, with the sign of each.
        fixed: the arguments that the words say themselves.

    """

    key: str
    slots: Mapping[str, int]
    fixed: Mapping[str, Value]

    def fit(self, arguments: Mapping[str, Value]) -> int:
        """Return how well it tells of arguments: 0 if not at all."""
        if {*self.slots, *self.fixed} != arguments.keys():
            return 0
        score = 2
        for name, value in arguments.items():
            if name in self.slots:
                score += 2 if _sign(value) in (0, self.slots[name]) else -_NEVER
            elif self.fixed[name] == value:
                score += 3
            else:
                score += 1 if _sign(value) == _sign(self.fixed[name]) != 0 else -_NEVER
        return max(score, 0)


_NEVER = 100


def _sign(value: Value) -> int:
    if isinstance(value, (bool, str, tuple)):
        return 0
    return 1 if value > 0 else -1 if value < 0 else 0


@lru_cache(maxsize=8)
def _reports(code: str) -> Mapping[tuple[str, str], tuple[_Report, ...]]:
    """Return the replies of a language by the domain and the verb of the action."""
    found: dict[tuple[str, str], dict[tuple[Any, ...], _Report]] = {}
    language = load(code)
    for group in language.groups:
        if not group.action or not group.reply:
            continue
        for pattern in group.patterns:
            slots = dict(_slots(pattern.template.slot_names))
            key = (group.reply, *sorted(slots), *map(str, group.arguments.items()))
            report = _Report(key=group.reply, slots=slots, fixed=group.arguments)
            found.setdefault((group.domain, group.verb), {})[key] = report
    return {key: tuple(reports.values()) for key, reports in found.items()}


def _slots(names: frozenset[str]) -> Iterator[tuple[str, int]]:
    for name in names:
        if name in facts().slots:
            yield facts().slots[name].argument, facts().slots[name].sign
        elif name in _ARGUMENT_OF:
            yield _ARGUMENT_OF[name], 1


class Reports:
    """Tells what was done in a house."""

    def __init__(self, voice: Voice) -> None:
        """Tell it with a voice."""
        self._voice = voice

    def of(self, done: Sequence[Done]) -> str:
        """Return what is said of calls that were made."""
        voice = self._voice
        keys = {self._key(each) for each in done}
        key = keys.pop() if len(keys) == 1 else None
        if key is None or any(_but_item(e) != _but_item(done[0]) for e in done):
            return voice.sentence("several")
        slots, many = self._subject(done)
        slots |= self._said(done[0])
        items = [str(each.arguments["item"]) for each in done if "item" in each.arguments]
        if items:
            slots["item"] = voice.listed(list(dict.fromkeys(items)))
        return voice.sentence(key, slots, many=many)

    def _key(self, done: Done) -> str | None:
        """Return the key of the reply that tells of a call."""
        reports = _reports(self._voice.bank.code)
        arguments = _together(done.arguments)
        for domain in (done.domain, _spoken_domain(done.domain), ANY):
            known = reports.get((domain, done.verb), ())
            fits = [(report.fit(arguments), -n, report.key) for n, report in enumerate(known)]
            best = max(fits, default=(0, 0, ""))
            if best[0]:
                return best[2]
            # Of the words for a timer without a name, none tell its length.
            if known and done.domain == _TIMER:
                return self._plainest(known)
        return None

    def _plainest(self, known: Sequence[_Report]) -> str:
        return min(known, key=lambda report: (len(report.slots), report.key)).key

    def _said(self, done: Done) -> dict[str, str | Spoken]:
        """Return what is said for the arguments of a call."""
        voice, bank = self._voice, self._voice.bank
        slots: dict[str, str | Spoken] = {}
        for slot, spec in facts().slots.items():
            value = done.arguments.get(spec.argument)
            if value is None:
                continue
            if spec.unit in _PLAIN:
                slots[slot] = f"{float(str(value)):.10g}"
            elif any(phrase.value == value for phrase in bank.values.get(slot, ())):
                slots[slot] = voice.value(slot, value)
            elif spec.unit:
                slots[slot] = said_number(round(float(str(value))), spec.unit, bank, voice.rng)
        parts = {unit: done.arguments[unit] for unit in _PARTS if unit in done.arguments}
        if parts:
            slots[_DURATION] = voice.duration(parts)
        option = next((done.arguments[name] for name in _OPTIONS if name in done.arguments), None)
        return slots | ({"option": str(option)} if option is not None else {})

    def _subject(self, done: Sequence[Done]) -> tuple[dict[str, str | Spoken], bool]:
        """Return what it was done to as slots, and whether that is plural."""
        if done[0].domain == _TIMER:
            return {"subject": self._timer(done[0])}, False
        known = self._voice.house.home.entity_by_id
        ids = dict.fromkeys(each for call in done for each in call.entity_ids)
        subject, many = self.subject([known[each] for each in ids])
        return {"subject": subject}, many

    def _timer(self, done: Done) -> str:
        """Return what a timer is called."""
        name = done.arguments.get("name")
        if name is not None:
            return self._voice.say("the_timer_named", {"name": str(name)})
        parts = {unit: done.arguments[unit] for unit in _PARTS if unit in done.arguments}
        if parts and done.verb not in ("start", "add_time", "take_time"):
            return self._voice.say("the_timer_for", {_DURATION: self._voice.duration(parts)})
        return self._voice.say("the_timer")

    def subject(self, entities: Sequence[Entity]) -> tuple[str, bool]:
        """Return what devices are called, and whether that is plural."""
        whole = self._whole(entities, kind_of_all(entities)) if len(entities) > 1 else None
        if whole is not None:
            return whole, True
        return self._named(entities)

    def _named(self, entities: Sequence[Entity]) -> tuple[str, bool]:
        """Return the names of devices, or how many they are, and whether that is plural."""
        voice, kind = self._voice, kind_of_all(entities)
        if len(entities) <= MOST_NAMED:
            return voice.names(entities)
        count = voice.count(len(entities))
        if kind not in KINDS:
            return voice.say("subject_things", {"count": count}), True
        return voice.say("subject_count", voice.kinds(kind, entities) | {"count": count}), True

    def _whole(self, entities: Sequence[Entity], kind: str) -> str | None:
        """Return what all devices of a kind in a place are called; none if some are left out."""
        voice, home = self._voice, self._voice.house.home
        if len({entity.domain for entity in entities}) > 1 or kind not in KINDS:
            return None
        domain, ids = entities[0].domain, {entity.entity_id for entity in entities}

        def are_all(there: Sequence[Entity]) -> bool:
            found = {e.entity_id for e in members(kind, there, (domain,)) if e.available}
            return found == ids

        slots = voice.kinds(kind, entities)
        if are_all(home.entities):
            return voice.say("subject_house", slots, many=True)
        areas = {entity.area_id for entity in entities}
        area = next((a for a in home.areas if areas == {a.area_id}), None)
        if area is not None and are_all([e for e in home.entities if e.area_id == area.area_id]):
            slots["area"] = voice.house.names[area.area_id]
            return voice.say("subject_area", slots, many=True)
        return None

    def refusal(self, error: CallError, call: Call) -> str:
        """Return why a call was not made."""
        voice, action = self._voice, ACTIONS[call.action]
        found = self._meant(call)
        if error.reason == "empty_target" or not found:
            kind = call.kind or kind_of(action.domain, None)
            return voice.sentence("absent_kind_here", voice.kinds(kind))
        lost = [entity for entity in found if not entity.available]
        unavailable = error.reason == "unavailable"
        subject, many = self._named((lost or found) if unavailable else found)
        if unavailable:
            return voice.sentence("unavailable", {"subject": subject}, many=many)
        if error.reason == "unknown_option":
            return voice.sentence("no_option", {"subject": subject, "option": error.name})
        wanted = features_needed(action, call.arguments)
        lacking = [f for f in wanted if not all(supports(entity, f) for entity in found)]
        key = f"cannot_{(lacking or wanted or ('',))[0]}"
        return voice.sentence(
            key if voice.knows(key) else "cannot", {"subject": subject}, many=many
        )

    def _meant(self, call: Call) -> list[Entity]:
        """Return the devices that a call names, one by one or by their place."""
        house = self._voice.house
        home, names, domain = house.home, house.printed, ACTIONS[call.action].domain
        if call.area is not None:
            return list(home.in_area(names.areas[call.area], domain))
        if call.floor is not None:
            return list(home.on_floor(names.floors[call.floor], domain))
        named = [home.entity_by_id[names.devices[d]] for d in call.devices if d in names.devices]
        return named or list(home.of_domain(domain))


def _together(arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Return arguments with hours, minutes and seconds as one."""
    plain = {name: value for name, value in arguments.items() if name not in _PARTS}
    return plain if len(plain) == len(arguments) else plain | {_DURATION: ""}


def _spoken_domain(domain: str) -> str:
    """Return the domain that a domain is spoken of as: a helper's number is a number."""
    return kind_of(domain, None) if domain in DOMAINS else domain


def _but_item(done: Done) -> dict[str, Value]:
    return {name: value for name, value in done.arguments.items() if name != "item"}
