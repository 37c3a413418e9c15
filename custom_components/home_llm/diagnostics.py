"""Diagnostics of an entry: what helps to find an error, and nothing that tells of its people.

Nothing is shown because it was not left out: all that stands here was chosen to be shown. Names,
sentences, prompts, addresses, keys and paths were not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    floor_registry as fr,
    issue_registry as ir,
    llm,
)

from .backends import HomeLLMConfigEntry
from .const import DOMAIN
from .core.actions import ACTIONS
from .core.formats import FORMATS
from .figures import Meter
from .fit import async_used_memory
from .home import exposed_states
from .local_model import LocalModel
from .options import AgentOptions, ModelOptions
from .public import known_model, public_name
from .runtime import async_installed

_SHOWN_FIELDS = ("general.architecture", "general.file_type", "general.quantization_version")
"""Of a file. Others are text of whoever made it."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: HomeLLMConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an entry, which need not be set up."""
    options = ModelOptions.of(entry.data)
    data = entry.runtime_data if hasattr(entry, "runtime_data") else None
    meters = data.meters if data is not None else {}
    return {
        "entry": {
            "version": entry.version,
            "source": entry.source,
            "state": entry.state.value,
            "issues": _issues(hass, entry.entry_id),
        },
        "model": _model(options),
        **await _async_device(hass, options, data.model if data is not None else None),
        "agents": [_agent(each, meters) for each in entry.subentries.values()],
        "home": _home(hass),
    }


def _model(options: ModelOptions) -> dict[str, Any]:
    known = known_model(options.path)
    return {
        "backend": options.backend,
        "name": public_name(options),
        "is_shipped": options.backend == "device" and not options.path,
        "repository": known.repository if known is not None else _hidden(options.path),
        "format": options.format if options.format in FORMATS else _hidden(options.format),
        "url": _hidden(options.url),
        "api_key": _hidden(options.api_key),
        "context": options.context,
        "threads": options.threads,
        "idle_minutes": options.idle_minutes,
    }


async def _async_device(
    hass: HomeAssistant, options: ModelOptions, model: LocalModel | None
) -> dict[str, Any]:
    """Return what runs a model on this device; nothing of a model on a server."""
    if options.backend != "device":
        return {}
    installed = await async_installed(hass)
    runtime = asdict(installed) if installed is not None else None
    return {"runtime": runtime, "worker": await _async_worker(hass, model)}


async def _async_worker(hass: HomeAssistant, model: LocalModel | None) -> dict[str, Any]:
    if model is None:
        return {"state": "not_set_up"}
    state = "running" if model.worker else "resting" if model.is_resting else "not_running"
    memory = await async_used_memory(hass, model.worker) if model.worker else None
    return {"state": state, "memory": memory, **_loaded(model)}


def _loaded(model: LocalModel) -> dict[str, Any]:
    """Return what the worker has told of the model when it was loaded."""
    if (info := model.info) is None:
        return {}
    return {
        "runtime": info.runtime,
        "format": model.format.name if model.is_taught_homes else None,
        "fields": {key: info.metadata[key] for key in _SHOWN_FIELDS if key in info.metadata},
        "parameters": info.parameters,
        "context": info.n_ctx,
        "threads": info.n_threads,
        "load_ms": info.load_ms,
    }


def _agent(subentry: ConfigSubentry, meters: Mapping[str, Meter]) -> dict[str, Any]:
    """Return how an agent or a task is set up, and what its latest answers took."""
    options = AgentOptions.of(subentry.data)
    meter = meters.get(subentry.subentry_id)
    own = [api if api in (llm.LLM_API_ASSIST, DOMAIN) else REDACTED for api in options.apis]
    return {
        "type": subentry.subentry_type,
        "actions": sorted(options.actions & ACTIONS.keys()),
        "apis": own,
        "prompt": _hidden(options.prompt),
        "confirm_unlock": bool(options.confirm_unlock),
        "fallback": _hidden(options.fallback),
        "threshold": options.threshold,
        "reply": {**asdict(options.reply), "thinking": bool(options.reply.thinking)},
        "answers": [
            {**asdict(figures), "tokens_per_second": figures.tokens_per_second}
            for figures in (meter.latest if meter is not None else ())
        ],
    }


@callback
def _home(hass: HomeAssistant) -> dict[str, Any]:
    """Return how large the home is; large ones are where models err."""
    return {
        "language": hass.config.language,
        "areas": len(ar.async_get(hass).areas),
        "floors": len(fr.async_get(hass).floors),
        "entities": _counts(hass.states.async_all()),
        "exposed": _counts(exposed_states(hass)),
    }


def _counts(states: Iterable[State]) -> dict[str, int]:
    return dict(sorted(Counter(state.domain for state in states).items()))


@callback
def _issues(hass: HomeAssistant, entry_id: str) -> list[str]:
    issues = ir.async_get(hass).issues.values()
    return sorted(
        issue.translation_key or ""
        for issue in issues
        if issue.domain == DOMAIN and (issue.data or {}).get("entry_id") == entry_id
    )


def _hidden(value: str) -> str:
    """Return that there is something, without what."""
    return REDACTED if value else ""
