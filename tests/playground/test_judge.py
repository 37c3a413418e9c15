"""Playing scenarios: the command itself, and a house that is the same for each of them."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.core import Context, HomeAssistant
import pytest

from playground.dialogue import Address
from playground.house_setup import async_setup_house
from playground.judge import BAD_INPUT, OK, SCENARIOS, main
from playground.play import Result, Stage
from playground.readings import async_look
from playground.run import HOMES
from playground.scenario_file import read_scenarios
from playground.scenarios import Expected, ExpectedCall, ExpectedTimer, Outcome, Scenario

from .conftest import BuildHouse

_REPOSITORY = SCENARIOS.parent.parent
_AGENT = "conversation.home_assistant"
_HOUSE = """
areas: [Kitchen, Hall]
devices:
  - {name: Kitchen light, kind: light, area: Kitchen, features: [dim]}
  - {name: Hall light, kind: light, area: Hall, features: [dim, color]}
  - {name: Radio, kind: media_player, area: Hall, state: playing}
  - {name: Shopping list, kind: todo, attributes: {items: [bread]}}
  - {name: Party, kind: scene, attributes: {sets: {light.hall_light: on}}}
  - {name: Bell, kind: button}
"""


def _scenario(say: str, **told: Any) -> Scenario:
    said: dict[str, Any] = {"path": Path("x.yaml"), "line": 1, "language": "en", "kind": "direct"}
    return Scenario(**said, say=say, **told)


async def _play(hass: HomeAssistant, build: BuildHouse, *scenarios: Scenario) -> list[Result]:
    stage = Stage(hass, await build(_HOUSE), Address(agent_id=_AGENT))
    return [await stage.async_play(scenario) for scenario in scenarios]


_ON = {"light.hall_light": Expected(state="on")}
_BRIGHT = {"light.hall_light": Expected(state="on", attributes={"brightness": 40})}
_NEXT = ExpectedCall(action="media_player.media_next_track", targets=("media_player.radio",))


@pytest.mark.parametrize(
    ("scenario", "outcome"),
    [
        (_scenario("turn on the hall light", expect=_ON), "right"),
        (_scenario("turn on the hall light"), "wrong"),
        (_scenario("turn on the kitchen light", expect=_ON), "wrong"),
        (_scenario("switch the moon on", expect=_ON), "missed"),
        (_scenario("set hall light brightness to 40 percent", expect=_BRIGHT), "right"),
        (_scenario("set hall light brightness to 50 percent", expect=_BRIGHT), "wrong"),
        (_scenario("turn on the lights", area="Hall", expect=_ON), "right"),
        (_scenario("turn on party", expect=_ON), "right"),
        (_scenario("skip to the next song", area="Hall", calls=(_NEXT,)), "right"),
        (
            _scenario(
                "add milk to the shopping list",
                expect={"todo.shopping_list": Expected(attributes={"items": ("bread", "milk")})},
            ),
            "right",
        ),
        (
            _scenario(
                "set a timer for ten minutes",
                area="Hall",
                timers=(ExpectedTimer(seconds=600),),
            ),
            "right",
        ),
        (
            _scenario(
                "cancel my timer",
                area="Hall",
                before=("set a timer for ten minutes",),
                timers=(),
            ),
            "right",
        ),
        (_scenario("is the hall light on", reply=(("no", "off"),)), "right"),
        (_scenario("is the hall light on", reply=(("yes",),)), "missed"),
    ],
)
async def test_outcomes(
    hass: HomeAssistant, build_house: BuildHouse, scenario: Scenario, outcome: Outcome
) -> None:
    (result,) = await _play(hass, build_house, scenario)
    assert result.outcome == outcome, result.faults


async def test_no_scenario_is_changed_by_those_before(
    hass: HomeAssistant, build_house: BuildHouse
) -> None:
    turn_on = _scenario("turn on the hall light", expect=_ON)
    timer = _scenario(
        "set a timer for one hour", area="Hall", timers=(ExpectedTimer(seconds=3600),)
    )
    add = _scenario(
        "add milk to my shopping list",
        expect={"todo.shopping_list": Expected(attributes={"items": ("bread", "milk")})},
    )
    results = await _play(hass, build_house, *(turn_on, timer, add) * 2)
    assert [result.outcome for result in results] == ["right"] * 6
    conversations = [result.exchange.conversation_id for result in results]
    assert len(set(conversations)) == len(conversations)


async def test_everything_comes_back(hass: HomeAssistant) -> None:
    """Whatever happened in a house with every kind of device, it is as at the beginning."""
    entry = await async_setup_house(hass, HOMES / "villa.yaml")
    stage = Stage(hass, entry, Address(agent_id=_AGENT))
    before, first = _states(hass), async_look(hass, entry.runtime_data)
    for action, entity_id, data in (
        ("light.turn_on", "light.star_ceiling", {"color_name": "red", "brightness_pct": 20}),
        ("fan.set_percentage", "fan.tower_fan", {"percentage": 20}),
        ("cover.set_cover_position", "cover.left_blind", {"position": 10}),
        ("cover.set_cover_tilt_position", "cover.left_blind", {"tilt_position": 10}),
        ("media_player.select_source", "media_player.projector", {"source": "Console"}),
        ("media_player.media_next_track", "media_player.kitchen_speaker", {}),
        ("climate.set_temperature", "climate.bedroom_heating", {"temperature": 25}),
        ("vacuum.start", "vacuum.rosie", {}),
        ("vacuum.set_fan_speed", "vacuum.rosie", {"fan_speed": "max"}),
        ("todo.add_item", "todo.shopping", {"item": "milk"}),
        ("todo.remove_item", "todo.shopping", {"item": "apples"}),
        ("button.press", "button.doorbell_chime", {}),
        ("scene.turn_on", "scene.dinner", {}),
        ("script.turn_on", "script.good_night", {}),
        ("number.set_value", "number.boiler_target", {"value": 60}),
        ("input_boolean.turn_on", "input_boolean.guest_mode", {}),
        ("input_number.set_value", "input_number.night_temperature", {"value": 20}),
        ("input_select.select_option", "input_select.house_mode", {"option": "holiday"}),
        ("input_text.set_value", "input_text.note_on_the_fridge", {"value": "x"}),
        ("timer.start", "timer.oven_timer", {"duration": "0:30:00"}),
    ):
        service = action.split(".")
        target = {"entity_id": entity_id, **data}
        await hass.services.async_call(*service, target, blocking=True, context=Context())
    assert async_look(hass, entry.runtime_data) != first
    await stage.async_play(_scenario("set a timer for one hour", area="Studio"))
    assert async_look(hass, entry.runtime_data) == first
    assert _states(hass) == before
    assert not hass.data[TIMER_DATA].timers


def _states(hass: HomeAssistant) -> dict[str, tuple[str, dict[str, Any]]]:
    # When a script last ran, and how a timer came to rest, stays known.
    history = {"last_triggered": None, "last_transition": None}
    return {
        state.entity_id: (state.state, {**state.attributes, **history})
        for state in hass.states.async_all()
        if state.domain != "conversation"
    }


_FILE = """home: house.yaml
scenarios:
  - {say: turn on the hall light, kind: direct, expect: {light.hall_light: on}}
  - {say: turn on the hall light, kind: color, expect: {light.hall_light: {state: on, color: red}}}
  - {say: turn on the kitchen light, kind: not_a_request}
  - {say: lights on, kind: area, area: Kitchen, expect: {light.kitchen_light: on}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write scenarios, and their house."""
    for folder in ("homes", "en"):
        (tmp_path / folder).mkdir()
    (tmp_path / "homes" / "house.yaml").write_text(_HOUSE, encoding="utf-8")
    path = tmp_path / "en" / "house.yaml"
    path.write_text(_FILE, encoding="utf-8")
    return path


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "playground.judge", *arguments],
        cwd=_REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (OK, "")
    return done.stdout


def test_the_command(file: Path, tmp_path: Path) -> None:
    told, mistakes = tmp_path / "out" / "told.json", tmp_path / "mistakes.txt"
    output = _run(
        str(file), "--agent", _AGENT, "--json", str(told), "--mistakes", str(mistakes)
    ).splitlines()
    assert output[0].split() == ["right", "wrong", "missed", "all", "rate", "95%", "interval"]
    assert output[1].split() == ["all", "2", "1", "1", "4", "50.0%", "15.0%", "–", "85.0%"]
    assert [line.split()[0] for line in output[2:]] == [
        *("kind", "direct", "area", "color", "not_a_request"),
        *("domain", "light", "none", "language", "en"),
    ]
    lines = mistakes.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == [
        f"wrong: {file}:5 (not_a_request)",
        "  > turn on the kitchen light",
        "  Turned on the light",
        "  call   light.turn_on → light.kitchen_light",
    ]
    assert "  missed light.hall_light: color is still (0.0, 0.0), not red" in lines
    result = json.loads(told.read_text(encoding="utf-8"))
    assert result["counts"]["kind"]["direct"]["rate"] == 1
    assert list(result["files_sha256"]) == [str(file), str(tmp_path / "homes" / "house.yaml")]
    assert [played["outcome"] for played in result["scenarios"]] == [
        *("right", "missed", "wrong", "right"),
    ]


def test_the_integration_is_played_if_no_agent_is_named(file: Path) -> None:
    output = _run(str(file), "--kind", "direct", "--kind", "area").splitlines()
    assert output[1].split()[:5] == ["all", "2", "0", "0", "2"]


def test_list(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--list", "--kind", "area"]) == OK
    assert capsys.readouterr().out == f"{file}:6  area  lights on (Kitchen)\n"


def test_bad_input(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["moonish"]) == BAD_INPUT
    assert "there is no file and no language 'moonish' (languages: " in capsys.readouterr().err
    assert main([str(file), "--kind", "todo"]) == BAD_INPUT
    assert capsys.readouterr().err == "there are no such scenarios.\n"
    assert main([str(file), "--json", str(file.parent)]) == BAD_INPUT
    assert capsys.readouterr().err == f"{file.parent} is a folder, not a file to write.\n"
    file.write_text(_FILE.replace("kitchen_light: on", "kitchen_light: up"), encoding="utf-8")
    assert main([str(file)]) == BAD_INPUT
    assert capsys.readouterr().err == (
        f"{file}, line 6: light.kitchen_light should be one of: on, off, not 'up'.\n"
    )


@pytest.mark.parametrize(
    "path", sorted(SCENARIOS.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_our_own_scenarios_can_be_read(path: Path) -> None:
    if path.parent.name != "homes":
        assert read_scenarios(path).scenarios
