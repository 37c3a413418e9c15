"""What holds in every language: what devices can do, how they stand, how values are drawn."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
import random

from home_llm_core.actions import ACTIONS
from home_llm_core.home import Entity, Value
from home_llm_core.kinds import DOMAINS, kind_of

from .sources import Source, read

PATH = Path(__file__).parent / "domains.yaml"
_ROUND = 0.65
_PRESENCE = 0.85
_HUNDRED = 100

NO_CLASS = "none"
"""What ``domains.yaml`` calls devices without a class."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An attribute that a device may show.

    Args:
        state: the state in which it shows it; by default all but off and unavailable.
        feature: what the device must be able to do, if anything.
        share: how often it shows it then.
        values: values that are common.
        span: the smallest and the largest of other values, if there are others.

    """

    state: str | None
    feature: str | None
    share: float
    values: tuple[Value, ...]
    span: tuple[int, int] | None = None

    def shows(self, state: str, features: Collection[str]) -> bool:
        """Return whether a device in a state may show it."""
        fits = state not in ("off", "unavailable") if self.state is None else state == self.state
        return fits and (self.feature is None or self.feature in features)

    def draw(self, rng: random.Random) -> Value:
        """Return a value."""
        if self.span is not None and rng.random() >= _ROUND:
            return rng.randint(*self.span)
        return rng.choice(self.values)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number that a state can be.

    Args:
        weight: how common it is among those of its domain.
        low: the smallest.
        high: the largest.
        step: between two.
        unit: Home Assistant's unit, if it has one.

    """

    weight: float
    low: float
    high: float
    step: float
    unit: str

    def draw(self, rng: random.Random) -> str:
        """Return a state."""
        steps = round((self.high - self.low) / self.step)
        return f"{self.low + self.step * rng.randint(0, steps):.10g}"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a device can be set to.

    Args:
        words: the list of names that they are drawn from.
        share: of devices that have any.
        least: the fewest.
        most: the most.

    """

    words: str
    share: float
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Devices of one domain.

    Args:
        weight: how common they are.
        presence: in which share of houses there are any.
        classes: classes of devices that people have different words for, with their weights.
        features: sets of features that a device may have.
        states: states with their weights, whatever the class.
        class_states: states with their weights, by class.
        missing: states that say nothing, with their share of a hundred.
        numbers: what a state that is a number can be, by class.
        options: what devices can be set to, by argument.
        readings: attributes by name.
        parts: sorts of sensor that may be called after such a device, with their weights.

    """

    weight: float
    presence: float
    classes: Mapping[str, float]
    features: tuple[frozenset[str], ...]
    states: Mapping[str, float]
    class_states: Mapping[str, Mapping[str, float]]
    missing: Mapping[str, float]
    numbers: Mapping[str, Number]
    options: Mapping[str, Options]
    readings: Mapping[str, Reading]
    parts: Mapping[str, float]

    def state(self, device_class: str | None, options: Collection[str], rng: random.Random) -> str:
        """Return a state of a device of a class that can be set to some options."""
        total = sum(self.missing.values())
        if rng.random() * _HUNDRED < total:
            return rng.choices(tuple(self.missing), tuple(self.missing.values()))[0]
        states = self.states or self.class_states.get(device_class or NO_CLASS, {})
        if states:
            return rng.choices(tuple(states), tuple(states.values()))[0]
        if options:
            return rng.choice(tuple(options))
        numbers = tuple(self.numbers.values())
        if device_class is not None and device_class in self.numbers:
            return self.numbers[device_class].draw(rng)
        return rng.choices(numbers, [number.weight for number in numbers])[0].draw(rng)


@dataclass(frozen=True, kw_only=True)
class ValueSlot:
    """What a pattern says for an argument.

    Args:
        argument: the argument's name.
        sign: 1, or -1 where the pattern says that it is less.
        phrased: the share of values that have words of their own.
        unit: the unit in which numbers are said, by the name that ``values.yaml`` gives it.
        round_values: numbers that people like.
        span: the smallest and the largest number, and the step between numbers.

    """

    argument: str
    sign: int = 1
    phrased: float = 0.0
    unit: str = ""
    round_values: tuple[int, ...] = ()
    span: tuple[int, int, int] = (1, 1, 1)

    def number(self, rng: random.Random) -> int:
        """Return a number."""
        if rng.random() < _ROUND:
            return rng.choice(self.round_values)
        low, high, step = self.span
        return rng.randrange(low, high + 1, step)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything in ``domains.yaml``."""

    domains: Mapping[str, Domain]
    slots: Mapping[str, ValueSlot]

    @cached_property
    def sorts(self) -> Mapping[str, float]:
        """What people tell apart, with weights: domains, and ``domain_class``."""
        return {
            sort: weight
            for name, domain in self.domains.items()
            for sort, weight in _sorts(name, domain)
        }


def _sorts(name: str, domain: Domain) -> Iterator[tuple[str, float]]:
    if not domain.classes:
        yield name, domain.weight
    total = sum(domain.classes.values())
    for key, share in domain.classes.items():
        sort = name if key == NO_CLASS else f"{name}_{key}"
        yield sort, domain.weight * share / total


@lru_cache(maxsize=512)
def domain_of(sort: str) -> str:
    """Return the domain of a sort of device."""
    return max((d for d in DOMAINS if sort == d or sort.startswith(f"{d}_")), key=len)


def class_of(sort: str) -> str | None:
    """Return the device class of a sort; none if it has none."""
    return sort.removeprefix(domain_of(sort)).removeprefix("_") or None


@lru_cache(maxsize=512)
def kind_of_sort(sort: str) -> str:
    """Return the kind that a model's lines call a sort by."""
    return kind_of(domain_of(sort), class_of(sort))


