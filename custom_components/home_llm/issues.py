"""Repair issues: what is wrong with a model, in plain words, in Home Assistant's repairs."""

import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .core.budget import Seen
from .engine.errors import EngineError, StartTimeoutError, WorkerDiedError
from .engine.reply import ModelInfo

_LOGGER = logging.getLogger(__name__)

UNTIL_LOADED = (
    "model_damaged",
    "model_missing",
    "out_of_memory",
    "runtime_broken",
    "runtime_missing",
    "start_timeout",
)
UNTIL_RESTARTED = ("worker_died", "worker_illegal_instruction")
"""The next request may well work; people should know all the same that this has happened."""

HOUSE_TOO_LARGE = "house_too_large"
"""The model is not shown everything that is exposed; a larger context would help."""
HOUSE_TOO_LARGE_FOR_MODEL = "house_too_large_for_model"
"""… and was made for no larger one."""

# Nothing is wrong with the model: somebody else was first, or Home Assistant ends it.
_HARMLESS = ("cancelled", "closed")


@callback
def async_report(hass: HomeAssistant, entry_id: str, error: EngineError) -> None:
    """Log an error of the engine, and make an issue of it if people can do something."""
    if error.key in _HARMLESS:
        _LOGGER.debug("The language model was interrupted: %s", error)
        return
    key = _key(error)
    issue_id = _issue_id(key, entry_id)
    known = ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    _LOGGER.log(logging.DEBUG if known else logging.WARNING, "The language model failed: %s", error)
    if known or key not in UNTIL_LOADED + UNTIL_RESTARTED:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
    )


@callback
def async_report_house(hass: HomeAssistant, entry_id: str, seen: Seen, info: ModelInfo) -> None:
    """Tell people when a house is too large for a model, until it fits.

    Args:
        hass: Home Assistant.
        entry_id: of the entry that the model belongs to.
        seen: how much of the house the model was shown.
        info: the model, and how many tokens it can read and write.

    """
    can_grow = info.n_ctx < info.most_context
    key = HOUSE_TOO_LARGE if can_grow else HOUSE_TOO_LARGE_FOR_MODEL
    for other in (HOUSE_TOO_LARGE, HOUSE_TOO_LARGE_FOR_MODEL):
        if not seen.left_out or other != key:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(other, entry_id))
    if not seen.left_out:
        return
    # How many are shown differs a little from one sentence to the next, which nobody needs to hear.
    issue = ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(key, entry_id))
    told = {"exposed": str(seen.exposed), "context": str(info.n_ctx)}
    if issue is not None and told.items() <= (issue.translation_placeholders or {}).items():
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, entry_id),
        data={"entry_id": entry_id, "needed": min(seen.needed, info.most_context)},
        is_fixable=can_grow,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={
            **told,
            "shown": str(seen.shown),
            "left_out": str(seen.left_out),
            "needed": str(seen.needed),
        },
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what kept a model from being loaded."""
    for key in UNTIL_LOADED:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry_id))


@callback
def async_clear_all_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Forget every issue of an entry that is unloaded."""
    for key in (*UNTIL_LOADED, *UNTIL_RESTARTED, HOUSE_TOO_LARGE, HOUSE_TOO_LARGE_FOR_MODEL):
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry_id))


def _key(error: EngineError) -> str:
    """Return the key of an error's issue, which may say more than its sentence."""
    if isinstance(error, StartTimeoutError):
        return "start_timeout"
    if isinstance(error, WorkerDiedError) and error.reason == "illegal_instruction":
        return "worker_illegal_instruction"
    return error.key


def _issue_id(key: str, entry_id: str) -> str:
    return f"{key}_{entry_id}"
