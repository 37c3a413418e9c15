"""The chat templates of real models: those that TRL brings, and a few that it lacks."""

from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent / "chat_templates"
"""As in llama.cpp's models/templates, and SmolLM2's."""


def load() -> dict[str, str]:
    """Return templates by the names of their models."""
    trl = find_spec("trl")
    folders = [_HERE]
    if trl is not None and trl.origin is not None:
        folders.append(Path(trl.origin).parent / "chat_templates")
    files = [file for folder in folders for file in sorted(folder.glob("*.jinja"))]
    # Those for training differ in marks only.
    return {file.stem: file.read_text() for file in files if not file.stem.endswith("_training")}
