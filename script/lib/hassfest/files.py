"""Reading the files of an integration."""

import json
from pathlib import Path
from typing import Any

import yaml


class FindingError(Exception):
    """A file cannot be checked at all; the message is a phrase that says why."""


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a JSON file holds.

    Raises:
        FindingError: it is missing, or holds something else.

    """
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as err:
        raise FindingError(f"it is no JSON (line {err.lineno}: {err.msg})") from err


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a YAML file holds.

    Raises:
        FindingError: it is missing, or holds something else.

    """
    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as err:
        raise FindingError(f"it is no YAML ({' '.join(str(err).split())})") from err


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as err:
        raise FindingError("it is missing") from err
