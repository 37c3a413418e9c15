"""Actions of Home Assistant that answer something and change nothing."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError


async def async_ask(
    hass: HomeAssistant, action: str, entity_id: str, context: Context, **data: str
) -> Mapping[str, Any] | None:
    """Return what an action says of an entity; none if it does not work.

    Args:
        hass: Home Assistant.
        action: ``domain.action``.
        entity_id: what is asked about.
        context: of the user, whose rights hold.
        data: the action's other fields.

    """
    domain, _, name = action.partition(".")
    try:
        response = await hass.services.async_call(
            domain,
            name,
            {ATTR_ENTITY_ID: entity_id, **data},
            blocking=True,
            context=context,
            return_response=True,
        )
    except HomeAssistantError:
        return None
    found: Any = (response or {}).get(entity_id)
    return found if isinstance(found, Mapping) else None
