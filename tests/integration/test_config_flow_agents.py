"""Agents and AI tasks: what they are told in forms, and that only what differs is kept."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentry,
    ConfigSubentryData,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er, llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.core.actions import ACTIONS
from custom_components.home_llm.options import AgentOptions
from tests.integration.conftest import AGENT
from tests.integration.flows import failed, fields

pytestmark = pytest.mark.usefixtures("core")

LOCKS = ["lock.lock", "lock.unlock", "lock.open"]


@pytest.fixture
def server(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry for a model on a server; flows of its agents ask nothing of it."""
    data = {"backend": "openai", "url": "http://127.0.0.1:1/v1", "model": "qwen3"}
    agent = ConfigSubentryData(
        data=MappingProxyType({}), subentry_type="conversation", title="Qwen", unique_id=None
    )
    entry = MockConfigEntry(domain=DOMAIN, title="qwen3", data=data, subentries_data=[agent])
    entry.add_to_hass(hass)
    return entry


async def _add(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )


async def _change(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Open the form of an entry's latest subentry."""
    result = await entry.start_subentry_reconfigure_flow(hass, list(entry.subentries)[-1])
    assert result["type"] is FlowResultType.FORM
    return result


async def _submit(
    hass: HomeAssistant, result: SubentryFlowResult, entered: dict[str, Any]
) -> SubentryFlowResult:
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], entered)
    await hass.async_block_till_done()
    return result


async def _changed(
    hass: HomeAssistant, entry: MockConfigEntry, entered: dict[str, Any]
) -> ConfigSubentry:
    """Change an entry's latest subentry, and return it."""
    result = await _submit(hass, await _change(hass, entry), entered)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    return list(entry.subentries.values())[-1]


