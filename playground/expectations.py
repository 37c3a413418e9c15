"""What a scenario expects of the house, checked against what its devices can be."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import homeassistant.components

from . import checks
from .checks import Check, CheckError
from .consistency import contradiction
from .house import Device, House
from .kinds import KINDS
from .marked_yaml import load_marked_yaml
from .readings import READ
from .scenarios import Expected, ExpectedCall, ExpectedTimer
from .sections import Section

_TIMER_STATES = checks.one_of("idle", "active", "paused")
_MOVES = ("cover", "valve")


def read_expected(scenario: Section, house: House) -> dict[str, Expected]:
    """Return how devices have to be after a scenario.

    Raises:
        HouseFileError: a device is not there, or cannot be so.

    """
    section = scenario.section("expect")
    return {entity_id: _expected(section, entity_id, house) for entity_id in section.names}


def _expected(section: Section, entity_id: str, house: House) -> Expected:
    device = house.by_id.get(entity_id)
    if device is None:
        raise section.error(f"there is no {entity_id} in this house", entity_id)
    if device.kind not in READ:
        problem = f"nothing of a {device.kind} can be expected; what is called stands under calls"
        raise section.error(problem, entity_id)
    if not device.available or not device.exposed:
        raise section.error(f"no assistant can change {entity_id}", entity_id)
    if section.is_plain(entity_id):
        return _changed(section, device, section.get(entity_id, _state(device)), {})
    said = section.section(entity_id)
    said.only(("state", *READ[device.kind]))
    attributes = {name: _attribute(said, device, name) for name in said if name != "state"}
    return _changed(said, device, said.get("state", _state(device)), attributes)


def _state(device: Device) -> Check:
    """Return the check of what a device can become."""
    known = _TIMER_STATES if device.kind == "timer" else KINDS[device.kind].state

    def check(value: object) -> str:
        if known is None:
            raise CheckError(f"a mapping with {' or '.join(READ[device.kind])}")
        known(value)
        return checks.text(value)

    return check


def _attribute(section: Section, device: Device, name: str) -> Any:  # noqa: ANN401
    if device.kind == "todo":
        return section.get(name, _items)
    attribute = KINDS[device.kind].attributes[name]
    if attribute.features and not set(attribute.features) & set(device.features):
        raise section.error(f"{device.entity_id} has no {name}", name)
    return section.get(name, attribute.check)


def _items(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CheckError("a list of items")
    return tuple(map(checks.text, value))


def _changed(
    section: Section, device: Device, state: str | None, attributes: Mapping[str, Any]
) -> Expected:
    """Return what is expected, if it does not contradict itself or the device."""
    problem = contradiction(device.kind, state, {**device.attributes, **attributes})
    if problem is None and device.kind in _MOVES and state and "position" in attributes:
        open_ = attributes["position"] > 0
        if open_ != (state != "closed"):
            problem = f"at position {attributes['position']} it is {'open' if open_ else 'closed'}"
    if problem is not None:
        raise section.error(f"{device.entity_id} cannot be so: {problem}", device.entity_id)
    if state is None and not attributes:
        raise section.error(f"it is not said how {device.entity_id} has to be", device.entity_id)
    return Expected(state=state, attributes=attributes)


def read_calls(scenario: Section, house: House) -> tuple[ExpectedCall, ...]:
    """Return the actions that have to be called in a scenario.

    Raises:
        HouseFileError: an action or a device is not there.

    """
    return tuple(_call(section, house) for section in scenario.sections("calls"))


def _call(section: Section, house: House) -> ExpectedCall:
    section.only(("action", "target", "data"))
    for key in ("action", "target"):
        if key not in section:
            raise section.error(f"a call needs '{key}'")
    action, targets = section.get("action", checks.text), section.get("target", _targets)
    domain, _, name = action.partition(".")
    if name not in _actions(domain):
        raise section.error(f"there is no action '{action}'", "action")
    for target in targets:
        if target not in house.by_id:
            raise section.error(f"there is no {target} in this house", "target")
        if target.partition(".")[0] != domain:
            raise section.error(f"{action} is not for {target}", "target")
    data = section.section("data")
    return ExpectedCall(
        action=action, targets=targets, data={key: data.get(key, _anything) for key in data}
    )


def _targets(value: object) -> tuple[str, ...]:
    return checks.texts(value if isinstance(value, list) else [value])


def _anything(value: object) -> object:
    return value


@cache
def _actions(domain: str) -> frozenset[str]:
    """Return the actions of one of Home Assistant's domains."""
    file = Path(homeassistant.components.__path__[0]) / domain / "services.yaml"
    text = file.read_text(encoding="utf-8") if domain in KINDS and file.is_file() else ""
    return frozenset(load_marked_yaml(text) or ())


def read_timers(scenario: Section) -> tuple[ExpectedTimer, ...] | None:
    """Return the timers that have to be there after a scenario; none if it does not tell.

    Raises:
        HouseFileError: one of them makes no sense.

    """
    return tuple(_timers(scenario)) if "timers" in scenario else None


def _timers(scenario: Section) -> Iterator[ExpectedTimer]:
    for section in scenario.sections("timers"):
        section.only(("seconds", "name", "paused"))
        if "seconds" not in section:
            raise section.error("a timer needs 'seconds'")
        yield ExpectedTimer(
            seconds=section.get("seconds", _seconds),
            name=section.get("name", checks.text),
            paused=section.get("paused", checks.flag) or False,
        )


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise CheckError("a whole number of seconds")
    return value
