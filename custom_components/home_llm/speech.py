"""The sentences that are ours and not the model's, in the user's language."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import language as language_util

from .const import DOMAIN
from .control import Outcome, Problem
from .core.calls import Call
from .core.home import Entity, Home
from .core.parser import Query, Say, Unclear

_ENDS = (".", "!", "?", "。", "？")
_FOLDER = Path(__file__).parent / "translations"
_MOST_NAMED = 4
_PERCENT = ("brightness", "percentage")


class Sentences:
    """Sentences of one language, by key."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        """Take the messages of the translations."""
        self._messages = messages

    def say(self, key: str, **placeholders: str) -> str:
        """Return a sentence."""
        return self._messages[key].format(**placeholders)

    def reply(
        self,
        outcomes: Sequence[Outcome],
        error: str | None,
        *,
        understood: bool,
        done: Sequence[str] = (),
    ) -> str:
        """Return what is said of the results of calls.

        Args:
            outcomes: what came of each call.
            error: the key of what ended the model's reply before its time, if anything did.
            understood: whether every line of the model's reply made sense.
            done: sentences about what was done.

        """
        problems = [problem for outcome in outcomes for problem in outcome.problems]
        if error is not None:
            problems.append(Problem(reason=error))
        elif not understood:
            problems.append(Problem(reason="misunderstood"))
        if not problems:
            return " ".join(done) or self.say("done")
        sentences = self._problems(problems)
        if any(outcome.entity_ids for outcome in outcomes):
            # Nobody knows what else a reply that was cut short would have done.
            sentences.append(self.say("rest_done" if error is None else "part_done"))
        return " ".join(sentences)

    def done(self, results: Sequence[tuple[Call, Outcome]], home: Home) -> list[str]:
        """Return a sentence for each kind of thing that was done, with all that it was done to.

        Args:
            results: calls and what came of them.
            home: where they were made.

        """
        touched: dict[tuple[str, str], dict[str, None]] = {}
        for call, outcome in results:
            for key in _did(call):
                touched.setdefault(key, {}).update(dict.fromkeys(outcome.entity_ids))
        # What was added to the home meanwhile has no name yet.
        known = {
            did: [home.entity_by_id[each] for each in entity_ids if each in home.entity_by_id]
            for did, entity_ids in touched.items()
        }
        return [self._did_to(*did, entities) for did, entities in known.items() if entities]

    def _did_to(self, key: str, value: str, entities: Sequence[Entity]) -> str:
        if f"did_{key}" not in self._messages:
            return self.say("done")
        sentence = self.say(f"did_{key}", what=self._names(entities), value=value)
        return sentence[:1].upper() + sentence[1:]

    def answer(self, answer: Unclear | Query | Say, home: Home) -> str:
        """Return what is said to words that nothing is to be done about, or not yet."""
        if isinstance(answer, Unclear):
            return self._which(answer, home)
        if isinstance(answer, Query):
            known = home.entity_by_id
            return self._states([known[each] for each in answer.entity_ids if each in known], home)
        return self.say(f"say_{answer.key}")

    def _which(self, unclear: Unclear, home: Home) -> str:
        entities = [home.entity_by_id[entity_id] for entity_id in unclear.entity_ids]
        names = [self._told_apart(entity, entities, home) for entity in entities]
        if len(entities) > _MOST_NAMED or len(set(names)) < len(names):
            return self.say("which_of_many", count=str(len(entities)))
        return self.say("which", names=self._listed(names, "or"))

    def _told_apart(self, entity: Entity, others: Collection[Entity], home: Home) -> str:
        area = home.area_by_id.get(entity.area_id or "")
        if area is None or sum(other.name == entity.name for other in others) == 1:
            return entity.name
        return self.say("in_area", name=entity.name, area=area.name)

    def _states(self, entities: Sequence[Entity], home: Home) -> str:
        there = [entity for entity in entities if entity.available]
        if not entities:
            return self.say("empty_target")
        if not there:
            return self.say("unavailable", name=self._names(entities))
        if len(there) == 1:
            return self._state(there[0])
        lit = [entity for entity in there if entity.state == "on"]
        count = str(len(there))
        if not lit:
            return self.say("state_none", count=count)
        if len(lit) == len(there):
            return self.say("state_all", count=count)
        names = [self._told_apart(entity, there, home) for entity in lit]
        listed = self._listed(names, "and") if len(names) <= _MOST_NAMED else str(len(names))
        return self.say("state_some", names=listed)

    def _state(self, entity: Entity) -> str:
        percent = [entity.attributes[key] for key in _PERCENT if key in entity.attributes]
        if entity.state == "on" and percent:
            return self.say("state_percent", name=entity.name, value=str(percent[0]))
        state = self._messages.get(f"state_is_{entity.state}", entity.state)
        return self.say("state_one", name=entity.name, state=state)

    def _names(self, entities: Sequence[Entity]) -> str:
        if len(entities) > _MOST_NAMED:
            return self.say("several", count=str(len(entities)))
        return self._listed(list(dict.fromkeys(entity.name for entity in entities)), "and")

    def _listed(self, names: Sequence[str], joint: str) -> str:
        *most, last = names
        return self.say(joint, first=", ".join(most), last=last) if most else last

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


def _did(call: Call) -> list[tuple[str, str]]:
    """Return the keys of what a call did, with the value of each."""
    verb = call.action.partition(".")[2]
    if verb in ("increase_speed", "decrease_speed") or not call.arguments:
        return [(verb, "")]
    did = []
    for name, value in call.arguments.items():
        if name == "brightness_step":
            did.append(("brighter" if float(str(value)) > 0 else "dimmer", ""))
        elif isinstance(value, bool):
            did.append((f"{name}_{str(value).lower()}", ""))
        else:
            did.append((name, str(value)))
    return did


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
