"""What is raised has a sentence, and what is shown has a picture and a name."""

import ast
from collections.abc import Iterator
from http import HTTPStatus
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import homeassistant.exceptions
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.home_llm import server_errors, speech
from custom_components.home_llm.const import SUBENTRY_TASK
from tests.integration.model_server import serving
from tests.integration.remote_agents import MODELS, async_add_server_agent

_FOLDER = Path(speech.__file__).parent
_ENGLISH = json.loads((_FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
_ICONS = json.loads((_FOLDER / "icons.json").read_text(encoding="utf-8"))
_FOR_PEOPLE = {
    name
    for name, kind in vars(homeassistant.exceptions).items()
    if isinstance(kind, type) and issubclass(kind, homeassistant.exceptions.HomeAssistantError)
}


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield all calls in the integration: where they are, and what is called."""
    for path in sorted(_FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield f"{path.name}:{node.lineno}", node.func.id, node


def test_every_error_for_people_is_translated() -> None:
    found = {
        where: {key.arg for key in call.keywords}
        for where, name, call in _calls()
        if name in _FOR_PEOPLE
    }
    assert found
    untold = {
        w for w, given in found.items() if not given >= {"translation_domain", "translation_key"}
    }
    assert not untold


def _keys() -> Iterator[tuple[str, str]]:
    """Yield the keys of errors, and where they are raised."""
    for where, name, call in _calls():
        given = call.args[:1] if name in ("ModelError", "_error") else []
        if name in _FOR_PEOPLE:
            given = [key.value for key in call.keywords if key.arg == "translation_key"]
        for value in given:
            if isinstance(value, ast.Constant):
                yield where, str(value.value)


@pytest.mark.parametrize(("where", "key"), list(_keys()))
def test_every_error_has_a_sentence(where: str, key: str) -> None:
    """One that is said, or, while a model is looked for, one that the form shows."""
    flows = where.startswith(("hub", "download", "gguf", "flow"))
    assert key in _ENGLISH["exceptions"] or (flows and key in _ENGLISH["config"]["error"])


def test_every_error_of_a_server_has_a_sentence() -> None:
    said = {key for _, key in server_errors._SAID}
    of_status = {server_errors._key_of_status(status) for status in (*HTTPStatus, -1)}
    assert said | of_status <= _ENGLISH["exceptions"].keys()


@pytest.mark.usefixtures("socket_enabled", "core")
async def test_every_entity_has_an_icon_and_a_name(hass: HomeAssistant) -> None:
    async with serving(MODELS) as server:
        entry = await async_add_server_agent(hass, server)
        task = ConfigSubentry(
            data=MappingProxyType({}), subentry_type=SUBENTRY_TASK, title="Task", unique_id=None
        )
        hass.config_entries.async_add_subentry(entry, task)
        await hass.async_block_till_done()
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.domain for entity in entities} == {"ai_task", "conversation", "sensor"}
    for entity in entities:
        key = entity.translation_key
        assert key is not None
        assert _ICONS["entity"][entity.domain][key]["default"].startswith("mdi:")
        # Agents and tasks are called as their device is.
        known: Any = _ENGLISH["entity"].get(entity.domain, {})
        assert bool(entity.original_name) == (key in known)


def test_there_is_no_icon_too_many() -> None:
    shown = {domain: set(keys) for domain, keys in _ICONS["entity"].items()}
    assert shown["sensor"] == set(_ENGLISH["entity"]["sensor"])
    assert set(_ICONS) <= {"entity", "services"}
    assert set(_ICONS.get("services", {})) == set(_ENGLISH.get("services", {}))
