"""services.yaml and icons.json: the actions, their fields, and that each has words and an icon."""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers.selector import validate_selector
import voluptuous as vol

from .files import read_json, read_yaml
from .shapes import Mapped, anything, each, flag, mismatches
from .strings import ENGLISH

_FIELD = Mapped(
    keys={
        **dict.fromkeys(("example", "default", "selector", "filter"), anything),
        "required": flag,
    },
    needed=("selector",),
)
_ACTIONS = each(Mapped(keys={"fields": each(_FIELD), "target": anything}))


def _icon(value: object) -> str | None:
    fine = isinstance(value, str) and re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", value)
    return None if fine else "an icon as mdi:home"


_ICONS = Mapped(
    keys={
        "entity": each(
            each(
                Mapped(
                    keys={
                        "default": _icon,
                        "state": each(_icon),
                        "range": each(_icon),
                        "state_attributes": each(
                            Mapped(keys={"default": _icon, "state": each(_icon)})
                        ),
                    },
                    needed=("default",),
                )
            )
        ),
        "services": each(
            Mapped(keys={"service": _icon, "sections": each(_icon)}, needed=("service",))
        ),
    }
)


def action_findings(folder: Path) -> Iterator[str]:
    """Yield what is wrong with services.yaml, each as a phrase."""
    if not (folder / "services.yaml").exists():
        return
    actions: Mapping[str, Any] = read_yaml(folder / "services.yaml")
    wrong = list(mismatches(actions, _ACTIONS))
    yield from wrong
    if wrong:
        return
    said = read_json(folder / "translations" / ENGLISH).get("services", {})
    yield from (f"{name} has words, but is no action" for name in said if name not in actions)
    for name, action in actions.items():
        if name not in said:
            yield f"{name} has no words in translations/{ENGLISH}"
            continue
        yield from _fields(name, action.get("fields", {}), said[name].get("fields", {}))


def _fields(name: str, fields: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}.{key} has words, but is no field" for key in said if key not in fields)
    for key, field in fields.items():
        if not {"name", "description"} <= said.get(key, {}).keys():
            yield f"{name}.{key} has no name or no description in translations/{ENGLISH}"
        try:
            validate_selector(field["selector"])
        except vol.Invalid as err:
            yield f"{name}.{key} has a selector that is none ({err})"


def icon_findings(folder: Path) -> Iterator[str]:
    """Yield what is wrong with icons.json, each as a phrase."""
    icons = read_json(folder / "icons.json")
    wrong = list(mismatches(icons, _ICONS))
    yield from wrong
    if wrong:
        return
    exists = (folder / "services.yaml").exists()
    actions = read_yaml(folder / "services.yaml") if exists else {}
    for name in actions:
        if name not in icons.get("services", {}):
            yield f"the action {name} has no icon"
    for name in icons.get("services", {}):
        if name not in actions:
            yield f"{name} has an icon, but is no action"
    for domain, entities in icons.get("entity", {}).items():
        for key, icon in entities.items():
            for state, shown in icon.get("state", {}).items():
                if shown == icon["default"]:
                    yield f"entity.{domain}.{key}.state.{state} is the default, and not needed"
