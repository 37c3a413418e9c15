"""Checks for single values of a house file; each returns the value, or says what it should be."""

from collections.abc import Callable, Mapping
import datetime as dt
import importlib
import math
import re

from homeassistant.util.color import COLORS
import voluptuous as vol


class CheckError(Exception):
    """A value is wrong; the message says what it should be."""


type Check = Callable[[object], object]
"""Takes what the file says, returns what it means; raises CheckError with what it should be."""

_WHEN = re.compile(r"(today|tomorrow|\d{4}-\d{2}-\d{2})(?: (\d{2}):(\d{2}))?")
_DURATION = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")


def text(value: object) -> str:
    """Accept words, and numbers as words."""
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or not str(value).strip()
    ):
        raise CheckError("words")
    return str(value)


def texts(value: object) -> tuple[str, ...]:
    """Accept a list of different words."""
    if not isinstance(value, list):
        raise CheckError("a list of words")
    words = tuple(text(item) for item in value)
    if len(set(words)) != len(words):
        raise CheckError("a list of words, each only once")
    return words


def number(value: object) -> float:
    """Accept a number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise CheckError("a number")


def numeric(value: object) -> float:
    """Accept a number, also as words."""
    try:
        return number(float(value) if isinstance(value, str) else value)
    except ValueError:
        raise CheckError("a number") from None


def percent(value: object) -> int:
    """Accept a whole number from 0 to 100."""
    if not isinstance(value, bool) and isinstance(value, int) and 0 <= value <= 100:  # noqa: PLR2004
        return value
    raise CheckError("a whole number from 0 to 100")


def flag(value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise CheckError("true or false")
    return value


def one_of(*values: str) -> Check:
    """Return a check that accepts only these words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in values:
            raise CheckError(f"one of: {', '.join(values)}")
        return value

    return check


def color(value: object) -> str:
    """Accept the name of a CSS colour."""
    if not isinstance(value, str) or value not in COLORS:
        raise CheckError("the name of a CSS colour, as 'red' or 'lightblue'")
    return value


def device_class(domain: str) -> Check:
    """Return a check that accepts Home Assistant's device classes of a domain."""

    def check(value: object) -> str:
        # Imported when it is needed: some of these modules take long, and few houses need them all.
        module = importlib.import_module(f"homeassistant.components.{domain}")
        classes = getattr(module, domain.title().replace("_", "") + "DeviceClass")
        return text(one_of(*sorted(classes))(value))

    return check


def some_of(*values: str) -> Check:
    """Return a check that accepts a list of some of these words."""
    one = one_of(*values)

    def check(value: object) -> tuple[str, ...]:
        words = texts(value)
        for word in words:
            one(word)
        return words

    return check


def duration(value: object) -> str:
    """Accept hours, minutes and seconds, as ``0:10:00``."""
    if not isinstance(value, str) or _DURATION.fullmatch(value) is None:
        raise CheckError("a time as 0:10:00")
    return value


def when(value: object) -> str:
    """Accept a day, or a day and a time: ``2026-11-21 18:00``, ``today``, ``tomorrow 07:30``."""
    match = _WHEN.fullmatch(value) if isinstance(value, str) else None
    if match is None or not _exists(*match.groups()):
        raise CheckError("a day and time as 'today 18:00' or '2026-11-21 18:00'")
    return match[0]


def _exists(day: str, hour: str | None, minute: str | None) -> bool:
    try:
        if day not in ("today", "tomorrow"):
            dt.date.fromisoformat(day)
        dt.time(int(hour or 0), int(minute or 0))
    except ValueError:
        return False
    return True


def items(value: object) -> tuple[dict[str, object], ...]:
    """Accept to-do items: words, or ``{summary: …, done: true, due: …}``."""
    if not isinstance(value, list):
        raise CheckError("a list of items")
    return tuple(_item(entry) for entry in value)


def _item(entry: object) -> dict[str, object]:
    if not isinstance(entry, dict):
        return {"summary": text(entry)}
    return _record(entry, {"summary": text, "done": flag, "due": when}, needs=("summary",))


def events(value: object) -> tuple[dict[str, object], ...]:
    """Accept events: ``{summary: …, start: …, end: …, location: …}``."""
    fields: dict[str, Check] = {"summary": text, "start": when, "end": when, "location": text}
    if not isinstance(value, list):
        raise CheckError("a list of events")
    return tuple(_record(entry, fields, needs=("summary", "start", "end")) for entry in value)


def forecast(value: object) -> tuple[dict[str, object], ...]:
    """Accept the weather of the next days, beginning with today."""
    fields: dict[str, Check] = {
        "condition": text,
        "temperature": number,
        "templow": number,
        "precipitation_probability": percent,
    }
    if not isinstance(value, list):
        raise CheckError("a list of days")
    return tuple(_record(entry, fields, needs=("condition", "temperature")) for entry in value)


def states(value: object) -> dict[str, dict[str, object]]:
    """Accept states by entity id: a word, or a mapping with ``state`` and attributes."""
    if not isinstance(value, dict):
        raise CheckError("states by entity id")
    return {
        key: {**state, "state": text(state.get("state"))}
        if isinstance(state, dict)
        else {"state": text(state)}
        for key, state in value.items()
    }


def actions(value: object) -> list[object]:
    """Accept a list of actions as Home Assistant's scripts have them."""
    # Imported when it is needed, because it takes long and few houses have scripts.
    validation = importlib.import_module("homeassistant.helpers.config_validation")
    plain = _plain(value)
    try:
        validation.SCRIPT_SCHEMA(plain)
    except vol.Invalid as err:
        raise CheckError(f"actions as Home Assistant's scripts have them ({err})") from err
    return plain if isinstance(plain, list) else [plain]


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _record(
    entry: object, fields: Mapping[str, Check], needs: tuple[str, ...]
) -> dict[str, object]:
    if not isinstance(entry, dict) or not set(needs) <= entry.keys() <= fields.keys():
        raise CheckError(f"a mapping with {', '.join(fields)}; needed: {', '.join(needs)}")
    return {key: _named(key, fields[key], value) for key, value in entry.items()}


def _named(key: str, check: Check, value: object) -> object:
    try:
        return check(value)
    except CheckError as err:
        raise CheckError(f"a mapping whose {key} is {err}") from None
