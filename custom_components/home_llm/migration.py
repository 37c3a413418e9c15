"""What earlier versions of the integration stored, made to fit this one."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

VERSION = 2
"""Of what entries store.

1: a model that ships with the integration; entries and agents had no data.
2: entries say where their model runs, agents what they may do. Without data they are as before. A
   version 1 of the integration must not run them: it would answer with the model that ships.
"""


async def async_migrate_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Bring an entry to the version of now; whatever it does not say is a default."""
    if entry.version < VERSION:
        hass.config_entries.async_update_entry(entry, version=VERSION, minor_version=1)
    return True
