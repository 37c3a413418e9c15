"""quality_scale.yaml: what is said of each rule of Home Assistant's quality scale."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import homeassistant.components

from .files import read_json, read_yaml

_STATUSES = ("done", "exempt", "todo")
_TIERS: Mapping[str, str] = {
    # By tier: the first of its rules in Home Assistant's own files.
    "bronze": "action-setup",
    "silver": "action-exceptions",
    "gold": "devices",
    "platinum": "async-dependency",
}
_REFERENCE = Path(homeassistant.components.__path__[0]) / "anthropic" / "quality_scale.yaml"


def findings(folder: Path) -> Iterator[str]:
    """Yield what is wrong, each as a phrase."""
    rules = read_yaml(folder / "quality_scale.yaml").get("rules", {})
    known = tuple(read_yaml(_REFERENCE)["rules"])
    yield from (f"the rule {rule} is missing" for rule in known if rule not in rules)
    claimed = read_json(folder / "manifest.json").get("quality_scale")
    needed = _up_to(known, claimed)
    for rule, told in rules.items():
        if rule not in known:
            yield f"there is no rule {rule}"
            continue
        status = told.get("status") if isinstance(told, Mapping) else told
        if (problem := _problem(told)) is not None:
            yield f"{rule} {problem}"
        elif status == "todo" and rule in needed:
            yield f"{rule} is still to be done, and the manifest says {claimed}"
        elif status == "done" and not _PROOFS.get(rule, _is_said)(folder):
            yield f"{rule} is said to be done, and the code does not show it"


def _problem(told: object) -> str | None:
    """Return what is wrong with what stands under a rule."""
    if isinstance(told, str):
        if told in ("exempt", "todo"):
            return f"is {told} without a comment that says why"
        return None if told == "done" else f"should be one of: {', '.join(_STATUSES)}"
    if not isinstance(told, Mapping) or told.get("status") not in _STATUSES:
        return f"should be one of: {', '.join(_STATUSES)}"
    if told["status"] != "done" and not str(told.get("comment") or "").strip():
        return f"is {told['status']} without a comment that says why"
    unknown = told.keys() - {"status", "comment"}
    return f"says {', '.join(sorted(unknown))}, which means nothing" if unknown else None


def _up_to(known: tuple[str, ...], claimed: str | None) -> tuple[str, ...]:
    """Return the rules of a tier and of those below."""
    if claimed is None:
        return ()
    above = [
        first
        for tier, first in _TIERS.items()
        if list(_TIERS).index(tier) > list(_TIERS).index(claimed)
    ]
    return known[: known.index(above[0])] if above else known


def _is_said(_folder: Path) -> bool:
    return True


def _defines(module: str, *names: str) -> Callable[[Path], bool]:
    """Return a check that a module defines something."""

    def check(folder: Path) -> bool:
        path = folder / f"{module}.py"
        code = path.read_text(encoding="utf-8") if path.exists() else ""
        return all(name in code for name in names)

    return check


def _somewhere(name: str) -> Callable[[Path], bool]:
    """Return a check that some module of the integration holds something."""
    return lambda folder: any(
        name in path.read_text(encoding="utf-8") for path in folder.glob("*.py")
    )


def _limits_updates(folder: Path) -> bool:
    platforms = [path for path in folder.glob("*.py") if _is_platform(path)]
    return bool(platforms) and all(
        "\nPARALLEL_UPDATES = " in path.read_text(encoding="utf-8") for path in platforms
    )


def _is_platform(path: Path) -> bool:
    code = path.read_text(encoding="utf-8")
    return path.stem != "__init__" and "\nasync def async_setup_entry(" in code


_PROOFS: Mapping[str, Callable[[Path], bool]] = {
    "action-setup": _defines("__init__", "async def async_setup(", "async_setup_services(hass)"),
    "brands": lambda folder: (folder / "brand" / "icon.png").exists(),
    "config-entry-unloading": _defines("__init__", "async def async_unload_entry("),
    "config-flow": _defines("config_flow", "async def async_step_user("),
    "diagnostics": _defines("diagnostics", "async def async_get_config_entry_diagnostics("),
    "has-entity-name": _somewhere("_attr_has_entity_name = True"),
    "parallel-updates": _limits_updates,
    "reauthentication-flow": _somewhere("async def async_step_reauth("),
    "reconfiguration-flow": _somewhere("async def async_step_reconfigure("),
    "repair-issues": _somewhere("ir.async_create_issue("),
    "runtime-data": _defines("__init__", "entry.runtime_data = "),
}
"""By rule: whether the code shows that it is done."""
