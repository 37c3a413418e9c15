"""AI tasks: one entity for each subentry of that kind, which writes texts, and data by a structure.

On this device the structure becomes a grammar, so that the model can write nothing but JSON that
keeps to it; servers are told the structure. What comes is checked in either case.
"""

from json import JSONDecodeError
import logging
import re
from typing import Any, override

from homeassistant.components import ai_task, conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.json import json_loads
from probatio import to_openapi
import voluptuous as vol

from .backends import HomeLLMConfigEntry
from .const import DOMAIN, SUBENTRY_TASK
from .entity import HomeLLMEntity
from .errors import INVALID_AUTH, ModelError
from .options import AgentOptions
from .task_loop import TaskLoop

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)

_FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
"""Servers that know no schemas leave it to the model, and models like to show JSON as code."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HomeLLMConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each AI task."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_TASK:
            async_add_entities(
                [HomeLLMTaskEntity(entry, subentry)], config_subentry_id=subentry.subentry_id
            )


class HomeLLMTaskEntity(HomeLLMEntity, ai_task.AITaskEntity):
    """Writes what it is told to with the entry's model."""

    _attr_name = None
    _attr_supported_features = ai_task.AITaskEntityFeature.GENERATE_DATA
    _attr_translation_key = "task"

    def __init__(self, entry: HomeLLMConfigEntry, subentry: ConfigSubentry) -> None:
        """Take pictures where the model can see."""
        super().__init__(entry, subentry)
        self.options = AgentOptions.of(subentry.data)
        if self.backend.chat.takes_images:
            self._attr_supported_features |= ai_task.AITaskEntityFeature.SUPPORT_ATTACHMENTS

    @override
    async def _async_generate_data(
        self, task: ai_task.GenDataTask, chat_log: conversation.ChatLog
    ) -> ai_task.GenDataTaskResult:
        """Let the model write, and check what it has written."""
        schema = _schema(task, chat_log.llm_api) if task.structure is not None else None
        loop = TaskLoop(self.backend.chat, self.options.reply, self.entity_id, chat_log, schema)
        try:
            await self._async_require_writer()
            text = await loop.async_run()
        except ModelError as err:
            if err.key == INVALID_AUTH:
                self.entry.async_start_reauth(self.hass)
            raise _error(err.key) from err
        finally:
            chat_log.async_trace({DOMAIN: {"turns": loop.timings}})
        if not text.strip():
            raise _error("task_no_answer")
        data = text if task.structure is None else _data(text, task.structure)
        return ai_task.GenDataTaskResult(conversation_id=chat_log.conversation_id, data=data)

    async def _async_require_writer(self) -> None:
        """See to it that the model can write more than orders to a home.

        Raises:
            ModelError: it cannot, or cannot be run.

        """
        model = self.backend.model
        if model is None:
            return
        await model.async_load()
        if model.is_taught_homes:
            raise ModelError("task_not_possible")


def _schema(task: ai_task.GenDataTask, api: llm.APIInstance | None) -> dict[str, Any]:
    serializer = api.custom_serializer if api is not None else None
    return to_openapi(
        task.structure,
        custom_serializer=serializer or llm.selector_serializer,
        openapi_version="3.1.0",
    )


def _data(text: str, structure: vol.Schema) -> Any:  # noqa: ANN401 - whatever was asked for
    """Return the data in a reply.

    Raises:
        HomeAssistantError: there are none, or not those that were asked for.

    """
    try:
        data = _read(text)
    except JSONDecodeError as err:
        _LOGGER.warning("What was to be JSON is none: %s", err)
        raise _error("task_not_json") from err
    try:
        structure(data)
    except vol.Invalid as err:
        _LOGGER.warning("The data are not what the task asks for: %s", err)
        raise _error("task_not_as_asked") from err
    return data


def _read(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json_loads(text)
    except JSONDecodeError:
        if fenced := _FENCED.search(text):
            return json_loads(fenced[1])
        raise


def _error(key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
