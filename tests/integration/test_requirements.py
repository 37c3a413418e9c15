"""Libraries that are installed by need, from wheels, as Home Assistant does it."""

import importlib
import json
from pathlib import Path
import sys
from threading import get_ident
from zipfile import ZipFile

from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.util import package
from packaging.requirements import Requirement
import pytest

from custom_components.home_llm import requirements
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.requirements import REQUIREMENTS, async_require

NAME = "home_llm_test_library"
WORKING = "from threading import get_ident\nthread = get_ident()\n"


def write_wheel(folder: Path, version: str, code: str) -> None:
    """Write a wheel with one module."""
    info = f"{NAME}-{version}.dist-info"
    with ZipFile(folder / f"{NAME}-{version}-py3-none-any.whl", "w") as wheel:
        files = {
            f"{NAME}.py": code,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\n"
            "Root-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
        for name, text in files.items():
            wheel.writestr(name, text)


async def test_library_is_installed(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each failure leaves it to be tried again; it is not imported in the event loop."""
    # Outside of virtual environments and containers, it goes to the configuration folder.
    monkeypatch.setattr(package, "is_virtual_env", lambda: False)
    monkeypatch.setattr(package, "is_docker_env", lambda: False)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.syspath_prepend(hass.config.path("deps"))
    for version, code in (("1.0", None), ("2.0", "import nothing_of_that_name"), ("3.0", WORKING)):
        monkeypatch.setattr(requirements, "REQUIREMENTS", {NAME: f"{NAME}=={version}"})
        if code is not None:
            write_wheel(tmp_path, version, code)
        importlib.invalidate_caches()
        if code != WORKING:
            with pytest.raises(ModelError) as raised:
                await async_require(hass, NAME)  # type: ignore[arg-type]
            assert raised.value.key == "install_failed"
            assert NAME not in sys.modules
    await async_require(hass, NAME)  # type: ignore[arg-type]
    library = sys.modules.pop(NAME)
    assert library.thread != get_ident()


async def test_library_that_is_there(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked up, so that a home without internet is not asked for any."""
    await async_require(hass, "openai")
    assert "openai.resources.chat.completions" in sys.modules
    monkeypatch.setattr(requirements, "REQUIREMENTS", {})
    await async_require(hass, "openai")


def test_what_home_assistant_ships_is_taken_as_it_is() -> None:
    """Other versions than its own would be replaced, and ours again, at every start."""
    folder = Path(components.__path__[0])
    shipped = [
        Requirement(line)
        for component in ("llama_cpp", "ollama", "openai_conversation")
        for line in json.loads((folder / component / "manifest.json").read_text())["requirements"]
    ]
    assert {each.name for each in shipped} == {"openai", "ollama"}
    for each in shipped:
        ours = Requirement(REQUIREMENTS[each.name])  # type: ignore[index]
        assert all(version.version in ours.specifier for version in each.specifier)
