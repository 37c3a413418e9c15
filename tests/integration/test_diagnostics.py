"""Diagnostics tell what helps, and nothing of people: whatever they have entered or said."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.home_llm.catalogue import CATALOGUE
from custom_components.home_llm.const import DOMAIN, RUNTIME_REQUIREMENT, SHIPPED_MODEL_PATH
from custom_components.home_llm.download import models_folder
from custom_components.home_llm.migration import VERSION
from custom_components.home_llm.options import ModelOptions
from custom_components.home_llm.public import public_name
from tests.integration.conftest import Say
from tests.integration.house import House
from tests.integration.model_server import serving
from tests.integration.remote import chunks
from tests.integration.remote_agents import MODELS, agent_entry, async_ask

SECRET = "Erika"
"""Stands in everything that people could have entered, and in nothing else."""

HIDDEN = "**REDACTED**"

Diagnose = Callable[[ConfigEntry], Any]


@pytest.fixture
def diagnose(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Diagnose:
    """Return a function that downloads an entry's diagnostics as people do."""

    async def diagnose(entry: ConfigEntry) -> dict[str, Any]:
        assert await async_setup_component(hass, "diagnostics", {})
        found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        return json.loads(json.dumps(found))

    return diagnose


async def test_the_model_that_ships(
    hass: HomeAssistant, house: House, agent: MockConfigEntry, say: Say, diagnose: Diagnose
) -> None:
    await say("turn on the worktop")
    found = await diagnose(agent)
    assert found["entry"] == {"version": VERSION, "source": "user", "state": "loaded", "issues": []}
    model = found["model"]
    assert (model["backend"], model["name"]) == ("device", SHIPPED_MODEL_PATH.name)
    assert model["is_shipped"]
    assert found["runtime"]["version"] == RUNTIME_REQUIREMENT.partition("==")[2]
    assert found["runtime"]["place"] == "environment"
    worker = found["worker"]
    assert worker["state"] == "running"
    assert worker["memory"] > 10 * 2**20
    assert worker["format"].startswith("tiny-")
    assert worker["fields"]["general.architecture"] == "llama"
    assert worker["load_ms"] > 0
    (told,) = found["agents"]
    assert told["type"] == "conversation"
    assert "light.turn_on" in told["actions"]
    (answer,) = told["answers"]
    assert answer["latency_ms"] > 0
    assert answer["tokens_per_second"] > 0
    assert answer["replies"][0]["tokens"] > 0
    assert found["home"]["exposed"] == {"fan": 1, "light": 5, "switch": 1}
    assert found["home"]["entities"]["light"] == 6
    assert (found["home"]["areas"], found["home"]["floors"]) == (4, 2)
    _tells_nothing_of(found, "worktop", "Kitchen", "turn on the")


async def test_a_model_that_does_not_run(
    hass: HomeAssistant, house: House, tmp_path: Path, diagnose: Diagnose
) -> None:
    """A file that is missing: the issue is named, the path is not."""
    entry = agent_entry("Of Erika", {"path": str(tmp_path / "Erika.gguf"), "format": "Erika"}, {})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_ask(hass, "turn on the worktop", "conversation.of_erika")
    found = await diagnose(entry)
    assert found["entry"]["issues"] == ["model_missing"]
    assert found["worker"] == {"state": "not_running", "memory": None}
    model = found["model"]
    assert (model["name"], model["repository"], model["format"]) == (HIDDEN, HIDDEN, HIDDEN)
    _tells_nothing_of(found, SECRET, str(tmp_path))


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_a_server(hass: HomeAssistant, diagnose: Diagnose) -> None:
    """Nothing of what people enter is shown, and nothing that a server says."""
    said = chunks({"content": "Hello Erika"}, usage={"completion_tokens": "Erika"})
    agent = {
        "prompt": "You live with Erika {{ states('person.erika') }}",
        "llm_hass_api": ["assist", "mcp-Erika"],
        "fallback": "conversation.erika",
        "actions": ["light.turn_on", "Erika"],
        "confirm_unlock": "Erika",
        "thinking": "Erika",
        "Erika": "Erika",
    }
    async with serving(MODELS, said, MODELS) as server:
        url = server.url.replace("http://", "http://Erika:Erika-key@")
        data = {
            "backend": "openai",
            "url": url,
            "api_key": "Erika-key",
            "model": "tiny",
            "Erika": "Erika",
        }
        entry = agent_entry("Erika", data, {**agent, "llm_hass_api": []})
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await async_ask(hass, "I am Erika", "conversation.erika")
        found = await diagnose(entry)
        (subentry,) = entry.subentries.values()
        assert len(found["agents"][0]["answers"]) == 1
        hass.config_entries.async_update_subentry(entry, subentry, data=agent)
        await hass.async_block_till_done()
        changed = await diagnose(entry)
    assert "worker" not in found
    assert found["model"]["backend"] == "openai"
    assert [found["model"][key] for key in ("name", "url", "api_key")] == [HIDDEN] * 3
    told = changed["agents"][0]
    assert told["apis"] == ["assist", HIDDEN]
    assert told["actions"] == ["light.turn_on"]
    assert (told["prompt"], told["fallback"]) == (HIDDEN, HIDDEN)
    assert (told["confirm_unlock"], told["reply"]["thinking"]) == (True, True)
    _tells_nothing_of(found, SECRET, "127.0.0.1")
    _tells_nothing_of(changed, SECRET, "127.0.0.1")


async def test_an_entry_that_is_not_set_up(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, diagnose: Diagnose
) -> None:
    user = ConfigEntryDisabler.USER
    await hass.config_entries.async_set_disabled_by(entry.entry_id, user)
    assert await async_setup_component(hass, DOMAIN, {})
    assert entry.state is ConfigEntryState.NOT_LOADED
    found = await diagnose(entry)
    assert found["entry"]["state"] == "not_loaded"
    assert found["agents"][0]["type"] == "conversation"


async def test_issues_of_other_entries(
    hass: HomeAssistant, agent: MockConfigEntry, diagnose: Diagnose
) -> None:
    for entry_id in (agent.entry_id, "other"):
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"worker_died_{entry_id}",
            data={"entry_id": entry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key="worker_died",
        )
    assert (await diagnose(agent))["entry"]["issues"] == ["worker_died"]


async def test_the_runtime_that_was_installed_for_us(
    hass: HomeAssistant, agent: MockConfigEntry, diagnose: Diagnose
) -> None:
    """It is taken before any other."""
    info = Path(hass.config.path("home_llm", "runtime", "llama_cpp_python-9.9.dist-info"))
    _write(info, METADATA="Version: 9.9", WHEEL="Tag: py3-none-any", **{"direct_url.json": "{}"})
    assert (await diagnose(agent))["runtime"] == {
        "version": "9.9",
        "place": "home_llm",
        "build": "py3-none-any",
        "is_from_file": True,
    }


def _write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_only_names_that_everybody_knows(hass: HomeAssistant) -> None:
    known = next(model for model in CATALOGUE if model.repository)
    folder = models_folder(hass) / known.repository.replace("/", "--")
    assert public_name(ModelOptions(path=str(folder / "model-Q4_K_M.gguf"))) == "model-Q4_K_M.gguf"
    assert public_name(ModelOptions(path="/media/Erika.gguf")) == HIDDEN
    assert public_name(ModelOptions(backend="ollama", model="Erika")) == HIDDEN


def _tells_nothing_of(found: object, *secrets: str) -> None:
    text = json.dumps(found, ensure_ascii=False).lower()
    assert not [secret for secret in secrets if secret.lower() in text]
