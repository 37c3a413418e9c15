"""AI tasks: data by a structure from any model, and what is said when there are none."""

from collections.abc import AsyncGenerator, Callable
from datetime import date, datetime, time
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.components import ai_task
from homeassistant.config_entries import SOURCE_REAUTH, ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.helpers.translation import async_get_exception_message
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.home_llm.const import DOMAIN
from tests.engine.tiny_gguf import write_random_model
from tests.integration.model_server import Answer, ModelServer, says, serving
from tests.integration.remote import chunks
from tests.integration.remote_agents import MODELS, async_offer, calls, text

pytestmark = pytest.mark.usefixtures("core", "socket_enabled")

TASK = "ai_task.tasks"

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

STRUCTURE: dict[str, dict[str, Any]] = {
    "name": {"selector": {"text": {}}, "required": True, "description": "Who it is"},
    "age": {"selector": {"number": {"min": 0, "max": 120}}, "required": True},
}

EVERYTHING: dict[str, dict[str, Any]] = {
    **STRUCTURE,
    "at home": {"selector": {"boolean": {}}, "required": True},
    "mood": {"selector": {"select": {"options": ["happy", "very happy"]}}, "required": True},
    "rooms": {
        "selector": {"select": {"options": ["kitchen", "bath", "hall"], "multiple": True}},
        "required": True,
    },
    "born": {"selector": {"date": {}}, "required": True},
    "wakes": {"selector": {"time": {}}, "required": True},
    "seen": {"selector": {"datetime": {}}, "required": True},
    "likes": {"selector": {"color_rgb": {}}, "required": True},
    "notes": {"selector": {"text": {"multiple": True}}},
    "more": {"selector": {"object": {}}},
    "lives": {"selector": {"location": {}}},
}


