"""The sentences that are ours and not the model's, in the user's language."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import language as language_util

from .const import DOMAIN
from .control import Outcome, Problem

_ENDS = (".", "!", "?", "。", "？")
_FOLDER = Path(__file__).parent / "translations"


class Sentences:
    """Sentences of one language, by key."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        """Take the messages of the translations."""
        self._messages = messages

    def say(self, key: str, **placeholders: str) -> str:
        """Return a sentence."""
        return self._messages[key].format(**placeholders)

    def reply(self, outcomes: Sequence[Outcome], error: str | None, *, understood: bool) -> str:
        """Return what is said where the model's own sentence is missing or would not be true.

        Args:
            outcomes: what came of each call.
            error: the key of what ended the model's reply before its time, if anything did.
            understood: whether every line of the model's reply made sense.

        """
        problems = [problem for outcome in outcomes for problem in outcome.problems]
        if error is not None:
            problems.append(Problem(reason=error))
        elif not understood:
            problems.append(Problem(reason="misunderstood"))
        if not problems:
            return self.say("done")
        sentences = self._problems(problems)
        if any(outcome.entity_ids for outcome in outcomes):
            # Nobody knows what else a reply that was cut short would have done.
            sentences.append(self.say("rest_done" if error is None else "part_done"))
        return " ".join(sentences)

    def _problems(self, problems: Sequence[Problem]) -> list[str]:
        """Return one sentence for each reason, with all the names that it is true of."""
        names: dict[tuple[str, str], dict[str, None]] = {}
        for problem in problems:
            names.setdefault((problem.reason, problem.detail), {})[problem.name] = None
        sentences = [
            self.say(f"{reason}_because" if detail else reason, name=", ".join(of), detail=detail)
            for (reason, detail), of in names.items()
        ]
        # What an integration says about its error seldom is a whole sentence.
        return [text if text.endswith(_ENDS) else f"{text}." for text in sentences]


async def async_sentences(hass: HomeAssistant, language: str) -> Sentences:
    """Return the sentences of a language, or of the closest one that there is."""
    known = await hass.async_add_executor_job(_languages)
    closest = language_util.matches(language, known) or ["en"]
    strings = await async_get_translations(hass, closest[0], "exceptions", [DOMAIN])
    prefix, suffix = f"component.{DOMAIN}.exceptions.", ".message"
    return Sentences(
        {key.removeprefix(prefix).removesuffix(suffix): text for key, text in strings.items()}
    )


def _languages() -> list[str]:
    return [path.stem for path in _FOLDER.glob("*.json")]
