"""Virtual sensors."""

import datetime as dt

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.util import dt as dt_util

from playground.house import Device

from .entity import Description, VirtualEntity, platform


class VirtualSensor(VirtualEntity, SensorEntity):
    """A sensor that shows what the file says."""

    description = Description(
        shown={
            "unit_of_measurement": "native_unit_of_measurement",
            "state_class": "state_class",
        }
    )

    def __init__(self, device: Device) -> None:
        """Take the value of the file."""
        super().__init__(device)
        if "options" in device.attributes:
            self._attr_options = list(device.attributes["options"])
        self._attr_native_value = _value(device)


def _value(device: Device) -> str | dt.date | dt.datetime | None:
    if device.state is None:
        return None
    match device.attributes.get("device_class"):
        case SensorDeviceClass.TIMESTAMP:
            return dt_util.parse_datetime(device.state)
        case SensorDeviceClass.DATE:
            return dt_util.parse_date(device.state)
        case _:
            return device.state


async_setup_entry = platform("sensor", VirtualSensor)
