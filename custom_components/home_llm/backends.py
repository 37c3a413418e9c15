"""Where an entry's model runs: on this device, or on a server."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady

from .chat_model import ChatModel
from .const import DOMAIN
from .errors import INVALID_AUTH, ModelError
from .figures import Meter
from .local_chat import LocalChat
from .local_model import LocalModel
from .options import ModelOptions
from .requirements import async_require
from .runtime import engine_settings

if TYPE_CHECKING:
    from .ollama_model import OllamaModel
    from .openai_model import OpenAIModel


@dataclass(frozen=True, kw_only=True)
class HomeLLMData:
    """What the agents of an entry share.

    Args:
        options: which model it is.
        chat: the model as one that takes a conversation and tools.
        model: the same one, if it runs on this device.
        platforms: of what kinds the entities of the entry are.
        meters: of each agent, by its subentry's id, what its answers took.

    """

    options: ModelOptions
    chat: ChatModel
    model: LocalModel | None = None
    platforms: tuple[Platform, ...] = (Platform.CONVERSATION,)
    meters: Mapping[str, Meter] = field(default_factory=lambda: defaultdict(Meter))

    async def async_close(self) -> None:
        """Let go of what the model holds."""
        await self.chat.async_close()
        if self.model is not None:
            await self.model.async_close()


type HomeLLMConfigEntry = ConfigEntry[HomeLLMData]


async def async_backend(hass: HomeAssistant, entry: ConfigEntry) -> HomeLLMData:
    """Return the model of an entry.

    One on this device is loaded later: if it cannot run, its agents say why, and so does a repair
    issue. A server is asked at once.

    Raises:
        ConfigEntryAuthFailed: the server does not accept the key.
        ConfigEntryNotReady: the server, or what speaks to it, is not there for now.

    """
    options = ModelOptions.of(entry.data)
    if options.backend == "device":
        return _local(hass, entry, options)
    try:
        chat = await async_remote(hass, options)
        await chat.async_check()
    except ModelError as err:
        failed = ConfigEntryAuthFailed if err.key == INVALID_AUTH else ConfigEntryNotReady
        raise failed(translation_domain=DOMAIN, translation_key=err.key) from err
    return HomeLLMData(options=options, chat=chat)


def _local(hass: HomeAssistant, entry: ConfigEntry, options: ModelOptions) -> HomeLLMData:
    model = LocalModel(
        hass,
        entry.entry_id,
        engine_settings(hass, options),
        format_name=options.format,
        idle_minutes=options.idle_minutes,
    )
    return HomeLLMData(options=options, chat=LocalChat(hass, model), model=model)


async def async_remote(hass: HomeAssistant, options: ModelOptions) -> OllamaModel | OpenAIModel:
    """Return a model on a server, which has not been asked anything yet.

    What speaks to it is installed if it is missing, and imported by those alone who need it.

    Raises:
        ModelError: what speaks to it cannot be installed.

    """
    if options.backend == "ollama":
        await async_require(hass, "ollama")
        from .ollama_model import OllamaModel  # noqa: PLC0415

        return OllamaModel(hass, options)
    await async_require(hass, "openai")
    from .openai_model import OpenAIModel  # noqa: PLC0415

    return OpenAIModel(hass, options)
