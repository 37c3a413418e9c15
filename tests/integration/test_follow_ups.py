"""What was said before is remembered: "undo that", "the other one", "make it blue", "the kitchen".

What the model writes is given here, line by line; everything else is real.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from homeassistant.components.conversation import ConversationResult
from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm.local_model import LocalModel
from tests.integration.conftest import Say, speech_of
from tests.integration.house import House

WORKTOP = ("turn on the worktop", "> on light A")
DESK_LAMP = ("set the desk lamp to 30 percent", "> on light A = brightness 30")
FLOOR_LAMP = ("turn on the floor lamp", "> on light A")
WHICH = ("turn on the light", "> on light")
UNDO = ("undo that", "> undo")
ASKS_BACK = "There are five. Which one do you mean"

Talk = Callable[..., Awaitable[ConversationResult]]


class Model:
    """What a model writes next, without a model."""

    def __init__(self) -> None:
        self.reply = ""

    async def generate(self, *_args: object) -> AsyncIterator[str]:
        """Write it in pieces."""
        for letter in self.reply:
            yield letter

    async def load(self) -> None:
        """Have nothing to load."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """Let the agent's model write what a test says."""
    model = Model()
    monkeypatch.setattr(LocalModel, "generate", lambda _self, *args: model.generate(*args))
    monkeypatch.setattr(LocalModel, "async_load", lambda _self: model.load())
    return model


@pytest.fixture
def talk(model: Model, house: House, agent: object, say: Say) -> Talk:
    """Return a function that says one thing after the other, and returns the last result."""
    conversation_id: str | None = None

    async def talk(*turns: tuple[str, str]) -> ConversationResult:
        nonlocal conversation_id
        for text, line in turns:
            model.reply = f"{line}\n"
            result = await say(text, conversation_id=conversation_id)
            conversation_id = result.conversation_id
        return result

    return talk


def _lit(hass: HomeAssistant) -> set[str]:
    return {state.entity_id for state in hass.states.async_all("light") if state.state == "on"}


async def test_undo(hass: HomeAssistant, talk: Talk) -> None:
    result = await talk(WORKTOP, UNDO)
    assert _lit(hass) == set()
    assert speech_of(result) == "Turned off Worktop."


async def test_undo_sets_back_what_was_set(hass: HomeAssistant, house: House, talk: Talk) -> None:
    await house.lamp("light.desk_lamp").async_turn_on(brightness=204)
    await talk(DESK_LAMP)
    assert hass.states.get("light.desk_lamp").attributes["brightness"] == round(0.3 * 255)
    await talk(UNDO)
    assert hass.states.get("light.desk_lamp").attributes["brightness"] == 204


async def test_it(hass: HomeAssistant, talk: Talk) -> None:
    result = await talk(FLOOR_LAMP, ("make it blue", "> on it = color blue"))
    assert hass.states.get("light.floor_lamp").attributes["rgb_color"] == (0, 0, 255)
    assert speech_of(result) == "Made the Floor Lamp blue."


async def test_it_after_a_question(hass: HomeAssistant, talk: Talk) -> None:
    result = await talk(FLOOR_LAMP, ("is it on", "> is it = on"))
    assert speech_of(result) == "Yes, the Floor Lamp is on."
    await talk(("is the worktop off", "> is light A = off"), ("turn it on", "> on it"))
    assert _lit(hass) == {"light.floor_lamp", "light.worktop"}


async def test_the_other_one(hass: HomeAssistant, talk: Talk) -> None:
    result = await talk(WORKTOP, ("the other one too", "> same other"))
    assert _lit(hass) == {"light.worktop", "light.kitchen_ceiling"}
    assert speech_of(result) == "Turned on Kitchen Ceiling."


async def test_and_another_room(hass: HomeAssistant, talk: Talk) -> None:
    await talk(WORKTOP, ("and the bedroom", "> same: A"))
    assert _lit(hass) == {"light.worktop", "light.bedside_lamp"}


async def test_again(hass: HomeAssistant, house: House, talk: Talk) -> None:
    await talk(WORKTOP)
    await house.lamp("light.worktop").async_turn_off()
    await talk(("again", "> again"))
    assert _lit(hass) == {"light.worktop"}


@pytest.mark.parametrize(
    ("said", "line", "lit"),
    [
        ("the worktop", "> same light A", "light.worktop"),
        ("the one in the bedroom", "> same: A", "light.bedside_lamp"),
        ("the desk one", "> same", "light.desk_lamp"),
    ],
)
async def test_answer_to_a_question(
    hass: HomeAssistant, talk: Talk, said: str, line: str, lit: str
) -> None:
    result = await talk(WHICH)
    assert speech_of(result).startswith(ASKS_BACK)
    assert result.continue_conversation
    result = await talk((said, line))
    assert _lit(hass) == {lit}
    assert not result.continue_conversation


async def test_unclear_answer_is_asked_again(hass: HomeAssistant, talk: Talk) -> None:
    result = await talk(WHICH, ("the purple one", "> same"))
    assert speech_of(result).startswith(ASKS_BACK)
    await talk(("the worktop", "> same light A"))
    assert _lit(hass) == {"light.worktop"}


async def test_small_talk_is_no_turn(hass: HomeAssistant, talk: Talk) -> None:
    await talk(WORKTOP, ("thanks", "> say thanks"), UNDO)
    assert _lit(hass) == set()


async def test_never_mind_ends_a_question(hass: HomeAssistant, talk: Talk) -> None:
    await talk(WHICH, ("never mind", "> say nothing"))
    result = await talk(("the worktop", "> same light A"))
    assert _lit(hass) == set()
    assert speech_of(result) == "What do you mean?"
    assert result.continue_conversation


async def test_what_failed_is_not_undone(hass: HomeAssistant, house: House, talk: Talk) -> None:
    house.set_available("light.worktop", available=False)
    await talk(FLOOR_LAMP, WORKTOP, UNDO)
    assert _lit(hass) == set()


async def test_another_conversation_knows_nothing(
    hass: HomeAssistant, talk: Talk, model: Model, say: Say
) -> None:
    await talk(WORKTOP)
    model.reply = "> undo\n"
    assert speech_of(await say("undo that")) == "What do you mean?"
    assert _lit(hass) == {"light.worktop"}


async def test_after_a_while_all_is_forgotten(
    hass: HomeAssistant, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(WORKTOP)
    monkeypatch.setattr("custom_components.home_llm.memory.FORGOTTEN_AFTER", 0.0)
    assert speech_of(await talk(UNDO)) == "What do you mean?"
    assert _lit(hass) == {"light.worktop"}
