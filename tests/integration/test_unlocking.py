"""Before a door is unlocked, people are asked whether they mean it, if they want that."""

from collections.abc import Awaitable, Callable

from homeassistant.components.conversation import ConversationResult
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import memory
from tests.integration.conftest import Answer, Say, speech_of
from tests.integration.doors import Door, async_add_doors

ASKED = "Do you really want me to unlock the Front Door?"
UNLOCK = "> unlock lock A\n"

Talk = Callable[[str], Awaitable[ConversationResult]]


@pytest.fixture
async def door(hass: HomeAssistant, core: None) -> Door:
    """Return the front door; there is a shed, too."""
    return await async_add_doors(hass)


@pytest.fixture
async def careful(hass: HomeAssistant, door: Door, agent: MockConfigEntry) -> MockConfigEntry:
    """Let the agent ask before it unlocks anything."""
    (subentry,) = agent.subentries.values()
    hass.config_entries.async_update_subentry(agent, subentry, data={"confirm_unlock": True})
    await hass.async_block_till_done()
    return agent


@pytest.fixture
def talk(careful: MockConfigEntry, say: Say) -> Talk:
    """Return a function that says things in one conversation."""
    conversation_id: str | None = None

    async def talk(text: str) -> ConversationResult:
        nonlocal conversation_id
        result = await say(text, conversation_id=conversation_id)
        conversation_id = result.conversation_id
        return result

    return talk


async def test_unless_asked_for_nobody_is_asked(
    door: Door, agent: MockConfigEntry, answer: Answer, say: Say
) -> None:
    answer(UNLOCK)
    assert speech_of(await say("unlock the front door")) == "Unlocked the Front Door."
    assert not door.is_locked


@pytest.mark.parametrize("yes", ["yes", "Yes, please!", "sure, do it"])
async def test_yes(door: Door, answer: Answer, talk: Talk, yes: str) -> None:
    answer(UNLOCK)
    result = await talk("unlock the front door")
    assert speech_of(result) == ASKED
    assert result.continue_conversation
    assert door.is_locked
    answer("> say yes\n")
    result = await talk(yes)
    assert speech_of(result) == "Unlocked the Front Door."
    assert not result.continue_conversation
    assert not door.is_locked
    # "It" is the door that was unlocked.
    answer("> lock it\n")
    await talk("lock it again")
    assert door.is_locked


async def test_no(door: Door, answer: Answer, talk: Talk) -> None:
    answer(UNLOCK)
    await talk("unlock the front door")
    answer("> say no\n")
    assert speech_of(await talk("no")) == "Okay, I will leave it."
    answer("> say yes\n")
    await talk("yes")
    assert door.is_locked


@pytest.mark.parametrize("other", ["yes but the shed", "turn on the worktop", "hm"])
async def test_anything_else(door: Door, answer: Answer, talk: Talk, other: str) -> None:
    answer(UNLOCK)
    await talk("unlock the front door")
    answer("> say what\n")
    await talk(other)
    answer("> say yes\n")
    await talk("yes")
    assert door.is_locked


async def test_yes_after_a_while(
    door: Door, answer: Answer, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(UNLOCK)
    await talk("unlock the front door")
    monkeypatch.setattr(memory, "FORGOTTEN_AFTER", 0.0)
    answer("> say yes\n")
    await talk("yes")
    assert door.is_locked


async def test_yes_in_another_conversation(
    door: Door, answer: Answer, talk: Talk, say: Say
) -> None:
    answer(UNLOCK)
    await talk("unlock the front door")
    answer("> say yes\n")
    await say("yes")
    assert door.is_locked


async def test_what_else_was_said_is_done(
    hass: HomeAssistant, door: Door, answer: Answer, talk: Talk
) -> None:
    answer("> on light A\n> unlock lock B\n")
    result = await talk("turn on the worktop and unlock the front door")
    assert speech_of(result) == f"Turned on Worktop. {ASKED}"
    assert result.continue_conversation
    state = hass.states.get("light.worktop")
    assert state is not None
    assert state.state == "on"
    assert door.is_locked


async def test_the_latch(door: Door, answer: Answer, talk: Talk) -> None:
    answer("> open lock A\n")
    result = await talk("open the front door")
    assert speech_of(result) == "Do you really want me to open the Front Door?"
    assert not door.is_open
    await talk("yes")
    assert door.is_open


async def test_locking_needs_no_question(door: Door, answer: Answer, talk: Talk) -> None:
    await door.async_unlock()
    answer("> lock lock A\n")
    assert speech_of(await talk("lock the front door")) == "Locked the Front Door."
    assert door.is_locked


async def test_a_door_that_cannot_be_reached_is_not_asked_about(
    door: Door, answer: Answer, talk: Talk
) -> None:
    door._attr_available = False
    door.async_write_ha_state()
    answer(UNLOCK)
    result = await talk("unlock the front door")
    assert speech_of(result) == "I cannot reach the Front Door at the moment."


async def test_a_sentence_that_fails_is_no_yes_either(
    door: Door, answer: Answer, talk: Talk
) -> None:
    """A question is closed by whatever comes after it, also by what nobody could read."""
    answer(UNLOCK)
    await talk("unlock the front door")
    await talk("no " * 5_000)
    answer("> say yes\n")
    await talk("yes")
    assert door.is_locked
