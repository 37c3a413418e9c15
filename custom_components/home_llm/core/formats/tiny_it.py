"""What is wished of "it": the sentence does not tell what that is, the turn before does.

"Make it fifty percent" is a brightness, a speed, a volume or a position. Who reads only the
sentence cannot know which, so a line says what was heard, and here it becomes what "it" can do.
"""

from collections.abc import Mapping

from ..home import Value

_MORE: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "light": ("on", {"by": 20}),
    "fan": ("faster", {}),
    "media_player": ("louder", {}),
    "climate": ("temperature", {"by": 2}),
    "cover": ("open", {}),
    "valve": ("open", {}),
}
_LESS: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "light": ("on", {"by": -20}),
    "fan": ("slower", {}),
    "media_player": ("quieter", {}),
    "climate": ("temperature", {"by": -2}),
    "cover": ("close", {}),
    "valve": ("close", {}),
}
_SET: Mapping[str, tuple[str, str]] = {
    "light": ("on", "brightness"),
    "fan": ("speed", "percent"),
    "cover": ("position", "position"),
    "valve": ("position", "position"),
    "climate": ("temperature", "temperature"),
    "humidifier": ("humidity", "humidity"),
    "media_player": ("volume", "percent"),
    "number": ("set", "value"),
    "input_number": ("set", "value"),
}
SAID_FOR_BOTH: Mapping[str, tuple[str, ...]] = {
    "on": ("open", "start", "press"),
    "off": ("close",),
    "open": ("on",),
    "close": ("off",),
    "start": ("on", "play"),
}
"""Other verbs for what "it" cannot do: Chinese has one word for on and open. It opens no lock."""

_STEPPED = ("light", "fan", "media_player", "climate")
_DEGREES_OF_STEP = {10: 1, 20: 2, 40: 4}
_PLAIN_STEP = 20
_UP = ("faster", "louder")
_DOWN = ("slower", "quieter")


def as_heard(verb: str, given: Mapping[str, Value]) -> tuple[str, Mapping[str, Value]]:
    """Return a wish in words that fit whatever "it" is, where there are such.

    Args:
        verb: of a line.
        given: its arguments by their short words.

    """
    if len(given) == 1:
        (name, value), *_ = given.items()
        if (verb, name) in _SET.values():
            return "set", {"value": value}
    step = given.get("by")
    if given and (len(given) > 1 or not isinstance(step, int)):
        return verb, given
    if verb in (*_UP, *_DOWN):
        return "up" if verb in _UP else "down", given
    if verb == "on" and isinstance(step, int):
        by = {"by": abs(step)} if abs(step) != _PLAIN_STEP else {}
        return "up" if step > 0 else "down", by
    return verb, given


def in_its_words(
    domain: str, verb: str, given: Mapping[str, Value]
) -> tuple[str, Mapping[str, Value]] | None:
    """Return verb and arguments with which a domain does what was heard; none if it cannot."""
    if verb not in ("up", "down", "set"):
        return verb, given
    if verb == "set":
        if domain not in _SET:
            return None
        own, name = _SET[domain]
        return own, {name: given.get("value", 0)}
    own, arguments = (_MORE if verb == "up" else _LESS).get(domain, ("", {}))
    step = given.get("by")
    if isinstance(step, int) and domain in _STEPPED:
        sign = -1 if verb == "down" and "by" in arguments else 1
        step = _DEGREES_OF_STEP.get(step, step) if domain == "climate" else step
        arguments = {"by": sign * step}
    return (own, arguments) if own else None
