"""There is a sentence for everything that can go wrong."""

import json
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm import issues, runtime, speech
from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.core.errors import CallError
from custom_components.home_llm.core.home import Area, Entity, Home
from custom_components.home_llm.core.parser import Query, Unclear
from custom_components.home_llm.engine.errors import KEYS
from custom_components.home_llm.speech import Sentences, async_sentences

_TRANSLATIONS = Path(speech.__file__).parent / "translations"
_ENGLISH = json.loads((_TRANSLATIONS / "en.json").read_text())
_DONE = Outcome(entity_ids=("light.worktop",))
_HOME = Home(
    areas=(Area(area_id="den", name="Den"), Area(area_id="hall", name="Hall")),
    entities=(
        Entity(entity_id="light.a", name="Lamp", area_id="den", state="on"),
        Entity(entity_id="light.b", name="Lamp", area_id="hall", state="off"),
        Entity(entity_id="light.c", name="Ceiling", area_id="hall", state="unavailable"),
        Entity(entity_id="fan.d", name="Fan", state="on", attributes={"percentage": 40}),
    ),
)


def _failed(*names: str, reason: str = "unavailable") -> Outcome:
    return Outcome(problems=tuple(Problem(reason=reason, name=name) for name in names))


@pytest.fixture
async def english(hass: HomeAssistant, core: None) -> Sentences:
    """Return the English sentences."""
    return await async_sentences(hass, "en")


@pytest.mark.parametrize(
    "reason",
    [*CallError.REASONS, *KEYS, "failed", "unconfirmed", "misunderstood", "format_unknown"],
)
async def test_every_reason_has_a_sentence(english: Sentences, reason: str) -> None:
    sentence = english.say(reason, name="the lamp")
    assert sentence.endswith((".", "?"))
    assert "{" not in sentence


@pytest.mark.parametrize("key", [*KEYS, runtime.INSTALL_FAILED])
def test_the_flow_can_show_every_error(key: str) -> None:
    if key != "engine_error":
        assert _ENGLISH["config"]["error"][key]


def test_every_issue_has_a_text_and_a_fix_flow() -> None:
    assert set(_ENGLISH["issues"]) == {*issues.UNTIL_LOADED, *issues.UNTIL_RESTARTED}
    for issue in _ENGLISH["issues"].values():
        assert set(issue) == {"title", "fix_flow"}
        assert set(issue["fix_flow"]["step"]) == {"confirm"}
        assert set(issue["fix_flow"]["progress"]) == {"check", "install"}
        assert set(issue["fix_flow"]["error"]) == {"not_fixed"}


@pytest.mark.parametrize("language", ["en", "en-GB", "en_US", "xx", "*"])
async def test_unknown_languages_get_a_sentence(
    hass: HomeAssistant, core: None, language: str
) -> None:
    assert (await async_sentences(hass, language)).say("done")


async def test_names_are_gathered(english: Sentences) -> None:
    outcomes = [_failed("Lamp", "Fan"), _failed("Lamp"), _failed("Plug", reason="unsupported")]
    assert english.reply(outcomes, None, understood=True) == (
        "I cannot reach Lamp, Fan at the moment. That is not possible with Plug."
    )


async def test_nothing_is_called_done_that_is_not(english: Sentences) -> None:
    assert english.reply([_DONE], None, understood=True) == "Done."
    assert english.reply([_DONE], None, understood=True, done=["A.", "B."]) == "A. B."
    assert english.reply([_DONE, _failed("Lamp")], None, understood=True).endswith(
        "The rest is done."
    )
    assert "done" not in english.reply([_failed("Lamp")], None, understood=True)
    assert english.reply([_DONE], "timeout", understood=True).endswith("Part of it is done.")


@pytest.mark.parametrize(
    ("entity_ids", "question"),
    [
        (("light.a", "light.c"), "Which one do you mean, Lamp or Ceiling?"),
        (
            ("light.a", "light.b", "light.c"),
            "Which one do you mean, Lamp in Den, Lamp in Hall or Ceiling?",
        ),
    ],
)
async def test_which_one(english: Sentences, entity_ids: tuple[str, ...], question: str) -> None:
    assert english.answer(Unclear(domain="light", entity_ids=entity_ids), _HOME) == question


@pytest.mark.parametrize(
    ("entity_ids", "answer"),
    [
        (("light.a", "light.b"), "On: Lamp in Den."),
        (("light.b",), "Lamp is off."),
        (("light.c",), "I cannot reach Ceiling at the moment."),
        (("fan.d",), "Fan is on, at 40 percent."),
        (("light.gone",), "I found nothing there that can do that."),
        ((), "I found nothing there that can do that."),
    ],
)
async def test_states(english: Sentences, entity_ids: tuple[str, ...], answer: str) -> None:
    assert english.answer(Query(domain="light", entity_ids=entity_ids), _HOME) == answer
