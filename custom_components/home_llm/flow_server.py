"""The steps that lead to a model on a server: its address, its models, one that answers."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_MODEL, CONF_URL
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import voluptuous as vol

from .backends import async_remote
from .errors import INVALID_AUTH, ModelError
from .flow_entry import EntrySteps
from .flow_forms import (
    KEY_FIELD,
    URL_FIELD,
    Fields,
    clearable,
    differing,
    folded,
    read,
    whole_number,
)
from .options import CONF_BACKEND, CONF_CONTEXT, DEFAULT_CONTEXT, Backend, ModelOptions

if TYPE_CHECKING:
    from .ollama_model import OllamaModel
    from .openai_model import OpenAIModel

_SECTION_MORE = "more"
_LEAST_CONTEXT, _MOST_CONTEXT = 1_024, 1_048_576

_DEFAULTS = {CONF_API_KEY: "", CONF_CONTEXT: DEFAULT_CONTEXT}


class ServerSteps(EntrySteps):
    """Steps that end in an entry for a model on a server, new or changed."""

    _server: Mapping[str, Any] = {}
    """The entry's data, as far as they are known."""
    _models: tuple[str, ...] = ()
    _address_step = ""

    async def async_step_openai(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of a server with OpenAI's API."""
        return await self._async_address("openai", user_input)

    async def async_step_ollama(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of an Ollama server."""
        return await self._async_address("ollama", user_input)

    async def async_step_connect(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Install what speaks to the server, if it is missing, and ask for its models."""
        if (shown := self.working("connect", self._async_list_models)) is not None:
            return shown
        return self.async_show_progress_done(
            next_step_id=self._address_step if self.problem else "model"
        )

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the server's models it shall be."""
        fields = self._model_fields()
        if user_input is None:
            return self.async_show_form(
                step_id="model", data_schema=vol.Schema(fields), errors=self.errors
            )
        self._server = read(fields, user_input, self._server)
        same = (CONF_BACKEND, CONF_URL, CONF_MODEL)
        self._async_abort_entries_match({name: self._server[name] for name in same})
        return await self.async_step_ask()

    async def async_step_ask(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Find out whether the model would answer."""
        if (shown := self.working("ask", self._async_ask)) is not None:
            return shown
        if self.problem is None:
            return self.async_show_progress_done(next_step_id="keep")
        # What the key is good for shows only now, with some servers.
        is_address = self.source == SOURCE_REAUTH or self.problem == INVALID_AUTH
        return self.async_show_progress_done(
            next_step_id=self._address_step if is_address else "model"
        )

    async def async_step_keep(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Create the entry with its agent, or change it."""
        data = differing(self._server, _DEFAULTS)
        title = data[CONF_MODEL]
        if self.source == SOURCE_REAUTH:
            entry = self._get_reauth_entry()
            return self.changed_entry(entry, entry.title, data)
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            # A name that people gave it stays.
            named = title if entry.title == entry.data[CONF_MODEL] else entry.title
            return self.changed_entry(entry, named, data)
        return self.new_entry(title, data)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start when a server no longer accepts the key."""
        self._server = entry_data
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another key."""
        self._address_step = "reauth_confirm"
        fields: Fields = {vol.Required(CONF_API_KEY): KEY_FIELD}
        if user_input is None:
            return self.async_show_form(
                step_id="reauth_confirm", data_schema=vol.Schema(fields), errors=self.errors
            )
        self._server = {**self._server, CONF_API_KEY: user_input[CONF_API_KEY].strip()}
        return await self.async_step_ask()

    async def reconfigure_server(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start with the address of an entry's server, as it is."""
        self._server = data
        return await self._async_address(ModelOptions.of(data).backend, None)

    async def _async_address(
        self, backend: Backend, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        self._address_step = backend
        fields = _address_fields(self._server)
        if user_input is not None:
            entered = {name: value.strip() for name, value in user_input.items()}
            self._server = {**read(fields, entered, self._server), CONF_BACKEND: backend}
            if (url := whole_url(entered[CONF_URL])) is not None:
                self._server = {**self._server, CONF_URL: url}
                return await self.async_step_connect()
            self.problem = "invalid_url"
            fields = _address_fields(self._server)
        return self.async_show_form(
            step_id=backend, data_schema=vol.Schema(fields), errors=self.errors
        )

    async def _async_list_models(self) -> str | None:
        try:
            async with self._connected() as server:
                self._models = tuple(await server.async_models())
        except ModelError as err:
            return err.key
        return None if self._models else "no_models"

    async def _async_ask(self) -> str | None:
        try:
            async with self._connected() as server:
                await server.async_check()
        except ModelError as err:
            return err.key
        return None

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[OllamaModel | OpenAIModel]:
        server = await async_remote(self.hass, ModelOptions.of(self._server))
        try:
            yield server
        finally:
            await server.async_close()

    def _model_fields(self) -> Fields:
        known = self._server.get(CONF_MODEL)
        choice = SelectSelectorConfig(options=list(self._models), custom_value=True, sort=True)
        context = self._server.get(CONF_CONTEXT, DEFAULT_CONTEXT)
        return {
            vol.Required(CONF_MODEL, default=known or self._models[0]): SelectSelector(choice),
            vol.Optional(_SECTION_MORE): folded(
                {clearable(CONF_CONTEXT, context): whole_number(_LEAST_CONTEXT, _MOST_CONTEXT)}
            ),
        }


def _address_fields(server: Mapping[str, Any]) -> Fields:
    return {
        vol.Required(CONF_URL, default=server.get(CONF_URL, vol.UNDEFINED)): URL_FIELD,
        clearable(CONF_API_KEY, server.get(CONF_API_KEY)): KEY_FIELD,
    }


def whole_url(text: str) -> str | None:
    """Return an address as it is kept, with ``http://`` if nothing else is said."""
    text = text if "://" in text else f"http://{text}"
    try:
        url: str = cv.url(text)
        parts = urlsplit(url)
        is_whole = parts.port != 0 and parts.hostname and not re.search(r"\s", url)
    except vol.Invalid, ValueError:
        return None
    return url.rstrip("/") if is_whole else None
