"""What people call devices by their kind, in the languages of the models that ship.

A name need not be said with them ("the bedside" is the bedside lamp), and they alone name nothing.
"""

from collections.abc import Mapping

KIND_WORDS: Mapping[str, frozenset[str]] = {
    "light": frozenset({"light", "lights", "lamp", "lamps", "bulb", "bulbs", "lighting"}),
    "fan": frozenset({"fan", "fans", "ventilator", "ventilators"}),
    "switch": frozenset(
        {"switch", "switches", "plug", "plugs", "outlet", "outlets", "socket", "sockets"}
    ),
}
"""By domain, folded."""

ALL_KIND_WORDS = frozenset[str]().union(*KIND_WORDS.values())
"""Of all domains."""

VAGUE_WORDS = ALL_KIND_WORDS | {
    *("room", "rooms", "floor", "floors", "house", "home"),
    *("the", "a", "an", "all", "every", "both", "my", "our", "your", "this", "that", "it", "i"),
    *("to", "in", "on", "off", "of", "at", "and", "by", "is", "up", "down", "not", "no"),
}
"""What any device, any place or any sentence may be said with: it is not enough of a name."""
