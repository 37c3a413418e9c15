"""manifest.json: what Home Assistant knows about an integration before it loads it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
import homeassistant.components

from .files import read_json
from .shapes import Mapped, flag, mismatches, one_of, text, texts

_SHAPE = Mapped(
    keys={
        **dict.fromkeys(("domain", "name", "documentation", "issue_tracker", "version"), text),
        **dict.fromkeys(("codeowners", "dependencies", "after_dependencies"), texts),
        **dict.fromkeys(("requirements", "loggers"), texts),
        **dict.fromkeys(("config_flow", "single_config_entry"), flag),
        "integration_type": one_of("device", "entity", "hardware", "helper", "hub", "service"),
        "iot_class": one_of(
            *("assumed_state", "calculated", "cloud_polling", "cloud_push"),
            *("local_polling", "local_push"),
        ),
        "quality_scale": one_of("bronze", "silver", "gold", "platinum"),
    },
    # The last two are asked of integrations that people install by themselves.
    needed=(
        *("domain", "name", "codeowners", "documentation", "integration_type", "iot_class"),
        *("requirements", "issue_tracker", "version"),
    ),
)
_FIRST = ("domain", "name")
_URL = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?")
_COMPONENTS = Path(homeassistant.components.__path__[0])


def findings(folder: Path) -> Iterator[str]:
    """Yield what is wrong, each as a phrase."""
    manifest = read_json(folder / "manifest.json")
    wrong = list(mismatches(manifest, _SHAPE))
    yield from wrong or _contradictions(folder, manifest)


def _contradictions(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    if manifest["domain"] != folder.name:
        yield f"the domain should be {folder.name}, as the folder"
    rest = sorted(key for key in manifest if key not in _FIRST)
    if list(manifest) != [*_FIRST, *rest]:
        yield "domain and name should come first, and then all keys in the order of the alphabet"
    if not AwesomeVersion(manifest["version"]).valid:
        yield f"the version {manifest['version']} is none"
    if manifest.get("config_flow", False) != (folder / "config_flow.py").exists():
        yield "config_flow should be true where there is a config_flow.py, and only there"
    yield from _addresses(manifest)
    yield from _strangers(manifest)


def _addresses(manifest: Mapping[str, Any]) -> Iterator[str]:
    for key in ("documentation", "issue_tracker"):
        if _URL.fullmatch(manifest[key]) is None:
            yield f"{key} should be an address as https://example.com"
    for owner in manifest["codeowners"]:
        if not owner.startswith("@"):
            yield f"the code owner {owner} should begin with @"


def _strangers(manifest: Mapping[str, Any]) -> Iterator[str]:
    for key in ("dependencies", "after_dependencies"):
        for name in manifest.get(key, ()):
            if not (_COMPONENTS / name / "manifest.json").exists():
                yield f"{name} in {key} is no integration of Home Assistant"
