"""What the agents and the AI tasks of an entry share."""

from pathlib import Path

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity import Entity

from .backends import HomeLLMConfigEntry
from .const import DEFAULT_NAME, DOMAIN, SHIPPED_MODEL_ID
from .options import ModelOptions


class HomeLLMEntity(Entity):
    """Uses the entry's model in the way that its subentry says."""

    _attr_has_entity_name = True

    def __init__(self, entry: HomeLLMConfigEntry, subentry: ConfigSubentry) -> None:
        """Name the entity and its device after the subentry."""
        self.entry = entry
        self.backend = entry.runtime_data
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = dr.DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            manufacturer=DEFAULT_NAME,
            model=_model_name(self.backend.options),
            entry_type=dr.DeviceEntryType.SERVICE,
        )


def _model_name(options: ModelOptions) -> str:
    return options.model or Path(options.path).stem or SHIPPED_MODEL_ID
