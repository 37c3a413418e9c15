"""The steps that get a model for this device: choose it, see whether it fits, download it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .catalogue import CATALOGUE, KnownModel
from .download import async_download, async_files, models_folder
from .errors import INVALID_AUTH, ModelError
from .fit import Fit, Need, async_fit, readable
from .flow_device import ANYWAY, DeviceSteps, format_fields
from .flow_forms import KEY_FIELD, Fields, clearable, folded
from .hub_file import HubFile
from .options import CONF_CONTEXT, CONF_FORMAT, DEFAULT_CONTEXT

_MODEL, _REPOSITORY, _FILE, _TOKEN = "model", "repository", "file", "token"
_SECTION_MORE = "more"

_OFFERED: Mapping[str, KnownModel] = {
    model.repository: model for model in CATALOGUE if model.repository
}
_USUAL_QUANTIZATION = "Q4_K_M"
_OF_THE_HUB = {INVALID_AUTH: "token_refused", "cannot_connect": "hub_not_reached"}
_FITS, _FITS_NOT = "✅", "⚠️"


class DownloadSteps(DeviceSteps):
    """Steps that end in an entry for a model that was downloaded."""

    _repository = ""
    _token = ""
    _known: KnownModel | None = None
    _files: Mapping[str, HubFile] = {}
    _wanted = ""
    _path = ""

    async def async_step_catalogue(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for one of the models that are known to work."""
        self.form_step = "catalogue"
        if user_input is not None:
            self._known = _OFFERED[user_input[_MODEL]]
            usual = {CONF_CONTEXT: min(self._known.context, DEFAULT_CONTEXT)}
            self.device = {**usual, CONF_FORMAT: self._known.format}
            return await self._async_look(user_input[_MODEL], user_input)
        fits = {name: await self._async_fit(model.need()) for name, model in _OFFERED.items()}
        options = [_option(name, _OFFERED[name].name, fit) for name, fit in fits.items()]
        fields: Fields = {
            vol.Required(_MODEL, default=self._repository or vol.UNDEFINED): _choice(options),
            vol.Optional(_SECTION_MORE): folded(self._token_field()),
        }
        return self.async_show_form(
            step_id="catalogue",
            data_schema=vol.Schema(fields),
            errors=self.errors,
            description_placeholders=next(iter(fits.values())).figures,
        )

    async def async_step_repository(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for any repository."""
        self.form_step = "repository"
        fields: Fields = {
            vol.Required(_REPOSITORY, default=self._repository or vol.UNDEFINED): TextSelector(),
            vol.Optional(_SECTION_MORE): folded(
                {**format_fields(self.device), **self._token_field()}
            ),
        }
        if user_input is None:
            return self.async_show_form(
                step_id="repository", data_schema=vol.Schema(fields), errors=self.errors
            )
        self._known = None
        self.take(format_fields(self.device), user_input.get(_SECTION_MORE, {}))
        return await self._async_look(user_input[_REPOSITORY], user_input)

    async def async_step_look(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Look up what the repository has."""
        if (shown := self.working("look", self._async_list_files)) is not None:
            return shown
        following = self.form_step if self.problem else "files"
        return self.async_show_progress_done(next_step_id=following)

    async def async_step_files(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the repository's files it shall be."""
        self.form_step = "files"
        if user_input is not None:
            self._wanted = user_input[_FILE]
            self._take_token(user_input)
            self.problem = await self.async_lacks(self._need(self._wanted), user_input)
            if self.problem is None:
                return await self.async_step_download()
        fits = {name: await self._async_fit(self._need(name)) for name in self._files}
        options = [_option(name, _label(self._files[name]), fit) for name, fit in fits.items()]
        fields: Fields = {
            vol.Required(_FILE, default=self._wanted or self._usual()): _choice(options),
            **ANYWAY,
            vol.Optional(_SECTION_MORE): folded(self._token_field()),
        }
        figures = next(iter(fits.values())).figures
        return self.async_show_form(
            step_id="files",
            data_schema=vol.Schema(fields),
            errors=self.errors,
            description_placeholders={**figures, _REPOSITORY: self._repository},
        )

    async def async_step_download(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Download the file, or what is missing of it."""
        placeholders = {"name": self._wanted, "size": readable(self._files[self._wanted].size)}
        if (shown := self.working("download", self._async_fetch, placeholders)) is not None:
            return shown
        following = "files" if self.problem else "downloaded"
        return self.async_show_progress_done(next_step_id=following)

    async def async_step_downloaded(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> ConfigFlowResult:
        """Find out whether the file can be run, and make an entry of it."""
        if self._known is not None:
            self.title = self._known.name
        return await self.try_file(self._path)

    async def _async_look(self, repository: str, user_input: dict[str, Any]) -> ConfigFlowResult:
        self._repository = repository.strip()
        self._take_token(user_input)
        self._wanted = ""
        return await self.async_step_look()

    async def _async_list_files(self) -> str | None:
        try:
            files = await async_files(self.hass, self._repository, token=self._token)
        except ModelError as err:
            return _key(err)
        self._files = {file.name: file for file in files}
        return None

    async def _async_fetch(self) -> str | None:
        try:
            path = await async_download(
                self.hass,
                self._repository,
                self._wanted,
                token=self._token,
                progress=lambda done, total: self.async_update_progress(done / total),
            )
        except ModelError as err:
            return _key(err)
        self._path = str(path)
        return None

    async def _async_fit(self, need: Need) -> Fit:
        return await async_fit(self.hass, need, folder=models_folder(self.hass))

    def _need(self, name: str) -> Need:
        """Return what a file of the repository needs."""
        size = self._files[name].size
        return Need(size=size) if self._known is None else self._known.need(size)

    def _usual(self) -> str:
        """Return the file that suits most homes."""
        usual = _USUAL_QUANTIZATION if self._known is None else self._known.quantization
        names = list(self._files)
        return next((n for n in names if self._files[n].quantization == usual), names[0])

    def _take_token(self, user_input: dict[str, Any]) -> None:
        if _SECTION_MORE in user_input:
            self._token = user_input[_SECTION_MORE].get(_TOKEN, "").strip()

    def _token_field(self) -> Fields:
        return {clearable(_TOKEN, self._token or None): KEY_FIELD}


def _key(error: ModelError) -> str:
    """Return the key of what is wrong: the hub is another thing than a server of models."""
    return _OF_THE_HUB.get(error.key, error.key)


def _choice(options: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))


def _option(value: str, name: str, fit: Fit) -> SelectOptionDict:
    """Return an option with its size, and whether it fits, in signs that need no language."""
    sign = _FITS if fit.has_memory and fit.has_disk else _FITS_NOT
    return SelectOptionDict(value=value, label=f"{sign} {name} · {fit.figures['size']}")


def _label(file: HubFile) -> str:
    return f"{file.quantization} · {file.name}" if file.quantization else file.name
