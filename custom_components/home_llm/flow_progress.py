"""Steps that take a while, and show that they do."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from .const import DOMAIN

type Work = Callable[[], Coroutine[Any, Any, str | None]]
"""What a step does; it gives the key of what is wrong, if anything."""


class ProgressSteps[FlowContextT: FlowContext, FlowResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[FlowContextT, FlowResultT, HandlerT]
):
    """A flow with steps that take a while.

    Attributes:
        problem: the key of what was wrong the last time, if anything.

    """

    problem: str | None = None
    _task: asyncio.Task[str | None] | None = None

    def working(
        self, step_id: str, work: Work, placeholders: Mapping[str, str] | None = None
    ) -> FlowResultT | None:
        """Return what shows that a step is still at work; nothing, and ``problem``, at its end.

        The work is given up when the flow is closed.
        """
        if self._task is None:
            self._task = self.hass.async_create_background_task(work(), f"{DOMAIN} {step_id}")
        if not self._task.done():
            return self.async_show_progress(
                step_id=step_id,
                progress_action=step_id,
                description_placeholders=placeholders,
                progress_task=self._task,
            )
        task, self._task = self._task, None
        self.problem = task.result()
        return None

    @property
    def errors(self) -> dict[str, str] | None:
        """What was wrong the last time, as forms show it."""
        return {"base": self.problem} if self.problem else None
