"""Forms of the flows: what they show, and what of it is kept."""

from collections.abc import Mapping
from typing import Any

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

type Fields = dict[vol.Marker, Any]
"""What a form, or a section of one, asks for."""

URL_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
KEY_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def folded(fields: Fields) -> section:
    """Return a section that is closed until somebody opens it."""
    return section(vol.Schema(fields), {"collapsed": True})


def clearable(name: str, value: str | float | None) -> vol.Marker:
    """Return a field that shows a value, and may be emptied to get its default back."""
    return vol.Optional(name, description={"suggested_value": value})


def whole_number(least: int, most: int) -> vol.All[int]:
    """Return a field for a whole number."""
    config = NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    return vol.All(NumberSelector(config), vol.Coerce(int))


def share(step: float, most: float = 1) -> NumberSelector:
    """Return a slider from nothing to the whole, or more."""
    return NumberSelector(
        NumberSelectorConfig(min=0, max=most, step=step, mode=NumberSelectorMode.SLIDER)
    )


def read(
    fields: Mapping[Any, Any], entered: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all options after a form was submitted, those of its sections among them.

    What was cleared is left out; what the form did not ask for keeps its value.

    Args:
        fields: what the form asked for.
        entered: what was submitted.
        stored: the options until now.

    """
    values = dict(stored)
    for marker, field in fields.items():
        name = str(marker)
        if isinstance(field, section):
            if name in entered:
                values = read(field.schema.schema, entered[name], values)
            continue
        values.pop(name, None)
        if name in entered:
            values[name] = entered[name]
    return values


def differing(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that differ from their defaults: only these are stored."""
    return {name: value for name, value in values.items() if value != defaults.get(name)}
