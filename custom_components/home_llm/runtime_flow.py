"""The steps that adding Home LLM and repairing it share: try the model, install what is missing."""

from abc import abstractmethod
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowResult

from .flow_progress import ProgressSteps
from .runtime import (
    INSTALL_DISK_FULL,
    INSTALL_FAILED,
    RUNTIME_MISSING,
    UNFIT,
    WRONG_PROCESSOR,
    async_has_room,
    async_install,
    async_known_builds,
)
from .wheel_index import Build


class RuntimeSteps[FlowContextT: FlowContext, FlowResultT: FlowResult[Any, Any], HandlerT](
    ProgressSteps[FlowContextT, FlowResultT, HandlerT]
):
    """Steps that end in ``finish`` when the model runs, else in ``form_step``, which can try again.

    When the runtime is missing, or does not fit this computer, its builds are installed and tried
    one after the other until one runs the model.

    Attributes:
        form_step: the step with the form that starts it all; it shows ``problem``.

    """

    form_step: str
    _builds: list[Build] | None = None

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> FlowResultT:  # noqa: ARG002 - steps take it
        """Load the model in its worker and let it write one token."""
        if (shown := self.working("check", self.async_try)) is not None:
            return shown
        if self.problem is None:
            return self.async_show_progress_done(next_step_id="finish")
        if self.problem in UNFIT and self._builds != []:
            return self.async_show_progress_done(next_step_id="install")
        return self._give_up()

    async def async_step_install(self, user_input: dict[str, Any] | None = None) -> FlowResultT:  # noqa: ARG002 - steps take it
        """Install the next build of llama-cpp-python."""
        if (shown := self.working("install", self._async_install)) is not None:
            return shown
        if self.problem is None:
            return self.async_show_progress_done(next_step_id="check")
        return self._give_up()

    @abstractmethod
    async def async_try(self) -> str | None:
        """Try the model, and return the key of what is wrong."""

    async def _async_install(self) -> str | None:
        if self._builds is None:
            self._builds = await async_known_builds(self.hass)
        # A disk may fill up meanwhile, and then no other build helps.
        while (has_room := await async_has_room(self.hass)) and self._builds:
            build = self._builds.pop(0)
            # It is slower: only for a processor that has shown that it needs it.
            if build.is_portable and self.problem != WRONG_PROCESSOR:
                continue
            if await async_install(self.hass, build):
                return None
        if not has_room:
            return INSTALL_DISK_FULL
        return INSTALL_FAILED if self.problem == RUNTIME_MISSING else self.problem

    def _give_up(self) -> FlowResultT:
        """Return to the form; from there everything is tried once more."""
        self._builds = None
        return self.async_show_progress_done(next_step_id=self.form_step)
