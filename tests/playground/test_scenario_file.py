"""Reading scenario files, and what is said of those that are wrong."""

from pathlib import Path

import pytest

from playground.expectations import read_calls
from playground.house import Device, House
from playground.kinds import KINDS
from playground.marked_yaml import load_marked_yaml
from playground.readings import READ
from playground.scenario_file import read_scenarios
from playground.scenarios import Expected, ExpectedCall, ExpectedTimer
from playground.sections import HouseFileError, Section

_HOUSE = """
areas: [{name: Kitchen, aliases: [cookhouse]}, Hall]
devices:
  - {name: Lamp, kind: light, area: Hall, features: [dim, color]}
  - {name: Plain, kind: light, area: Kitchen}
  - {name: Gone, kind: light, unavailable: true}
  - {name: Secret, kind: switch, exposed: false}
  - {name: Blind, kind: cover}
  - {name: Level, kind: number, attributes: {min: 1, max: 5}}
  - {name: Mode, kind: select, attributes: {options: [day, night]}}
  - {name: TV, kind: media_player, attributes: {source_list: [Netflix]}}
  - {name: Shopping, kind: todo}
  - {name: Bell, kind: button}
  - {name: Sun, kind: sensor}
  - {name: Egg, kind: timer}
"""


def _write(folder: Path, text: str, language: str = "de") -> Path:
    for name in ("homes", language):
        (folder / name).mkdir(exist_ok=True)
    (folder / "homes" / "house.yaml").write_text(_HOUSE, encoding="utf-8")
    path = folder / language / "scenarios.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_a_scenario_can_say(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
home: house.yaml
scenarios:
  - say: all of it
    kind: several
    area: cookhouse
    before: [brighter, brighter]
    expect:
      light.plain: on
      light.lamp: {state: on, brightness: 30, color: red}
      number.level: 3
      todo.shopping: {items: [milk, milk], done: []}
      timer.egg: active
    calls:
      - {action: button.press, target: button.bell}
      - {action: cover.stop_cover, target: [cover.blind], data: {a: 1}}
    timers: [{seconds: 600, name: pizza}, {seconds: 5, paused: true}]
    reply: [yes, [21, "21.0"]]
    not_in_reply: [no]
  - {say: hello, kind: small_talk}
  - {say: the light, kind: unclear, asks: true}
