"""A house that is larger than a model's context: what matters goes in, and people are told."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, entity_registry as er, issue_registry as ir
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm import local_model
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.core.chat import Message, Segment
from custom_components.home_llm.issues import HOUSE_TOO_LARGE, HOUSE_TOO_LARGE_FOR_MODEL
from custom_components.home_llm.local_model import LocalModel
from custom_components.home_llm.view import View
from tests.engine.tiny_gguf import write_random_model
from tests.integration.conftest import Say
from tests.integration.test_local_chat import QWEN, ZEPHYR

LAMPS = 300
ROOMS = 10

SetUp = Callable[..., Any]
Prompts = list[str]


@pytest.fixture
def lamps(hass: HomeAssistant, core: None) -> list[str]:
    """Return the ids of many lamps, thirty to a room."""
    areas = [ar.async_get(hass).async_create(f"Room {number}").id for number in range(ROOMS)]
    ids = []
    for number in range(LAMPS):
        name = f"Lamp {number:03}"
        entry = er.async_get(hass).async_get_or_create(
            *("light", "test", name), suggested_object_id=f"lamp_{number:03}", original_name=name
        )
        er.async_get(hass).async_update_entity(entry.entity_id, area_id=areas[number % ROOMS])
        hass.states.async_set(entry.entity_id, "off", {"friendly_name": name})
        ids.append(entry.entity_id)
    return ids


@pytest.fixture
def set_up(
    hass: HomeAssistant, lamps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SetUp:
    """Return a function that sets up an agent with a random model that reads the home."""
    monkeypatch.setattr(local_model, "MAX_TOKENS", 8)

    async def set_up(
        template: str = ZEPHYR, name: str = "Home 3B v3", made_for: int = 65_536, **data: Any
    ) -> MockConfigEntry:
        path = write_random_model(
            tmp_path / "home.gguf",
            template=template,
            fields={"general.name": name, "llama.context_length": made_for},
        )
        agent = ConfigSubentryData(
            data=MappingProxyType({"max_tokens": 8}),
            subentry_type="conversation",
            title="Home LLM",
            unique_id=None,
        )
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Home LLM",
            data={"path": str(path), "context": 4096, **data},
            version=2,
            subentries_data=[agent],
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        return entry

    return set_up


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> Prompts:
    """Return a list of all system messages to which replies are written."""
    seen: Prompts = []
    generate, write = LocalModel.generate, LocalModel.write

    def generated(
        model: LocalModel, turns: Sequence[Message], view: View, *args: Any
    ) -> AsyncIterator[str]:
        seen.append(model.system(view))
        return generate(model, turns, view, *args)

    def written(
        model: LocalModel, prompt: tuple[Segment, ...], *args: Any, **more: Any
    ) -> AsyncIterator[str]:
        seen.append("".join(part.text for part in prompt))
        return write(model, prompt, *args, **more)

    monkeypatch.setattr(LocalModel, "generate", generated)
    monkeypatch.setattr(LocalModel, "write", written)
    return seen


def _issue(hass: HomeAssistant, key: str = HOUSE_TOO_LARGE) -> ir.IssueEntry | None:
    issues = ir.async_get(hass).issues.values()
    return next((each for each in issues if each.translation_key == key), None)


def _told() -> dict[str, Any]:
    """Return what stands in the trace of the last sentence."""
    events = async_get_traces()[-1].as_dict()["events"]
    told = [e["data"][DOMAIN] for e in events if DOMAIN in (e["data"] or {})][-1]
    return dict(told["turns"][-1] if "turns" in told else told)


def _answered(result: conversation.ConversationResult) -> bool:
    return result.response.error_code is not IntentResponseErrorCode.UNKNOWN


async def test_what_is_named_is_shown(
    hass: HomeAssistant, set_up: SetUp, say: Say, prompts: Prompts
) -> None:
    entry = await set_up()
    for name in ("Lamp 007", "Lamp 123", "Lamp 299"):
        assert _answered(await say(f"turn on {name}"))
        assert f"'{name}' = off" in prompts[-1]
    told, seen = _told(), entry.runtime_data.model.seen
    assert told["entities"] == {
        "shown": prompts[-1].count(" = off"),
        "exposed": LAMPS,
        "needed": seen.needed,
    }
    assert 50 < seen.shown < 200
    assert told["prompt_tokens"] <= 4096 - 8


async def test_a_room_that_is_named_is_shown(set_up: SetUp, say: Say, prompts: Prompts) -> None:
    await set_up()
    assert _answered(await say("turn on the lights in room 7"))
    assert all(f"'Lamp {number:03}'" in prompts[-1] for number in range(7, LAMPS, ROOMS))


async def test_what_was_read_stays(set_up: SetUp, say: Say, prompts: Prompts) -> None:
    """Most of the prompt is the same from one sentence to the next, so it is read only once."""
    await set_up()
    await say("turn on lamp 001")
    await say("turn on lamp 002")
    told = _told()
    assert prompts[-2] != prompts[-1]
    assert told["cached_tokens"] > 0.9 * told["prompt_tokens"]


async def test_a_long_conversation_loses_its_oldest_exchanges(
    hass: HomeAssistant, lamps: list[str], set_up: SetUp, say: Say
) -> None:
    await set_up(context=1024)
    for entity_id in lamps[3:]:
        async_expose_entity(hass, "conversation", entity_id, should_expose=False)
    talk, conversation_id, sizes = "and then there was that lamp again " * 12, None, []
    for _ in range(5):
        result = await say(talk, conversation_id=conversation_id)
        assert _answered(result)
        conversation_id = result.conversation_id
        sizes.append(_told()["prompt_tokens"])
    exchange = sizes[1] - sizes[0]
    assert exchange > 0
    # It was cut, and not down to the last sentence.
    assert sizes[0] + exchange <= sizes[-1] < sizes[0] + 4 * exchange
    assert sizes[-1] <= 1024 - 8


async def test_people_are_told_until_it_fits(
    hass: HomeAssistant, lamps: list[str], set_up: SetUp, say: Say, prompts: Prompts
) -> None:
    entry = await set_up()
    await say("turn on lamp 001")
    issue = _issue(hass)
    assert issue is not None
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert (placeholders["exposed"], placeholders["context"]) == (str(LAMPS), "4096")
    assert int(placeholders["shown"]) + int(placeholders["left_out"]) == LAMPS
    for entity_id in lamps[20:]:
        async_expose_entity(hass, "conversation", entity_id, should_expose=False)
    await say("turn on lamp 001")
    assert _issue(hass) is None
    assert entry.runtime_data.model.seen.left_out == 0
    assert prompts[-1].count(" = off") == 20


async def test_a_larger_context_repairs_it(
    hass: HomeAssistant, set_up: SetUp, say: Say, prompts: Prompts
) -> None:
    entry = await set_up()
    await say("turn on lamp 001")
    issue = _issue(hass)
    assert issue is not None
    flows = repairs_flow_manager(hass)
    assert flows is not None
    result = await flows.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert result["type"] is FlowResultType.FORM
    assert result["description_placeholders"] == issue.translation_placeholders
    assert result["data_schema"] is not None
    result = await flows.async_configure(result["flow_id"], result["data_schema"]({}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.data["context"] == int((issue.translation_placeholders or {})["needed"])
    await say("turn on lamp 001")
    assert _issue(hass) is None
    assert prompts[-1].count(" = off") == LAMPS


async def test_a_model_that_was_made_for_no_more_is_not_offered_more(
    hass: HomeAssistant, lamps: list[str], set_up: SetUp, say: Say
) -> None:
    await set_up(made_for=4096)
    await say("turn on lamp 001")
    issue = _issue(hass, HOUSE_TOO_LARGE_FOR_MODEL)
    assert issue is not None
    assert not issue.is_fixable
    assert _issue(hass) is None
    for entity_id in lamps[20:]:
        async_expose_entity(hass, "conversation", entity_id, should_expose=False)
    await say("turn on lamp 001")
    assert _issue(hass, HOUSE_TOO_LARGE_FOR_MODEL) is None


async def test_unloading_forgets_it(hass: HomeAssistant, set_up: SetUp, say: Say) -> None:
    entry = await set_up()
    await say("turn on lamp 001")
    assert _issue(hass) is not None
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert _issue(hass) is None


async def test_a_chat_model_is_shown_what_is_named(
    hass: HomeAssistant, lamps: list[str], set_up: SetUp, say: Say, prompts: Prompts
) -> None:
    """Its list is that of Home Assistant's Assist API; the model is told that there is more."""
    entry = await set_up(QWEN, "Qwen", context=8_192)
    for name in ("Lamp 007", "Lamp 299"):
        await say(f"turn on {name}")
        assert f"- names: {name}\n" in prompts[-1]
    seen = entry.runtime_data.model.seen
    assert seen.needed > 8_192
    assert 0 < seen.shown == prompts[-1].count("- names: ") < LAMPS
    assert f"{seen.left_out} more devices of this smart home are not listed" in prompts[-1]
    assert "Find them with GetLiveContext" in prompts[-1]
    assert _told()["entities"]["shown"] == seen.shown
    assert _issue(hass) is not None
    for entity_id in lamps[20:]:
        async_expose_entity(hass, "conversation", entity_id, should_expose=False)
    await say("turn on lamp 001")
    assert _issue(hass) is None
    assert "are not listed" not in prompts[-1]
