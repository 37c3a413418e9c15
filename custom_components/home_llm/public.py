"""How a model may be named where others read it: in diagnostics, in system health."""

from pathlib import Path

from homeassistant.components.diagnostics import REDACTED

from .catalogue import CATALOGUE, KnownModel
from .const import SHIPPED_MODEL_PATH
from .options import ModelOptions


def known_model(path: str) -> KnownModel | None:
    """Return the model of the catalogue that a file was downloaded for, if it is one."""
    folder = Path(path).parent.name
    found = (model for model in CATALOGUE if model.repository)
    return next((model for model in found if model.repository.replace("/", "--") == folder), None)


def public_name(options: ModelOptions) -> str:
    """Return a model's name if everybody may know it; files and servers can have any name."""
    if options.backend != "device":
        return REDACTED
    if not options.path:
        return SHIPPED_MODEL_PATH.name
    return Path(options.path).name if known_model(options.path) is not None else REDACTED
