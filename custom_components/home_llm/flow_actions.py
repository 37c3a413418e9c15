"""What an agent may do: a choice for each domain in forms, one list of actions in its options."""

from collections.abc import Collection, Mapping

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .core.actions import ACTIONS, DOMAINS
from .flow_forms import Fields

_WORDED = {name: name.replace(".", "_") for name in ACTIONS}
"""Actions as the translations know them: their keys have no dots."""


def action_fields(allowed: Collection[str]) -> Fields:
    """Return a choice of actions for each domain; ``allowed`` are chosen."""
    # Without a choice of its own, a domain keeps what it has: nothing is widened by leaving it out.
    return {
        vol.Required(domain, default=_of(domain, allowed)): SelectSelector(
            SelectSelectorConfig(
                options=_of(domain, ACTIONS),
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="action",
            )
        )
        for domain in DOMAINS
    }


def chosen_actions(entered: Mapping[str, list[str]]) -> list[str]:
    """Return the actions that were chosen, in the order of the table."""
    chosen = {word for words in entered.values() for word in words}
    return [name for name, word in _WORDED.items() if word in chosen]


def _of(domain: str, names: Collection[str]) -> list[str]:
    return [
        word for name, word in _WORDED.items() if name in names and ACTIONS[name].domain == domain
    ]
