"""The sentences that are ours and not the model's, in the user's language."""

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import language as language_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

QUESTION_MARKS = ("?", "？")
"""How questions end."""

ENDS = (".", "!", "。", "！", *QUESTION_MARKS)
"""How sentences end."""

_COMMAS: Mapping[str, str] = {
    # What stands between the others where a word joins the last two.
    "and": "comma",
    "or": "comma",
    "clauses_and": "clauses_comma",
    "duration_and": "duration_comma",
}

SLAVIC = ("pl", "ru")
"""Languages that tell a few things (2 to 4, 22 to 24 ...) from many."""

_HALVE_DAYS = ("en", "ja", "zh-Hans")
"""Languages that count the hours of a day to twelve."""

_FOLDER = Path(__file__).parent / "translations"
_LANGUAGES: HassKey[list[str]] = HassKey(f"{DOMAIN}_languages")


class Sentences:
    """Sentences of one language, by key."""

    def __init__(
        self, messages: Mapping[str, str], degrees: str = "°C", language: str = "en"
    ) -> None:
        """Take the messages of a language, and the home's unit of temperature."""
        self._messages = messages
        self._language = language
        self.degrees = degrees

    @property
    def halves_days(self) -> bool:
        """Whether the hours of a day are counted to twelve."""
        return self._language in _HALVE_DAYS

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def say(self, key: str, **placeholders: str) -> str:
        """Return a sentence, or a part of one."""
        return self._messages[key].format(**placeholders)

    def known(self, *keys: str) -> str | None:
        """Return the first of some keys that there is a sentence for."""
        return next((key for key in keys if key in self._messages), None)

    def counted(self, key: str, count: int, **placeholders: str) -> str:
        """Return a sentence about so many things: its key ends with ``plural(count)``."""
        return self.say(f"{key}_{self.plural(count)}", count=self.count(count), **placeholders)

    def plural(self, number: int) -> str:
        """Return ``one``, ``few`` or ``many``, as the language counts (CLDR's plural rules)."""
        tens, ones = divmod(number % 100, 10)
        if self._language in SLAVIC and tens != 1 and ones in (2, 3, 4):
            return "few"
        is_one = number == 1 or (self._language == "ru" and tens != 1 and ones == 1)
        return "one" if is_one else "many"

    def count(self, number: int) -> str:
        """Return a small number in words."""
        key = f"number_{number}"
        return self.say(key) if key in self else str(number)

    def listed(self, parts: Sequence[str], joint: str = "and") -> str:
        """Return parts in a row, with a word between the last two.

        Args:
            parts: at least one.
            joint: the word: ``and`` and ``or`` of names, ``clauses_and``, ``duration_and``.

        """
        *most, last = parts
        return self.say(joint, first=self.joined(most, _COMMAS[joint]), last=last) if most else last

    def first_few(self, parts: Sequence[str], most: int, joint: str = "and") -> str:
        """Return parts in a row, and how many there are beyond the first few."""
        if len(parts) <= most:
            return self.listed(parts, joint)
        return self.listed([*parts[:most], self.counted("more", len(parts) - most)], joint)

    def joined(self, parts: Sequence[str], joint: str = "sentences") -> str:
        """Return parts in a row, with the same between all of them; nothing if there are none."""
        if not parts:
            return ""
        return reduce(lambda first, last: self.say(joint, first=first, last=last), parts)

    def sentence(self, clause: str) -> str:
        """Return a half-sentence as a sentence of its own."""
        text = clause[:1].upper() + clause[1:]
        return text if text.endswith(ENDS) else self.say("sentence", clause=text)

    def color(self, name: str) -> str:
        """Return what people call one of the colours of CSS."""
        key = self.known(f"color_{name}")
        return self.say(key) if key is not None else name


async def async_sentences(hass: HomeAssistant, language: str) -> Sentences:
    """Return the sentences of a language, or of the closest one that there is."""
    closest = language_util.matches(language, await _async_languages(hass)) or ["en"]
    strings = await async_get_translations(hass, closest[0], "exceptions", [DOMAIN])
    prefix, suffix = f"component.{DOMAIN}.exceptions.", ".message"
    messages = {
        key.removeprefix(prefix).removesuffix(suffix): text for key, text in strings.items()
    }
    return Sentences(messages, hass.config.units.temperature_unit, closest[0])


@singleton(_LANGUAGES, async_=True)
async def _async_languages(hass: HomeAssistant) -> list[str]:
    return await hass.async_add_executor_job(_languages)


def _languages() -> list[str]:
    return [path.stem for path in _FOLDER.glob("*.json")]
