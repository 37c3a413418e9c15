"""Numbers, colours and tones of white, and how people say them."""

import random

from home_llm_core.home import Value

from .banks import Language
from .domains import facts


def value(slot: str, language: Language, rng: random.Random) -> tuple[Value, str]:
    """Return a value for a slot, and what is said for it."""
    spec = facts().slots[slot]
    if rng.random() < spec.phrased:
        phrase = rng.choice(language.values[slot])
        return phrase.value, rng.choice(phrase.say).source
    number = spec.number(rng)
    return spec.sign * number, said(number, spec.unit, language, rng)


def said(number: int, unit: str, language: Language, rng: random.Random) -> str:
    """Return a number with its unit, in digits or in words."""
    words = language.numbers[number] if number < len(language.numbers) else str(number)
    template = rng.choice(language.units[unit])
    return template.say(rng, {"number": str(number), "words": words})
