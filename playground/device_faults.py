"""What devices are like after a scenario, compared with what it expects of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from homeassistant.util.color import color_name_to_rgb, color_RGB_to_hs

from .readings import Look, Reading
from .scenarios import Expected, Fault

_TOLERANCES = {"brightness": 1, "color_temp_kelvin": 50}
_TOLERANCE = 0.05
_CLOSED, _OPEN = 0, 100
_CIRCLE = 360
_ANYTHING = object()


def device_faults(expect: Mapping[str, Expected], before: Look, after: Look) -> Iterator[Fault]:
    """Yield what moved and should not have, and what did not move and should have.

    Args:
        expect: how devices have to be, by entity id; all others have to be as before.
        before: how they were.
        after: how they are.

    """
    for entity_id, was in before.devices.items():
        expected = expect.get(entity_id, Expected())
        yield from _faults(entity_id, expected, was, after.devices[entity_id])


def _faults(entity_id: str, expected: Expected, was: Reading, now: Reading) -> Iterator[Fault]:
    before, after = _fields(was), _fields(now)
    for name, wanted in _wanted(entity_id.partition(".")[0], was, expected).items():
        if wanted is _ANYTHING or same(name, after[name], wanted):
            continue
        is_missed = same(name, after[name], before[name])
        said = expected.attributes.get(name, wanted)
        yield Fault(
            outcome="missed" if is_missed else "wrong",
            text=f"{entity_id}: {name} is {'still ' * is_missed}{after[name]}, not {said}",
        )


def _fields(reading: Reading) -> dict[str, Any]:
    return {"state": reading.state, **reading.attributes}


def _wanted(kind: str, was: Reading, expected: Expected) -> dict[str, Any]:
    """Return how a device has to be: as before, but for what is named and what follows from it."""
    named: dict[str, Any] = dict(expected.attributes)
    if expected.state is not None:
        named["state"] = expected.state
    if "color" in named:
        named["color"] = color_RGB_to_hs(*color_name_to_rgb(named["color"]))
    return {**_fields(was), **_implied(kind, was, named), **named}


def _implied(kind: str, was: Reading, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else changes when a device becomes what is named."""
    match kind:
        case "light":
            # A light shows a colour or a white.
            tones = {"color", "color_temp_kelvin"}
            return dict.fromkeys(tones, _ANYTHING) if tones & named.keys() else {}
        case "fan":
            off = named.get("state") == "off"
            return {"percentage": _ANYTHING, "preset_mode": _ANYTHING} if off else {}
        case "todo":
            # To most people it is the same whether an item is ticked off or taken off the list.
            return {"done": _ANYTHING} if "items" in named else {}
        case "cover" | "valve":
            return _moved(was, named)
    return {}


def _moved(was: Reading, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rest of how a cover is: fully open or closed unless a position is named."""
    if "position" in named:
        return {"state": "closed" if named["position"] == _CLOSED else "open"}
    if "state" not in named:
        return {}
    if was.attributes["position"] is None:
        return {"position": _ANYTHING}
    return {"position": _CLOSED if named["state"] == "closed" else _OPEN}


def same(name: str, value: Any, other: Any) -> bool:  # noqa: ANN401 - whatever attributes hold
    """Return whether two values of an attribute are the same to people."""
    if value is None or other is None:
        return value is other
    if name == "color":
        return _same_tone(value, other)
    if name in ("items", "done"):
        return sorted(map(str.casefold, value)) == sorted(map(str.casefold, other))
    try:
        difference = abs(float(value) - float(other))
    except TypeError, ValueError:
        return bool(value == other)
    return difference <= _TOLERANCES.get(name, _TOLERANCE)


def _same_tone(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether hues (0-360) and saturations (0-100) are almost the same."""
    hue, saturation = abs(one[0] - other[0]), abs(one[1] - other[1])
    # What is white has any hue.
    near = min(hue, _CIRCLE - hue) <= 2 or max(one[1], other[1]) <= 1  # noqa: PLR2004
    return near and saturation <= 2  # noqa: PLR2004
