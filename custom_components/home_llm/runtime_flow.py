"""The steps that adding Home LLM and repairing it share: try the model, install what is missing."""

import asyncio
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from .runtime import INSTALL_FAILED, RUNTIME_MISSING, async_check, async_install


class RuntimeSteps[FlowContextT: FlowContext, FlowResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[FlowContextT, FlowResultT, HandlerT]
):
    """Steps that end in ``finish`` when the model runs, else in ``form_step``, which can try again.

    Attributes:
        form_step: the step with the form that starts it all; it shows ``problem``.
        problem: the key of what is wrong, if anything.

    """

    form_step: str
    problem: str | None = None
    _task: asyncio.Task[str | None] | None = None
    _installed = False

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> FlowResultT:  # noqa: ARG002 - steps take it
        """Load the model in its worker and let it write one token."""
        if self._task is None:
            self._task = self.hass.async_create_background_task(
                async_check(self.hass), "home_llm check"
            )
        if not self._task.done():
            return self.async_show_progress(
                step_id="check", progress_action="check", progress_task=self._task
            )
        self.problem, self._task = self._task.result(), None
        if self.problem is None:
            return self.async_show_progress_done(next_step_id="finish")
        if self.problem == RUNTIME_MISSING and not self._installed:
            return self.async_show_progress_done(next_step_id="install")
        self._installed = False
        return self.async_show_progress_done(next_step_id=self.form_step)

    async def async_step_install(self, user_input: dict[str, Any] | None = None) -> FlowResultT:  # noqa: ARG002 - steps take it
        """Install llama-cpp-python the way Home Assistant installs what integrations require."""
        if self._task is None:
            self._task = self.hass.async_create_background_task(
                async_install(self.hass), "home_llm install"
            )
        if not self._task.done():
            return self.async_show_progress(
                step_id="install", progress_action="install", progress_task=self._task
            )
        self.problem, self._task = self._task.result(), None
        self._installed = self.problem is None
        following = self.form_step if self.problem == INSTALL_FAILED else "check"
        return self.async_show_progress_done(next_step_id=following)
