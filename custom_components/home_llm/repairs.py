"""Repair issues about the model, and the flow that fixes them."""

from typing import Any, override

from homeassistant.components.repairs import (
    RepairsFlow,
    RepairsFlowContext,
    RepairsFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .flow_device import LEAST_CONTEXT, MOST_CONTEXT
from .flow_forms import whole_number
from .options import CONF_CONTEXT, ModelOptions
from .runtime import INSTALL_DISK_FULL, async_check
from .runtime_flow import RuntimeSteps


class ModelRepairFlow(
    RuntimeSteps[RepairsFlowContext, RepairsFlowResult, str],
    RepairsFlow,
):
    """Installs the runtime if it is missing, tries the model, and starts it again."""

    form_step = "confirm"

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:  # noqa: ARG002 - steps take it
        """Start with the form."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say what to do and what will be done."""
        if user_input is not None:
            return await self.async_step_check()
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=self.errors,
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    @property
    @override
    def errors(self) -> dict[str, str] | None:
        """Whether it does not work yet; the issue itself says what is wrong, but for the disk."""
        if self.problem is None:
            return None
        return {"base": self.problem if self.problem == INSTALL_DISK_FULL else "not_fixed"}

    @override
    async def async_try(self) -> str | None:
        """Try the entry's model, which need not be the one that ships."""
        entry_id = str((self.data or {}).get("entry_id"))
        entry = self.hass.config_entries.async_get_entry(entry_id)
        return await async_check(self.hass, ModelOptions.of(entry.data if entry else {}))

    async def async_step_finish(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> RepairsFlowResult:
        """Start the entry's model again."""
        if self.data:
            self.hass.config_entries.async_schedule_reload(str(self.data["entry_id"]))
        return self.async_create_entry(data={})


class HouseRepairFlow(RepairsFlow):
    """Gives a model a larger context, in which the whole house fits."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:  # noqa: ARG002 - steps take it
        """Start with the form."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask how large; the entry starts again by itself when its options change."""
        data = self.data or {}
        if user_input is not None:
            entry = self.hass.config_entries.async_get_known_entry(str(data["entry_id"]))
            self.hass.config_entries.async_update_entry(entry, data={**entry.data, **user_input})
            return self.async_create_entry(data={})
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_CONTEXT, default=data["needed"]): whole_number(
                        LEAST_CONTEXT, MOST_CONTEXT
                    )
                }
            ),
            description_placeholders=issue.translation_placeholders if issue else None,
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for any of our issues."""
    return HouseRepairFlow() if "needed" in (data or {}) else ModelRepairFlow()
