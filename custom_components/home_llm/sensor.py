"""Sensors of an agent: what its last answer took. They are off unless somebody wants them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .backends import HomeLLMConfigEntry
from .const import SUBENTRY_CONVERSATION
from .entity import HomeLLMEntity
from .figures import Figures

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HomeLLMSensorDescription(SensorEntityDescription):
    """A figure of an agent's last answer.

    Args:
        value: returns it.

    """

    value: Callable[[Figures], float | None]


SENSORS = (
    HomeLLMSensorDescription(
        key="latency",
        translation_key="latency",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        value=lambda figures: figures.latency_ms,
    ),
    HomeLLMSensorDescription(
        key="tokens_per_second",
        translation_key="tokens_per_second",
        suggested_display_precision=1,
        value=lambda figures: figures.tokens_per_second,
    ),
    HomeLLMSensorDescription(
        key="entities",
        translation_key="entities",
        value=lambda figures: figures.entities,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HomeLLMConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each agent."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_CONVERSATION:
            async_add_entities(
                [HomeLLMSensor(entry, subentry, description) for description in SENSORS],
                config_subentry_id=subentry.subentry_id,
            )


class HomeLLMSensor(HomeLLMEntity, SensorEntity):
    """Shows a figure of the agent's last answer, from the first one on."""

    entity_description: HomeLLMSensorDescription
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_should_poll = False
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(
        self,
        entry: HomeLLMConfigEntry,
        subentry: ConfigSubentry,
        description: HomeLLMSensorDescription,
    ) -> None:
        """Belong to the agent's device."""
        super().__init__(entry, subentry)
        self.entity_description = description
        self._attr_unique_id = f"{subentry.subentry_id}_{description.key}"
        self._meter = self.backend.meters[subentry.subentry_id]

    @override
    async def async_added_to_hass(self) -> None:
        """Look at each answer."""
        await super().async_added_to_hass()
        self.async_on_remove(self._meter.async_listen(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> float | None:
        """Return the figure of the last answer; nothing if there was none yet."""
        latest = self._meter.latest
        return self.entity_description.value(latest[-1]) if latest else None