def actions_in(domains: Collection[str]) -> frozenset[str]:
    """Return the names of all actions of some domains, and of those that need no device."""
    return frozenset(
        name for name, action in ACTIONS.items() if action.domain in domains or not action.targets
    )


def sort_of(entity: Entity) -> str:
    """Return what people tell a device apart by: its domain, with its class if it has one."""
    return f"{entity.domain}_{entity.device_class}" if entity.device_class else entity.domain


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return what ``domains.yaml`` says."""
    return parse(read(PATH))


def parse(source: Source) -> Facts:
    """Check and return what a file of facts says.

    Raises:
        BankError: it breaks the schema.

    """
    fields = source.fields(("domains", "slots"), ("domains", "slots"))
    domains = fields["domains"].fields(DOMAINS)
    found = Facts(
        domains={name: _domain(domains[name]) for name in domains},
        slots={name: _slot(value) for name, value in fields["slots"].fields().items()},
    )
    for domain in domains.values():
        for sort, value in _optional(domain.fields(), "parts").items():
            if sort not in found.sorts:
                raise value.error(f"there is no sort of device {sort!r}")
    return found


def _domain(source: Source) -> Domain:
    needed = ("weight", "features", "states")
    optional = (
        "presence",
        "classes",
        "readings",
        "class_states",
        "missing",
        "numbers",
        "options",
        "parts",
    )
    fields = source.fields((*needed, *optional), needed)
    classes = fields["classes"].fields() if "classes" in fields else {}
    sets = (frozenset(i.text() for i in item.items()) for item in fields["features"].items())
    readings = fields["readings"].fields() if "readings" in fields else {}
    return Domain(
        weight=fields["weight"].number(),
        presence=fields["presence"].number() if "presence" in fields else _PRESENCE,
        classes={key: value.number() for key, value in classes.items()},
        features=tuple(sets),
        states=_weights(fields["states"]),
        class_states={
            key: _weights(value) for key, value in _optional(fields, "class_states").items()
        },
        missing=_weights(fields["missing"]) if "missing" in fields else {},
        numbers={key: _range(value) for key, value in _optional(fields, "numbers").items()},
        options={key: _options(value) for key, value in _optional(fields, "options").items()},
        readings={key: _reading(value) for key, value in readings.items()},
        parts={key: value.number() for key, value in _optional(fields, "parts").items()},
    )


def _optional(fields: Mapping[str, Source], name: str) -> Mapping[str, Source]:
    return fields[name].fields() if name in fields else {}


def _weights(source: Source) -> dict[str, float]:
    return {key: value.number() for key, value in source.fields().items()}


def _range(source: Source) -> Number:
    fields = source.fields(("weight", "low", "high", "step", "unit"), ("low", "high", "step"))
    numbers = {key: value.number() for key, value in fields.items() if key != "unit"}
    unit = fields["unit"].text() if "unit" in fields else ""
    return Number(**{"weight": 1.0, **numbers}, unit=unit)


def _options(source: Source) -> Options:
    fields = source.fields(("list", "share", "least", "most"), ("list", "share", "least", "most"))
    return Options(
        words=fields["list"].text(),
        share=fields["share"].number(),
        least=int(fields["least"].number()),
        most=int(fields["most"].number()),
    )


def _reading(source: Source) -> Reading:
    needed = ("share", "values")
    fields = source.fields((*needed, "state", "feature", "low", "high"), needed)
    span = None
    if "low" in fields and "high" in fields:
        span = int(fields["low"].number()), int(fields["high"].number())
    return Reading(
        state=fields["state"].text() if "state" in fields else None,
        feature=fields["feature"].text() if "feature" in fields else None,
        share=fields["share"].number(),
        values=tuple(item.value() for item in fields["values"].items()),
        span=span,
    )


def _slot(source: Source) -> ValueSlot:
    known = ("argument", "sign", "phrased", "unit", "round", "low", "high", "step")
    fields = source.fields(known, ("argument",))
    argument = fields["argument"].text()
    if not any(argument == a.name for action in ACTIONS.values() for a in action.arguments):
        raise fields["argument"].error(f"no action has an argument {argument!r}")

    def number(name: str, default: int) -> int:
        return int(fields[name].number()) if name in fields else default

    return ValueSlot(
        argument=argument,
        sign=number("sign", 1),
        phrased=fields["phrased"].number() if "phrased" in fields else 0.0,
        unit=fields["unit"].text() if "unit" in fields else "",
        round_values=tuple(int(item.number()) for item in fields["round"].items())
        if "round" in fields
        else (),
        span=(number("low", 1), number("high", 1), number("step", 1)),
    )