""",
    )
    file = read_scenarios(path)
    assert file.home == tmp_path / "homes" / "house.yaml"
    first, second, third = file.scenarios
    assert first.expect == {
        "light.plain": Expected(state="on"),
        "light.lamp": Expected(state="on", attributes={"brightness": 30, "color": "red"}),
        "number.level": Expected(state="3"),
        "todo.shopping": Expected(attributes={"items": ("milk", "milk"), "done": ()}),
        "timer.egg": Expected(state="active"),
    }
    assert first.calls == (
        ExpectedCall(action="button.press", targets=("button.bell",)),
        ExpectedCall(action="cover.stop_cover", targets=("cover.blind",), data={"a": 1}),
    )
    assert first.timers == (
        ExpectedTimer(seconds=600, name="pizza"),
        ExpectedTimer(seconds=5, paused=True),
    )
    assert first.before == ("brighter", "brighter")
    assert (first.area, first.language, first.domain) == ("Kitchen", "de", "several")
    assert first.reply == (("yes",), ("21", "21.0"))
    assert (first.line, second.line) == (4, 20)
    assert (second.acts, second.timers, second.domain, third.asks) == (False, None, "none", True)


def test_the_language_is_the_folder_s_or_that_of_the_house(tmp_path: Path) -> None:
    text = "home: house.yaml\nscenarios: [{say: hi, kind: small_talk}]"
    assert read_scenarios(_write(tmp_path, text, "zh-Hans")).scenarios[0].language == "zh-Hans"
    assert read_scenarios(_write(tmp_path, text, "mine")).scenarios[0].language == "en"


def _refused(tmp_path: Path, text: str) -> str:
    path = _write(tmp_path, text)
    with pytest.raises(HouseFileError) as caught:
        read_scenarios(path)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", ", line 1: a file of scenarios is a mapping with a home."),
        ("home: [", ", line 2: it is no such YAML as scenarios use: "),
        ("a: b", ", line 1: 'a' means nothing here (known: home, scenarios)."),
        ("scenarios: []", ", line 1: it does not say in which home it is."),
        ("\nhome: x.yaml", ", line 2: there is no home "),
        ("home: house.yaml", ", line 1: there are no scenarios in it."),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    assert _refused(tmp_path, text + "\n").startswith(problem)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("kind: direct", ", line 3: a scenario needs 'say'."),
        ("say: x", ", line 3: a scenario needs 'kind'."),
        ("say: x\nkind: odd", ", line 4: kind should be one of: direct, "),
        ("say: x\nkind: area\nroom: Hall", ", line 5: 'room' means nothing here (known: say, "),
        (
            "say: x\nkind: area\narea: Moon",
            ", line 5: there is no area 'Moon' in this house (areas: Kitchen, Hall).",
        ),
        ("say: x\nkind: area\nreply: yes", ", line 5: reply should be a list of facts"),
        ("say: x\nkind: area\nbefore: []", ", line 5: before should be a list of sentences"),
        (
            "say: x\nkind: timer\ntimers: [{seconds: 5}]",
            ", line 5: timers need an area: they run on the satellite there.",
        ),
        (
            "say: x\nkind: timer\narea: Hall\ntimers: [{seconds: 0}]",
            ", line 6: seconds should be a whole number of seconds, not '0'.",
        ),
        ("say: x\nkind: timer\narea: Hall\ntimers: [{}]", ", line 6: a timer needs 'seconds'."),
        (
            "say: x\nkind: unclear\nasks: true\nexpect: {light.lamp: on}",
            ", line 5: who asks back does nothing.",
        ),
    ],
)
def test_a_scenario_that_is_wrong(tmp_path: Path, lines: str, problem: str) -> None:
    item = lines.replace("\n", "\n    ")
    assert _refused(tmp_path, f"home: house.yaml\nscenarios:\n  - {item}\n").startswith(problem)


@pytest.mark.parametrize(
    ("expect", "problem"),
    [
        ("light.moon: on", "there is no light.moon in this house."),
        ("light.plain: red", "light.plain should be one of: on, off, not 'red'."),
        ("light.plain:", "it is not said how light.plain has to be."),
        ("light.plain: {}", "it is not said how light.plain has to be."),
        ("light.plain: {state: on, brightness: 3}", "light.plain has no brightness."),
        ("light.lamp: {brightness: 300}", "brightness should be a whole number from 0 to 100"),
        ("light.lamp: {color: reddish}", "color should be the name of a CSS colour"),
        ("light.lamp: {size: 3}", "'size' means nothing here (known: state, brightness, "),
        ("light.gone: on", "no assistant can change light.gone."),
        ("switch.secret: on", "no assistant can change switch.secret."),
        (
            "cover.blind: {state: closed, position: 30}",
            "cover.blind cannot be so: at position 30 it is open.",
        ),
        ("number.level: 6", "number.level cannot be so: the state 6 is not between 1 and 5."),
        (
            "select.mode: dusk",
            "select.mode cannot be so: the state 'dusk' is not one of its options.",
        ),
        (
            "media_player.tv: {source: Radio}",
            "media_player.tv cannot be so: source 'Radio' is not one of its source_list.",
        ),
        ("todo.shopping: 3", "todo.shopping should be a mapping with items or done, not '3'."),
        ("todo.shopping: {items: milk}", "items should be a list of items, not 'milk'."),
        (
            "button.bell: on",
            "nothing of a button can be expected; what is called stands under calls.",
        ),
        (
            "sensor.sun: 3",
            "nothing of a sensor can be expected; what is called stands under calls.",
        ),
    ],
)
def test_devices_that_cannot_be_so(tmp_path: Path, expect: str, problem: str) -> None:
    scenario = (
        f"home: house.yaml\nscenarios:\n  - say: x\n    kind: value\n    expect:\n      {expect}\n"
    )
    assert _refused(tmp_path, scenario).startswith(f", line 6: {problem}")


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("{target: button.bell}", "a call needs 'action'."),
        ("{action: button.press}", "a call needs 'target'."),
        ("{action: button.hit, target: button.bell}", "there is no action 'button.hit'."),
        ("{action: press, target: button.bell}", "there is no action 'press'."),
        ("{action: button.press, target: button.x}", "there is no button.x in this house."),
        ("{action: button.press, target: light.lamp}", "button.press is not for light.lamp."),
    ],
)
def test_calls_that_cannot_be(tmp_path: Path, call: str, problem: str) -> None:
    scenario = (
        f"home: house.yaml\nscenarios:\n  - say: x\n    kind: value\n    calls:\n    - {call}\n"
    )
    assert _refused(tmp_path, scenario) == f", line 6: {problem}"


@pytest.mark.parametrize(
    "action",
    [
        *("light.turn_on", "media_player.media_next_track", "vacuum.locate", "button.press"),
        *("input_button.press", "scene.turn_on", "script.turn_on", "todo.add_item"),
        *("timer.start", "lawn_mower.dock", "valve.open_valve", "select.select_option"),
    ],
)
def test_actions_are_known(action: str) -> None:
    domain = action.partition(".")[0]
    house = House(name="x", devices=(Device(kind=domain, name="x", entity_id=f"{domain}.x"),))
    text = f"calls: [{{action: {action}, target: {domain}.x}}]"
    (call,) = read_calls(Section(Path("x"), load_marked_yaml(text)), house)
    assert call.action == action


def test_what_is_read_can_stand_in_a_file() -> None:
    for kind, attributes in READ.items():
        assert set(attributes) - {"done"} <= KINDS[kind].attributes.keys()
