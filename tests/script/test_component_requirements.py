"""Tests of what script/setup reads out of Home Assistant's manifests."""

import json
from pathlib import Path
import subprocess
import sys

PROGRAM = Path(__file__).parents[2] / "script/lib/component_requirements.py"


def write_component(root: Path, domain: str, **manifest: list[str]) -> None:
    """Write the manifest of a made-up component."""
    folder = root / "homeassistant" / "components" / domain
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_requirements_of_dependencies_come_along(tmp_path: Path) -> None:
    """Dependencies may be shared and may form a circle; what is not asked for stays out."""
    write_component(tmp_path, "pipeline", dependencies=["agent", "sound"], requirements=["vad==1"])
    write_component(tmp_path, "agent", dependencies=["pipeline"], requirements=["hassil==3"])
    write_component(tmp_path, "sound")
    write_component(tmp_path, "camera", requirements=["turbojpeg==2"])
    (tmp_path / "homeassistant" / "__init__.py").touch()

    result = subprocess.run(
        [sys.executable, PROGRAM, "pipeline"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.split() == ["hassil==3", "vad==1"]


def test_without_home_assistant_it_says_so(tmp_path: Path) -> None:
    """An environment without Home Assistant gives one sentence, not a traceback."""
    result = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAM, "pipeline"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == "Home Assistant is not installed here.\n"
