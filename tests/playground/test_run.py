"""The command itself, as people start it."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from playground.run import ASSISTANT_FAILED, BAD_INPUT, HOMES, OK, main

_REPOSITORY = HOMES.parent.parent
_OTHER_AGENT = ("--agent", "conversation.home_assistant")


def _run(*arguments: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playground.run", *arguments],
        cwd=_REPOSITORY,
        input=said,
        stdin=subprocess.DEVNULL if said is None else None,
        capture_output=True,
        text=True,
        check=False,
    )


def _json(*arguments: str) -> dict[str, Any]:
    done = _run("--json", *arguments)
    assert done.returncode == OK, done.stderr
    (line,) = done.stdout.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        (
            "turn on the kitchen lights",
            {
                "light.kitchen_ceiling_light": "on",
                "light.counter_light": "on",
                "light.dining_table_light": "on",
            },
        ),
        ("turn off the fan in the bedroom", {"fan.bedroom_fan": "off"}),
        ("dim the desk lamp to 30 percent", {"light.desk_lamp": "on"}),
        ("make the living room blue", {"light.living_room_lamp": "on", "light.sofa_strip": "on"}),
        (
            "all lights off",
            {"light.sofa_strip": "off", "light.reading_light": "off", "light.desk_lamp": "off"},
        ),
        ("turn on the flux capacitor", {}),
    ],
)
def test_a_sentence_through_the_integration(sentence: str, changed: dict[str, str]) -> None:
    told = _json(sentence)
    assert {key: change["new"] for key, change in told["changed"].items()} == changed
    assert bool(told["calls"]) == bool(changed)
    assert told["speech"]
    assert told["timings_ms"]["tokens"] > 0


def test_two_commands_in_one_sentence() -> None:
    told = _json("kitchen light off and bedroom fan on")
    assert {call["action"]: sorted(call["targets"]) for call in told["calls"]} == {
        "light.turn_off": [
            "light.counter_light",
            "light.dining_table_light",
            "light.kitchen_ceiling_light",
        ],
        "fan.turn_on": ["fan.bedroom_fan"],
    }


def test_blue_is_blue() -> None:
    told = _json("make the living room blue")
    colors = [change["attributes"]["rgb_color"][1] for change in told["changed"].values()]
    assert colors == [[0, 0, 255]] * 2


def test_the_area_says_which_light_is_meant() -> None:
    told = _json("--area", "office", "turn off the light")
    assert list(told["changed"]) == ["light.desk_lamp"]


def test_a_sentence_for_people() -> None:
    done = _run(*_OTHER_AGENT, "turn on the hall light")
    assert done.returncode == OK, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "Turned on the light",
        "  call     light.turn_on → light.hall_light",
        "  changed  light.hall_light: off → on",
    ]
    assert lines[3].startswith("  time     ")
    assert done.stderr == ""


def test_an_agent_that_is_not_there() -> None:
    done = _run("--agent", "conversation.nobody", "hello")
    assert done.returncode == ASSISTANT_FAILED
    assert done.stdout == ""
    assert done.stderr == "There is no conversation agent 'conversation.nobody'.\n"


def test_sentences_from_a_file_are_one_conversation_in_one_house() -> None:
    done = _run("--json", *_OTHER_AGENT, said="turn on the hall light\n\nturn off the hall light\n")
    assert done.returncode == OK, done.stderr
    first, second = (json.loads(line)["changed"] for line in done.stdout.splitlines())
    assert first["light.hall_light"]["new"] == "on"
    assert second["light.hall_light"]["old"] == "on"


def test_a_house_of_ones_own(tmp_path: Path) -> None:
    house = tmp_path / "mine.yaml"
    house.write_text("devices: [{name: Lava lamp, kind: light}]", encoding="utf-8")
    told = _json("--home", str(house), *_OTHER_AGENT, "turn on the lava lamp")
    assert told["changed"]["light.lava_lamp"]["new"] == "on"


def test_a_bad_house_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = tmp_path / "mine.yaml"
    house.write_text("areas: [Hall]\ndevices:\n  - {name: Lamp, kind: lamp}\n", encoding="utf-8")
    assert main(["--home", str(house), "hello"]) == BAD_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{house}, line 3: kind should be one of: light" in told.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--area", "Moon", "hello"], "there is no area 'Moon' in this house (areas: Kitchen, "),
        ([" "], "the sentence is empty"),
        (["--home", "/nowhere.yaml", "hello"], "/nowhere.yaml: it cannot be read"),
    ],
)
def test_bad_input(arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == BAD_INPUT
    assert problem in capsys.readouterr().err


def test_unknown_options_are_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--hom", "x", "--nonsense"])
    assert caught.value.code == BAD_INPUT
    assert "usage: script/run" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == OK
    assert 'script/run "turn on the kitchen lights"' in capsys.readouterr().out


def test_list_shows_every_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == OK
    listing = capsys.readouterr().out
    assert "Living room / lounge, Ground floor" in listing
    assert "light.desk_lamp" in listing
    assert "unavailable" in listing
