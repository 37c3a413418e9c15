"""What HACS copies is enough: the folder of the integration, into an empty configuration."""

import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import sysconfig

from custom_components import home_llm

_REPOSITORY = Path(__file__).parents[2]
_FOLDER = Path(home_llm.__file__).parent


def test_the_folder_alone_switches_a_light_on(tmp_path: Path) -> None:
    copied = tmp_path / "custom_components" / "home_llm"
    shutil.copytree(_FOLDER, copied, ignore=shutil.ignore_patterns("__pycache__"))
    # The repository must not be found: its own ``custom_components`` would be. So there is no
    # ``site``, which adds it in this repository's environment.
    library = tmp_path / "library"
    library.mkdir()
    (library / "playground").symlink_to(_REPOSITORY / "playground")
    folders = [str(library), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    program = Path(__file__).with_name("hacs_home.py")
    run = subprocess.run(
        [sys.executable, "-S", program, tmp_path, "kitchen light on"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["module"] == str(copied / "backends.py")
    assert result["light"] == "on", result
    assert "blocking call" not in run.stderr


def test_the_folder_asks_for_nothing_that_needs_a_compiler() -> None:
    manifest = json.loads((_FOLDER / "manifest.json").read_text())
    assert manifest["requirements"] == []
    assert json.loads((_REPOSITORY / "hacs.json").read_text())["name"] == manifest["name"]
