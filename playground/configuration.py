"""The part of a house that Home Assistant's own helpers make, as configuration of theirs."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_UNKNOWN
from homeassistant.util import slugify

from .house import Device, House

_FAR_AWAY = 60.0  # degrees: no place of work is near any home by accident


def configuration(house: House) -> dict[str, Any]:
    """Return the configuration of every helper in a house, by domain."""
    found: dict[str, Any] = {}
    for kind, describe in _HELPERS.items():
        if devices := list(house.of_kind(kind)):
            found[kind] = {_object_id(device): describe(device) for device in devices}
    if persons := list(house.of_kind("person")):
        found["zone"] = [_zone(name) for name in sorted(filter(None, map(_elsewhere, persons)))]
        found["person"] = [_person(device) for device in persons]
    return found


def phone_id(person: Device) -> str:
    """Return the id of the device tracker that says where a person is."""
    return f"device_tracker.{_object_id(person)}_phone"


def zone_ids(person: Device) -> list[str] | None:
    """Return the zones that a person is in; none if that is not known."""
    if person.state is None:
        return None
    if (place := _elsewhere(person)) is not None:
        return [f"zone.{slugify(place)}"]
    return ["zone.home"] if person.state == STATE_HOME else []


def _elsewhere(person: Device) -> str | None:
    known = (None, STATE_HOME, STATE_NOT_HOME, STATE_UNKNOWN)
    return None if person.state in known else person.state


def _object_id(device: Device) -> str:
    return device.entity_id.partition(".")[2]


def _zone(name: str) -> dict[str, Any]:
    return {"name": name, "latitude": _FAR_AWAY, "longitude": _FAR_AWAY}


def _person(device: Device) -> dict[str, Any]:
    trackers = [phone_id(device)]
    return {"id": _object_id(device), "name": device.name, "device_trackers": trackers}


def _name(device: Device) -> dict[str, Any]:
    return {"name": device.name}


def _boolean(device: Device) -> dict[str, Any]:
    return {"name": device.name, "initial": device.state == "on"}


def _number(device: Device) -> dict[str, Any]:
    config = {"name": device.name, **device.attributes}
    return config if device.state is None else {**config, "initial": float(device.state)}


def _select(device: Device) -> dict[str, Any]:
    options = list(device.attributes["options"])
    config = {"name": device.name, "options": options}
    return config if device.state is None else {**config, "initial": device.state}


def _text(device: Device) -> dict[str, Any]:
    return {"name": device.name, "initial": device.state or ""}


def _timer(device: Device) -> dict[str, Any]:
    return {"name": device.name, **device.attributes}


def _script(device: Device) -> dict[str, Any]:
    return {"alias": device.name, "sequence": list(device.attributes.get("sequence", ()))}


_HELPERS: Mapping[str, Callable[[Device], dict[str, Any]]] = {
    "input_boolean": _boolean,
    "input_button": _name,
    "input_number": _number,
    "input_select": _select,
    "input_text": _text,
    "script": _script,
    "timer": _timer,
}
