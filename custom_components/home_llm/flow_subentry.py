"""Adding what uses an entry's model, and changing it: what agents and AI tasks have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult


class HomeLLMSubentryFlow(ConfigSubentryFlow, ABC):
    """Asks for the name and the options of a subentry, in one form."""

    _name = ""
    _stored: Mapping[str, Any] = {}

    @property
    def _first_name(self) -> str:
        """What a new one is called, unless people choose otherwise."""
        return self._get_entry().title

    @abstractmethod
    async def _async_first_step(self) -> SubentryFlowResult:
        """Show the form."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:  # noqa: ARG002 - steps take it
        """Start with every default."""
        self._name = self._first_name
        return await self._async_first_step()

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - steps take it
    ) -> SubentryFlowResult:
        """Start with the subentry as it is."""
        subentry = self._get_reconfigure_subentry()
        self._name, self._stored = subentry.title, subentry.data
        return await self._async_first_step()

    def _finish(self, name: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=name, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
        )
