"""Numbers, colours, tones of white and durations, and how people say them."""

from collections.abc import Mapping
import random

from home_llm_core.home import Value

from .banks import Language, Pattern
from .domains import facts

_PHRASED = 0.25
_ROUND = 0.6
_HALVES = 0.1
_MOST_HALVED = 12
_ROUND_MINUTES = (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 45, 60, 90)
NUMBER = "number"
"""The form of a value that is said in digits, without its unit."""

_SPANS = {"hours": (1, 12), "minutes": (1, 60), "seconds": (5, 60)}
_PARTS = (
    *(("minutes",),) * 7,
    *(("hours",), ("hours",), ("seconds",), ("hours", "minutes"), ("minutes", "seconds")),
)

HALF = "half_"
"""What the unit of a number and a half begins with."""

HALVED: Mapping[str, str] = {"hours": "minutes", "minutes": "seconds"}
"""Units of which a half is said, and the unit that it is thirty of."""

HALF_OF_IT = 30
"""Of the smaller unit."""


def value(
    slot: str, language: Language, rng: random.Random, pattern: Pattern | None = None
) -> tuple[Value, str]:
    """Return a value for a slot, and what is said for it, if need be in words of the pattern."""
    spec = facts().slots[slot]
    if pattern is not None and slot in pattern.values:
        phrase = rng.choice(pattern.values[slot])
        return phrase.value, rng.choice(phrase.say).source
    if pattern is not None and pattern.template.form_of(slot) == NUMBER:
        number = spec.number(rng)
        return spec.sign * number, str(number)
    if rng.random() < spec.phrased:
        phrase = rng.choice(language.values[slot])
        return phrase.value, rng.choice(phrase.say).source
    number = spec.number(rng)
    half = f"{HALF}{spec.unit}"
    if half in language.units and number < spec.span[1] and rng.random() < _HALVES:
        return spec.sign * (number + 0.5), said(number, half, language, rng)
    return spec.sign * number, said(number, spec.unit, language, rng)


def said(
    number: int, unit: str, language: Language, rng: random.Random, *, first: bool = True
) -> str:
    """Return a number with its unit, in digits or in words.

    Args:
        number: the number.
        unit: the key of its unit.
        language: the banks.
        rng: where chance comes from.
        first: whether an article may stand before it.

    """
    articles = language.articles
    article = articles.get(str(number), articles.get("other", "")) if first else ""
    words = language.numbers[number] if number < len(language.numbers) else str(number)
    template = rng.choice(language.units[language.unit_of(unit, number)])
    slots = {"number": str(number), "words": words, "article": article}
    return template.say(rng, {**slots, "counted": language.counted.get(number, words)})


def duration(
    language: Language, rng: random.Random, form: str = ""
) -> tuple[dict[str, Value], str]:
    """Return hours, minutes and seconds, and what is said for them in a form."""
    if rng.random() < _PHRASED:
        phrase = rng.choice(language.durations)
        return dict(phrase.parts), rng.choice(phrase.say[form]).source
    unit = rng.choice(tuple(HALVED))
    half = f"{HALF}{unit}" + (f"_{form}" if form else "")
    if half in language.units and rng.random() < _HALVES:
        number = rng.randint(1, _MOST_HALVED)
        return {unit: number, HALVED[unit]: HALF_OF_IT}, said(number, half, language, rng)
    parts: dict[str, Value] = {}
    text = ""
    for unit in rng.choice(_PARTS):
        number = rng.randint(*_SPANS[unit])
        if unit == "minutes" and rng.random() < _ROUND:
            number = rng.choice(_ROUND_MINUTES)
        parts[unit] = number
        key = (unit.removesuffix("s") if number == 1 else unit) + (f"_{form}" if form else "")
        part = said(number, key, language, rng, first=not text)
        if text:
            joints = language.replies.get("span", language.replies["join"])
            part = rng.choice(joints["many"]).say(rng, {"a": text, "b": part})
        text = part
    return parts, text
