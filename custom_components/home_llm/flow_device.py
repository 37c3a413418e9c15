"""The steps that lead to a model on this device: the one that ships, or a file."""

from collections.abc import Mapping
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .const import DEFAULT_NAME, SHIPPED_MODEL_ID
from .core.formats import FORMATS
from .core.formats.known import format_name as name_of_format
from .download import async_check_file, models_folder
from .errors import ModelError
from .fit import Need, async_fit
from .flow_entry import EntrySteps
from .flow_forms import Fields, clearable, differing, folded, read, whole_number
from .options import (
    CONF_CONTEXT,
    CONF_FORMAT,
    CONF_IDLE_MINUTES,
    CONF_PATH,
    CONF_THREADS,
    DEFAULT_CONTEXT,
    ModelOptions,
)
from .runtime import async_probe
from .runtime_flow import RuntimeSteps

_SECTION_MORE = "more"
_AUTOMATIC = "automatic"
LEAST_CONTEXT, MOST_CONTEXT = 512, 1_048_576
_A_DAY = 24 * 60
_NAME_FIELD = "general.name"

_ANYWAY = "anyway"
ANYWAY: Fields = {vol.Optional(_ANYWAY, default=False): BooleanSelector()}
"""For those who know better than the figures about memory."""

_DEFAULTS = {CONF_CONTEXT: DEFAULT_CONTEXT, CONF_FORMAT: "", CONF_IDLE_MINUTES: 0}


class DeviceSteps(RuntimeSteps[ConfigFlowContext, ConfigFlowResult, str], EntrySteps):
    """Steps that end in an entry for a model on this device, new or changed."""

    device: Mapping[str, Any] = {}
    """The entry's data, as far as they are known."""
    title = ""
    """Of a new entry; what the file says of itself, if nothing is known."""
    _named = ""

    async def async_step_shipped(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try the model that ships at once; say why it did not work the last time."""
        self.form_step = "shipped"
        await self.async_set_unique_id(SHIPPED_MODEL_ID)
        self._abort_if_unique_id_configured()
        if user_input is not None or self.problem is None:
            return await self.async_step_check()
        return self.async_show_form(
            step_id="shipped", data_schema=vol.Schema({}), errors=self.errors
        )

    async def async_step_file(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a file that is on this device already."""
        self.form_step = "file"
        if user_input is not None:
            self.take(self._file_fields(), user_input)
            self.problem = await self._async_lacks_file(user_input)
            if self.problem is None:
                return await self.try_file(self.device[CONF_PATH])
        return self.async_show_form(
            step_id="file", data_schema=vol.Schema(self._file_fields()), errors=self.errors
        )

    async def try_file(self, path: str) -> ConfigFlowResult:
        """Find out whether a file can be run, and make an entry of it."""
        self.device = {**self.device, CONF_PATH: path}
        self._async_abort_entries_match({CONF_PATH: path})
        return await self.async_step_check()

    async def async_lacks(self, need: Need, user_input: Mapping[str, Any]) -> str | None:
        """Return the key of what a model needs and this device has not, unless people know it."""
        fit = await async_fit(self.hass, need, folder=models_folder(self.hass))
        if not fit.has_disk:
            return "disk_full"
        return None if fit.has_memory or user_input.get(_ANYWAY) else "too_large"

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how a model that is set up shall run."""
        self.form_step = "settings"
        fields = _settings_fields(self.device)
        if user_input is None:
            return self.async_show_form(
                step_id="settings", data_schema=vol.Schema(fields), errors=self.errors
            )
        self.take(fields, user_input)
        return await self.async_step_check()

    async def async_step_finish(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Create the entry with its agent, or change it."""
        data = differing(self.device, _DEFAULTS)
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return self.changed_entry(entry, entry.title, data)
        return self.new_entry(self.title or self._named or DEFAULT_NAME, data)

    async def async_try(self) -> str | None:
        """Let the model write a token, and note how it is called and what it was taught."""
        try:
            info = await async_probe(self.hass, ModelOptions.of(self.device))
        except ModelError as err:
            return err.key
        path: str = self.device.get(CONF_PATH, "")
        if not path:
            return None
        self._named = info.metadata.get(_NAME_FIELD) or Path(path).stem
        format_name = self.device.get(CONF_FORMAT) or name_of_format(info.metadata)
        if format_name and format_name not in FORMATS:
            return "format_unknown"
        self.device = {**self.device, CONF_FORMAT: format_name}
        return None

    def take(self, fields: Fields, user_input: Mapping[str, Any]) -> None:
        """Take over what was entered."""
        values = read(fields, user_input, self.device)
        values.pop(_ANYWAY, None)
        if values.get(CONF_FORMAT) == _AUTOMATIC:
            del values[CONF_FORMAT]
        self.device = values

    def _file_fields(self) -> Fields:
        path = self.device.get(CONF_PATH, vol.UNDEFINED)
        return {
            vol.Required(CONF_PATH, default=path): TextSelector(),
            **ANYWAY,
            vol.Optional(_SECTION_MORE): folded(format_fields(self.device)),
        }

    async def _async_lacks_file(self, user_input: Mapping[str, Any]) -> str | None:
        """Return the key of what is wrong with a file, and take over its whole path."""
        path = Path(self.hass.config.path(self.device[CONF_PATH].strip()))
        try:
            header = await async_check_file(self.hass, str(path))
        except ModelError as err:
            return err.key
        whole = await self.hass.async_add_executor_job(path.resolve)
        self.device = {**self.device, CONF_PATH: str(whole)}
        need = Need(size=header.size, bytes_per_token=header.bytes_per_token, on_disk=header.size)
        return await self.async_lacks(need, user_input)


def format_fields(device: Mapping[str, Any]) -> Fields:
    """Return the field for how a file's model is spoken to."""
    choice = SelectSelectorConfig(
        options=[_AUTOMATIC, *FORMATS],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key=CONF_FORMAT,
    )
    known = device.get(CONF_FORMAT)
    shown = known if known in FORMATS else _AUTOMATIC
    return {vol.Required(CONF_FORMAT, default=shown): SelectSelector(choice)}


def _settings_fields(device: Mapping[str, Any]) -> Fields:
    options = ModelOptions.of(device)
    cores = os.cpu_count() or 1
    fields: Fields = {
        clearable(CONF_CONTEXT, options.context): whole_number(LEAST_CONTEXT, MOST_CONTEXT),
        clearable(CONF_THREADS, options.threads): whole_number(1, max(cores, options.threads or 1)),
        clearable(CONF_IDLE_MINUTES, options.idle_minutes): whole_number(0, _A_DAY),
    }
    if not options.path:
        return fields
    return {**fields, vol.Optional(_SECTION_MORE): folded(format_fields(device))}
