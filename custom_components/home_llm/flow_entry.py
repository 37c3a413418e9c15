"""What a new entry begins with, and how one is changed."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryData,
)

from .const import SUBENTRY_CONVERSATION
from .flow_progress import ProgressSteps


class EntrySteps(ProgressSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow):
    """A flow that ends in an entry, new or changed."""

    def new_entry(self, title: str, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Create an entry with an agent that has every default; AI tasks are for people to add."""
        agent = ConfigSubentryData(
            subentry_type=SUBENTRY_CONVERSATION, title=title, data={}, unique_id=None
        )
        return self.async_create_entry(title=title, data=data, subentries=[agent])

    def changed_entry(
        self, entry: ConfigEntry, title: str, data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Change an entry, which is then loaded again: by itself, if it is loaded now."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, title=title, data=data)
        return self.async_update_reload_and_abort(entry, title=title, data=data)