async def test_another_agent(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    result = await _add(hass, agent, "conversation")
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "agent"
    result = await _submit(hass, result, {"name": "Butler"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {}
    assert hass.states.get("conversation.butler") is not None
    assert hass.states.get(AGENT) is not None


async def test_rename_an_agent(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    subentry = await _changed(hass, agent, {"name": "Butler"})
    assert (subentry.title, subentry.data) == ("Butler", {})
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.name == "Butler"


async def test_what_is_shown_when_submitted_keeps_the_data_empty(
    hass: HomeAssistant, entry: MockConfigEntry, server: MockConfigEntry
) -> None:
    """As the frontend does it: it sends every field, with what it showed."""
    for each in (entry, server):
        shown = fields(await _change(hass, each))
        assert {"name", "unsure"} < set(shown)
        shown["unsure"].pop("fallback")  # Nothing is shown in it.
        assert (await _changed(hass, each, shown)).data == {}


async def test_actions_are_narrowed_and_widened(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    shown = fields(await _change(hass, entry))["actions"]
    assert shown["lock"] == ["lock_lock", "lock_unlock", "lock_open"]
    actions = {**shown, "lock": ["lock_lock"], "timer": []}
    data = (await _changed(hass, entry, {"name": "Home LLM", "actions": actions})).data
    left_out = {"lock.unlock", "lock.open", *(name for name in ACTIONS if name[:5] == "timer")}
    assert data == {"actions": [name for name in ACTIONS if name not in left_out]}
    assert AgentOptions.of(data).actions == frozenset(ACTIONS) - left_out
    # A section that is not opened changes nothing, nor does a domain that is not sent.
    assert (await _changed(hass, entry, {"name": "Home LLM"})).data == data
    partly = {"name": "Home LLM", "actions": {"timer": shown["timer"]}}
    data = (await _changed(hass, entry, partly)).data
    assert AgentOptions.of(data).actions == frozenset(ACTIONS) - {"lock.unlock", "lock.open"}
    assert (await _changed(hass, entry, {"name": "Home LLM", "actions": shown})).data == {}


async def test_an_action_that_is_none(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    form = await _change(hass, entry)
    with pytest.raises(InvalidData):
        await _submit(hass, form, {"name": "Home LLM", "actions": {"light": ["lock_unlock"]}})
    result = await _submit(hass, form, {"name": "Home LLM", "actions": {"light": []}})
    assert result["reason"] == "reconfigure_successful"


async def test_confirmation_and_fallback(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    asked = {"fallback": "conversation.home_assistant", "threshold": 0.8}
    entered = {"name": "Home LLM", "confirm_unlock": True, "unsure": asked}
    data = (await _changed(hass, entry, entered)).data
    assert data == {"confirm_unlock": True, **asked}
    shown = fields(await _change(hass, entry))
    assert shown["confirm_unlock"] is True
    assert shown["unsure"] == asked
    # What was cleared has its default again.
    data = (await _changed(hass, entry, {"name": "Home LLM", "unsure": {}})).data
    assert data == {"confirm_unlock": True}


async def test_fallback_that_leads_back(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    """A asks B, so B must not ask A; nor may anybody ask themselves."""
    own = {"name": "Home LLM", "unsure": {"fallback": AGENT}}
    form = await _change(hass, agent)
    with pytest.raises(InvalidData):
        await _submit(hass, form, own)
    hass.config_entries.subentries.async_abort(form["flow_id"])
    butler = {"name": "Butler", "unsure": {"fallback": AGENT}}
    result = await _submit(hass, await _add(hass, agent, "conversation"), butler)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    subentry_id = next(iter(agent.subentries))
    result = await agent.start_subentry_reconfigure_flow(hass, subentry_id)
    back = {"fallback": "conversation.butler", "threshold": 0.7}
    result = await _submit(hass, result, {"name": "Alfred", "unsure": back})
    failed(result, "agent", "fallback_loop")
    assert fields(result)["name"] == "Alfred"
    assert fields(result)["unsure"] == back
    elsewhere = {"name": "Alfred", "unsure": {"fallback": "conversation.home_assistant"}}
    result = await _submit(hass, result, elsewhere)
    assert result["reason"] == "reconfigure_successful"
    assert agent.subentries[subentry_id].data == elsewhere["unsure"]


async def test_fallback_that_is_gone(hass: HomeAssistant, agent: MockConfigEntry) -> None:
    """What an agent asks may be removed, or be no agent of ours."""
    er.async_get(hass).async_get_or_create("conversation", "other", "1", suggested_object_id="it")
    for fallback in ("conversation.it", "conversation.gone"):
        entered = {"name": "Home LLM", "unsure": {"fallback": fallback, "threshold": 0.5}}
        assert (await _changed(hass, agent, entered)).data == {"fallback": fallback}


async def test_agent_of_a_model_with_tools(hass: HomeAssistant, server: MockConfigEntry) -> None:
    shown = fields(await _change(hass, server))
    home = {"actions", "confirm_unlock"}
    assert set(shown) == {"name", "llm_hass_api", "prompt", "writing", "unsure", *home}
    assert shown["llm_hass_api"] == ["assist"]
    assert shown["prompt"] == llm.DEFAULT_INSTRUCTIONS_PROMPT.strip()
    writing = {"thinking": True, "max_tokens": 300, "temperature": 0.7, "top_p": 0.9}
    prompt = "You are {{ ha_name }}'s pirate."
    entered = {"name": "Pirate", "llm_hass_api": [], "prompt": prompt, "writing": writing}
    narrowed = {**shown["actions"], "lock": ["lock_lock"]}
    home_options = {"confirm_unlock": True, "actions": narrowed}
    data = dict((await _changed(hass, server, entered | home_options)).data)
    assert set(AgentOptions().actions) - set(data.pop("actions")) == {"lock.unlock", "lock.open"}
    assert data == {"llm_hass_api": [], "prompt": prompt, "confirm_unlock": True, **writing}
    assert isinstance(data["max_tokens"], int)
    assert AgentOptions.of(data).apis == ()
    shown = fields(await _change(hass, server))
    assert (shown["llm_hass_api"], shown["prompt"], shown["writing"]) == ([], prompt, writing)
    # What was cleared has its default again; what cannot be cleared keeps its value.
    usual = {"confirm_unlock": False, "actions": shown["actions"] | {"lock": ["lock_lock"]}}
    data = dict((await _changed(hass, server, {"name": "Pirate", "writing": {}} | usual)).data)
    assert "lock.unlock" not in data.pop("actions")
    assert data == {"llm_hass_api": [], "thinking": True}


async def test_an_api_that_is_gone(hass: HomeAssistant, server: MockConfigEntry) -> None:
    """It may come back, but until then it cannot be chosen."""
    subentry = next(iter(server.subentries.values()))
    hass.config_entries.async_update_subentry(
        server, subentry, data={"llm_hass_api": ["assist", "gone"]}
    )
    form = await _change(hass, server)
    assert fields(form)["llm_hass_api"] == ["assist"]
    with pytest.raises(InvalidData):
        await _submit(hass, form, {"name": "Qwen", "llm_hass_api": ["gone"]})
    result = await _submit(hass, form, {"name": "Qwen", "llm_hass_api": ["assist"]})
    assert result["reason"] == "reconfigure_successful"


async def test_a_prompt_that_is_no_template(hass: HomeAssistant, server: MockConfigEntry) -> None:
    form = await _change(hass, server)
    with pytest.raises(InvalidData):
        await _submit(hass, form, {"name": "Qwen", "prompt": "{{ broken"})
    result = await _submit(hass, form, {"name": "Qwen", "prompt": "{{ whole }}"})
    assert result["reason"] == "reconfigure_successful"


async def test_ai_task(hass: HomeAssistant, server: MockConfigEntry) -> None:
    result = await _add(hass, server, "ai_task_data")
    assert result["step_id"] == "task"
    assert fields(result)["name"] == "qwen3 AI task"
    result = await _submit(hass, result, {"name": "Writer"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["data"]) == ("Writer", {})
    task = await _changed(hass, server, {"name": "Poet", "writing": {"temperature": 1.2}})
    assert (task.title, task.data) == ("Poet", {"temperature": 1.2})
    shown = fields(await _change(hass, server))
    assert (shown["name"], shown["writing"]["temperature"]) == ("Poet", 1.2)
    task = await _changed(hass, server, {"name": "Poet"})
    assert task.data == {"temperature": 1.2}


async def test_ai_tasks_only_where_any_text_can_be_written(
    hass: HomeAssistant, entry: MockConfigEntry, server: MockConfigEntry
) -> None:
    assert set(entry.supported_subentry_types) == {"conversation"}
    assert set(server.supported_subentry_types) == {"conversation", "ai_task_data"}
    taught = {"path": "/models/a.gguf", "format": "home-llm-3"}
    others = {"path": "/models/b.gguf"}
    kinds = [
        set(MockConfigEntry(domain=DOMAIN, data=data).supported_subentry_types)
        for data in (taught, others)
    ]
    assert kinds == [{"conversation"}, {"conversation", "ai_task_data"}]
