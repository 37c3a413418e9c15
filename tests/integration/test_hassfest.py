"""The integration keeps to Home Assistant's rules, and each way to break them is found."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any

import pytest

from custom_components import home_llm
from script.lib.hassfest.__main__ import sentences

_FOLDER = Path(home_llm.__file__).parent
_ROOT = _FOLDER.parents[1]
_CHECKED = (
    *("manifest.json", "icons.json", "services.yaml", "quality_scale.yaml"),
    *("translations", "brand", "core/languages"),
)

type Break = Callable[[Any], object]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what is checked."""
    folder = tmp_path / "home_llm"
    folder.mkdir()
    for path in _FOLDER.glob("*.py"):
        shutil.copy(path, folder)
    for name in _CHECKED:
        if (_FOLDER / name).is_dir():
            shutil.copytree(_FOLDER / name, folder / name)
        else:
            shutil.copy(_FOLDER / name, folder)
    return folder


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the check as script/check does."""
    return subprocess.run(
        [sys.executable, "-m", "script.lib.hassfest", folder],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_integration_keeps_to_the_rules() -> None:
    run = _run(_FOLDER)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_no_folder_to_check(tmp_path: Path) -> None:
    run = _run(tmp_path / "nothing")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "usage: python -m script.lib.hassfest FOLDER\n"


def test_findings_are_printed_and_make_it_fail(copy: Path) -> None:
    (copy / "icons.json").unlink()
    run = _run(copy)
    assert (run.returncode, run.stdout) == (1, "icons.json: it is missing.\n")


def test_a_copy_is_fine(copy: Path) -> None:
    assert list(sentences(copy)) == []


def _put(*path: str, value: object) -> Break:
    def change(data: Any) -> None:  # noqa: ANN401 - whatever the file holds
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


def _drop(*path: str) -> Break:
    def change(data: Any) -> None:  # noqa: ANN401 - whatever the file holds
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


def _move_to_the_end(key: str) -> Break:
    return lambda data: data.update({key: data.pop(key)})


_ACTION = ("services", "export_house")
_JSON: tuple[tuple[str, Break, str], ...] = (
    ("manifest.json", _drop("codeowners"), "codeowners is missing in the file"),
    ("manifest.json", _drop("version"), "version is missing in the file"),
    ("manifest.json", _put("version", value="one"), "the version one is none"),
    ("manifest.json", _put("domain", value="other"), "the domain should be home_llm"),
    ("manifest.json", _move_to_the_end("after_dependencies"), "in the order of the alphabet"),
    ("manifest.json", _put("zoo", value=1), "zoo means nothing in the file"),
    ("manifest.json", _put("iot_class", value="remote"), "iot_class should be one of: assumed"),
    ("manifest.json", _put("requirements", value="x"), "requirements should be a list of words"),
    ("manifest.json", _put("config_flow", value="yes"), "config_flow should be true or false"),
    ("manifest.json", _put("config_flow", value=False), "where there is a config_flow.py"),
    ("manifest.json", _put("documentation", value="readme"), "documentation should be an address"),
    ("manifest.json", _put("codeowners", value=["me"]), "me should begin with @"),
    ("manifest.json", _put("dependencies", value=["talk"]), "talk in dependencies is no"),
    ("translations/de.json", _drop("title"), "de.json: title is missing"),
    ("translations/pl.json", _drop(*_ACTION), "pl.json: services.export_house.name is missing"),
    (
        "translations/ru.json",
        _put("exceptions", "hours_few", "message", value="{x}"),
        "exceptions.hours_few.message has other gaps than the English: x, not count",
    ),
    (
        "translations/fr.json",
        _put("exceptions", "hours_few", value={"message": "{count}"}),
        "fr.json: exceptions.hours_few.message is not in English",
    ),
    (
        "translations/it.json",
        _put("exceptions", "export_no_yaml", "message", value="{file}"),
        "exceptions.export_no_yaml.message has other gaps than the English: file, not filename",
    ),
    ("translations/ja.json", _put("title", value=" x"), "title begins or ends with a space"),
    ("translations/nl.json", _put("title", value=""), "nl.json: title should be words"),
    ("translations/es.json", _put("title", value="<b>x</b>"), "title holds HTML"),
    ("translations/pt.json", _put("title", value="'{x}'"), "title has a gap in single quotes"),
    ("translations/pt.json", _put("title", value="{x"), "title has a brace without its other half"),
    ("translations/en.json", _put("config", "stop", value={}), "stop means nothing in config"),
    ("translations/en.json", _drop("config", "step"), "step is missing in config"),
    (
        "translations/en.json",
        _put("issues", "X Y", value={"title": "x"}),
        "issues.X Y.title should",
    ),
    ("translations/en.json", _put("services", "x", value={}), "name is missing in services.x"),
    ("translations/en.json", _drop(*_ACTION), "export_house has no words in translations/en.json"),
    (
        "translations/en.json",
        _drop(*_ACTION, "fields", "filename", "description"),
        "export_house.filename has no name or no description",
    ),
    (
        "translations/en.json",
        _put(*_ACTION, "fields", "x", value={"name": "x"}),
        "export_house.x has words, but is no field",
    ),
    ("icons.json", _drop("services"), "the action export_house has no icon"),
    ("icons.json", _put(*_ACTION, "service", value="home"), "should be an icon as mdi:home"),
    (
        "icons.json",
        _put("services", "x", value={"service": "mdi:home"}),
        "x has an icon, but is no action",
    ),
    ("icons.json", _put("services", "x", value={}), "service is missing in services.x"),
    (
        "icons.json",
        _put("entity", "x", value={"y": {"default": "mdi:a", "state": {"on": "mdi:a"}}}),
        "entity.x.y.state.on is the default, and not needed",
    ),
)


@pytest.mark.parametrize(("name", "breaks", "finding"), _JSON, ids=[case[2] for case in _JSON])
def test_broken_json(copy: Path, name: str, breaks: Break, finding: str) -> None:
    path = copy / name
    data = json.loads(path.read_text(encoding="utf-8"))
    breaks(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    said = list(sentences(copy))
    assert any(finding in sentence for sentence in said), said
    assert all(sentence.endswith(".") and ": " in sentence for sentence in said)


_YAML = (
    ("services.yaml", "boolean:", "booleen:", "has a selector that is none"),
    ("services.yaml", "required: false", "required: no way", "required should be true or false"),
    ("services.yaml", "example:", "sample:", "sample means nothing in export_house.fields"),
    ("services.yaml", "export_house:", "export_home:", "export_home has no words"),
    ("services.yaml", "export_house:", "export_house: [", "it is no YAML"),
    ("quality_scale.yaml", "brands: done", "brands: fine", "brands should be one of: done,"),
    ("quality_scale.yaml", "brands: done", "brands: todo", "brands is todo without a comment"),
    ("quality_scale.yaml", "  brands: done\n", "", "the rule brands is missing"),
    ("quality_scale.yaml", "brands: done", "brand: done", "there is no rule brand"),
    (
        "quality_scale.yaml",
        "comment: Nothing is polled",
        "remark: Nothing is polled",
        "appropriate-polling is exempt without a comment",
    ),
    ("__init__.py", "async def async_unload_entry", "async def x", "config-entry-unloading is"),
    ("conversation.py", "PARALLEL_UPDATES = 0", "", "parallel-updates is said to be done"),
)


@pytest.mark.parametrize(("name", "old", "new", "finding"), _YAML)
def test_broken_yaml_and_code(copy: Path, name: str, old: str, new: str, finding: str) -> None:
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    said = list(sentences(copy))
    assert any(finding in sentence for sentence in said), said


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("manifest.json", "manifest.json: it is missing."),
        ("icons.json", "icons.json: it is missing."),
        ("quality_scale.yaml", "quality_scale.yaml: it is missing."),
        ("translations/zh-Hans.json", "translations: zh-Hans.json: it is missing, and the"),
        ("brand/icon.png", "quality_scale.yaml: brands is said to be done, and the code does"),
    ],
)
def test_missing_files(copy: Path, name: str, finding: str) -> None:
    (copy / name).unlink()
    said = list(sentences(copy))
    assert any(sentence.startswith(finding) for sentence in said), said


@pytest.mark.parametrize(("tier", "found"), [("bronze", False), ("silver", True), ("gold", True)])
def test_what_the_manifest_claims_has_to_be_done(copy: Path, tier: str, *, found: bool) -> None:
    scale = copy / "quality_scale.yaml"
    text = scale.read_text(encoding="utf-8")
    left = "parallel-updates:\n    status: todo\n    comment: Later."
    scale.write_text(text.replace("parallel-updates: done", left), encoding="utf-8")
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    keys = ["domain", "name", *sorted({*manifest, "quality_scale"} - {"domain", "name"})]
    path.write_text(json.dumps({key: ({**manifest, "quality_scale": tier})[key] for key in keys}))
    said = list(sentences(copy))
    claimed = [sentence for sentence in said if "parallel-updates is still to be done" in sentence]
    assert bool(claimed) is found
    assert bool(said) is found