async def async_add(hass: HomeAssistant, data: dict[str, Any], **task: Any) -> MockConfigEntry:
    """Set up an entry with an AI task."""
    subentry = ConfigSubentryData(
        data=MappingProxyType(task), subentry_type="ai_task_data", title="Tasks", unique_id=None
    )
    entry = MockConfigEntry(domain=DOMAIN, title="Tasks", data=data, subentries_data=[subentry])
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def async_generate(hass: HomeAssistant, **task: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the data that the action gives."""
    asked = {"task_name": "test", "instructions": "Who is there?", "entity_id": TASK, **task}
    result = await hass.services.async_call(
        "ai_task", "generate_data", asked, blocking=True, return_response=True, context=Context()
    )
    assert result is not None
    return result["data"]


@pytest.fixture
async def server() -> AsyncGenerator[ModelServer]:
    """Return a server that is there."""
    async with serving(MODELS) as server:
        yield server


@pytest.fixture
async def remote(hass: HomeAssistant, server: ModelServer) -> MockConfigEntry:
    """Return an entry with an AI task whose model is on the server."""
    data = {"backend": "openai", "url": f"{server.url}/v1", "model": "tiny"}
    return await async_add(hass, data)


@pytest.fixture(scope="session")
def chat_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Return a function that writes a chat model with random weights."""
    folder = tmp_path_factory.mktemp("chat")

    def write(seed: int) -> Path:
        return write_random_model(folder / f"{seed}.gguf", seed=seed, template=TEMPLATE)

    return write


@pytest.mark.parametrize("seed", range(3))
async def test_a_model_here_writes_nothing_but_what_is_asked_for(
    hass: HomeAssistant, chat_file: Callable[[int], Path], seed: int
) -> None:
    data = {"path": str(chat_file(seed)), "threads": 1}
    await async_add(hass, data, max_tokens=400)
    written = await async_generate(hass, structure=EVERYTHING)
    required = {name for name, field in EVERYTHING.items() if field.get("required")}
    assert required <= set(written) <= set(EVERYTHING)
    assert isinstance(written["name"], str)
    assert 0 <= written["age"] <= 120
    assert isinstance(written["at home"], bool)
    assert written["mood"] in ("happy", "very happy")
    assert set(written["rooms"]) <= {"kitchen", "bath", "hall"}
    date.fromisoformat(written["born"])
    time.fromisoformat(written["wakes"])
    datetime.fromisoformat(written["seen"])
    assert [value in range(256) for value in written["likes"]] == [True] * 3


async def test_a_model_here_writes_text(
    hass: HomeAssistant, chat_file: Callable[[int], Path]
) -> None:
    await async_add(hass, {"path": str(chat_file(0)), "threads": 1}, max_tokens=8)
    assert isinstance(await async_generate(hass), str)


async def test_a_structure_that_nothing_keeps_to_is_told(
    hass: HomeAssistant, chat_file: Callable[[int], Path]
) -> None:
    await async_add(hass, {"path": str(chat_file(0)), "threads": 1}, max_tokens=100)
    structure = {"age": {"selector": {"number": {"min": 5, "max": 5}}, "required": True}}
    assert await async_generate(hass, structure=structure) == {"age": 5}
    with pytest.raises(HomeAssistantError) as failed:
        await ai_task.async_generate_data(
            hass,
            task_name="test",
            entity_id=TASK,
            instructions="Impossible",
            structure=vol.Schema({vol.Required("never"): vol.In([])}),
        )
    assert failed.value.translation_key == "schema_unsupported"


async def test_the_shipped_model_says_that_it_cannot_write(hass: HomeAssistant) -> None:
    await async_add(hass, {})
    for structure in ({}, {"structure": STRUCTURE}):
        with pytest.raises(HomeAssistantError) as failed:
            await async_generate(hass, **structure)
        assert failed.value.translation_key == "task_not_possible"
        assert "made to control homes" in str(failed.value)


async def test_a_model_that_is_gone_is_told(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_add(hass, {"path": str(tmp_path / "gone.gguf"), "format": ""})
    with pytest.raises(HomeAssistantError) as failed:
        await async_generate(hass)
    assert failed.value.translation_key == "model_missing"


async def test_a_server_is_told_the_structure(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(text('{"name": "Ada", "age": 36}'))
    assert await async_generate(hass, structure=STRUCTURE) == {"name": "Ada", "age": 36}
    schema = server.body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["age"] == {"type": "number", "minimum": 0, "maximum": 120}
    assert schema["required"] == ["name", "age"]
    system, user = server.body["messages"]
    assert "Who it is" in system["content"]
    assert user == {"role": "user", "content": "Who is there?"}


async def test_text_is_returned_as_it_is(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(text("The garage is  open.\nStill."))
    assert await async_generate(hass) == "The garage is  open.\nStill."
    assert "response_format" not in server.body
    assert "schema" not in server.body["messages"][0]["content"]


async def test_json_may_be_shown_as_code(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(text('Here it is:\n```json\n{"name": "```", "age": 1}\n```\n'))
    server.answers.append(text('Here:\n```json\n{"name": "Ada", "age": 1}\n```'))
    server.answers.append(text('{"name": "```\\nx```", "age": 2}'))
    with pytest.raises(HomeAssistantError):
        await async_generate(hass, structure=STRUCTURE)
    assert await async_generate(hass, structure=STRUCTURE) == {"name": "Ada", "age": 1}
    assert (await async_generate(hass, structure=STRUCTURE))["age"] == 2


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (text("I would say Ada."), "task_not_json"),
        (text('{"name": "Ada", "a'), "task_not_json"),
        (text('{"name": "Ada"}'), "task_not_as_asked"),
        (text('{"name": "Ada", "age": 200}'), "task_not_as_asked"),
        (text('{"name": "Ada", "age": 20, "size": 2}'), "task_not_as_asked"),
        (text("[]"), "task_not_as_asked"),
        (chunks({"role": "assistant"}), "task_no_answer"),
        (calls("count", "{}"), "task_no_answer"),
        (says({"error": {"message": "broken"}}, 500), "server_error"),
    ],
)
async def test_what_is_not_as_asked_is_told_and_the_next_task_works(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer, answer: Answer, key: str
) -> None:
    server.answers += [answer, text('{"name": "Ada", "age": 36}')]
    with pytest.raises(HomeAssistantError) as failed:
        await async_generate(hass, structure=STRUCTURE)
    assert failed.value.translation_key == key
    assert str(failed.value) == async_get_exception_message(DOMAIN, key)
    assert str(failed.value) != key
    assert await async_generate(hass, structure=STRUCTURE) == {"name": "Ada", "age": 36}


async def test_a_key_that_is_refused_is_asked_for_again(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    server.answers.append(says({"error": {"message": "who are you?"}}, 401))
    with pytest.raises(HomeAssistantError) as failed:
        await async_generate(hass)
    assert failed.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_a_picture_reaches_the_server(
    hass: HomeAssistant, server: ModelServer, tmp_path: Path
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    await async_add(hass, {"backend": "openai", "url": f"{server.url}/v1", "model": "tiny"})
    picture = b"\x89PNG\r\n\x1a\n" + bytes(16)
    (tmp_path / "door.png").write_bytes(picture)
    server.answers.append(text('{"name": "Ada", "age": 36}'))
    door = {
        "media_content_id": "media-source://media_source/local/door.png",
        "media_content_type": "image/png",
    }
    await async_generate(hass, structure=STRUCTURE, attachments=[door])
    words, image = server.body["messages"][-1]["content"]
    assert words == {"type": "text", "text": "Who is there?"}
    assert image["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")


async def test_what_cannot_see_takes_no_pictures(
    hass: HomeAssistant, chat_file: Callable[[int], Path]
) -> None:
    await async_add(hass, {"path": str(chat_file(0)), "threads": 1})
    state = hass.states.get(TASK)
    assert state is not None
    features = state.attributes["supported_features"]
    assert features == ai_task.AITaskEntityFeature.GENERATE_DATA


async def async_count(hass: HomeAssistant, structure: vol.Schema | None) -> object:
    """Return the data of a task that may count."""
    api = next(api for api in llm.async_get_apis(hass) if api.id == "counting")
    result = await ai_task.async_generate_data(
        hass,
        task_name="test",
        entity_id=TASK,
        instructions="Count, and tell.",
        structure=structure,
        llm_api=api,
    )
    return result.data


async def test_tools_come_first_and_then_the_data(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    counter = async_offer(hass)
    server.answers += [
        calls("count", '{"by": 2}'),
        text("I have counted."),
        text('{"count": 1}'),
    ]
    structure = vol.Schema({vol.Required("count"): int})
    assert await async_count(hass, structure) == {"count": 1}
    assert counter.called == [{"by": 2}]
    first, second, last = (asked.body for asked in server.asked[1:])
    for body in (first, second):
        assert "tools" in body
        assert "response_format" not in body
    assert "tools" not in last
    assert "response_format" in last
    assert [message["role"] for message in last["messages"]] == [
        *("system", "user", "assistant", "tool")
    ]


async def test_text_may_follow_tools(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    counter = async_offer(hass)
    server.answers += [calls("count", "{}"), text("It is one.")]
    assert await async_count(hass, None) == "It is one."
    assert counter.called == [{}]


async def test_who_never_stops_calling_is_stopped(
    hass: HomeAssistant, remote: MockConfigEntry, server: ModelServer
) -> None:
    async_offer(hass)
    server.answers += [calls("count", json.dumps({"by": by})) for by in range(9)]
    server.answers.append(text('{"count": 9}'))
    structure = vol.Schema({vol.Required("count"): int})
    assert await async_count(hass, structure) == {"count": 9}
    assert len(server.asked) == 11


async def test_the_entity_is_named_after_its_subentry(
    hass: HomeAssistant, remote: MockConfigEntry
) -> None:
    (subentry,) = remote.subentries.values()
    entity = er.async_get(hass).async_get(TASK)
    assert entity is not None
    assert entity.unique_id == entity.config_subentry_id == subentry.subentry_id
