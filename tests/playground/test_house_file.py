"""Reading house files, good and bad."""

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.house import Area, Device, Floor, House
from playground.house_file import HouseFileError, read_house
from playground.kinds import KINDS

type Read = Callable[[str], House]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads a house from its text."""

    def read(text: str) -> House:
        path = tmp_path / "house.yaml"
        path.write_text(text, encoding="utf-8")
        return read_house(path)

    return read


def test_a_house_with_everything(read: Read) -> None:
    house = read("""
        name: Home
        language: de
        units: us_customary
        speaker: Kitchen
        floors:
          - Ground floor
          - {name: Upper floor, aliases: [upstairs]}
        areas:
          - {name: Kitchen, floor: Ground floor, aliases: [cookhouse]}
          - Garden
        devices:
          - name: Counter light
            kind: light
            area: Kitchen
            aliases: [worktop]
            features: [dim, color]
            state: on
            attributes: {brightness: 60, color: orange}
            unavailable: true
            exposed: false
            entity_id: light.x1
    """)
    assert house == House(
        name="Home",
        language="de",
        units="us_customary",
        speaker="Kitchen",
        floors=(Floor(name="Ground floor"), Floor(name="Upper floor", aliases=("upstairs",))),
        areas=(
            Area(name="Kitchen", floor="Ground floor", aliases=("cookhouse",)),
            Area(name="Garden"),
        ),
        devices=(
            Device(
                kind="light",
                name="Counter light",
                entity_id="light.x1",
                area="Kitchen",
                aliases=("worktop",),
                features=("dim", "color"),
                state="on",
                attributes={"brightness": 60, "color": "orange"},
                available=False,
                exposed=False,
            ),
        ),
    )


def test_a_house_with_nothing(read: Read) -> None:
    assert read("{}") == House(name="house")


def test_ids_follow_the_names_and_never_meet(read: Read) -> None:
    house = read("""
        areas: [Hall, Attic]
        devices:
          - {name: Lamp, kind: light, area: Hall}
          - {name: Lamp, kind: light, area: Attic}
          - {name: Lamp, kind: light, area: Attic}
          - {name: Lamp, kind: switch}
          - {name: Other, kind: light, entity_id: light.attic_lamp}
          - {name: 厨房灯, kind: light}
          - {name: "!", kind: light}
          - {name: "?", kind: light}
    """)
    assert [device.entity_id for device in house.devices] == [
        "light.lamp",
        "light.attic_lamp_2",
        "light.attic_lamp_3",
        "switch.lamp",
        "light.attic_lamp",
        "light.chu_fang_deng",
        "light.unknown",
        "light.unknown_2",
    ]


@pytest.mark.parametrize(
    ("said", "state", "available"),
    [
        ("{name: L, kind: light}", "off", True),
        ("{name: L, kind: light, state: unknown}", None, True),
        ("{name: L, kind: light, state: ~}", None, True),
        ("{name: L, kind: light, state: unavailable}", None, False),
        ("{name: L, kind: light, state: on, unavailable: true}", "on", False),
        ("{name: L, kind: sensor, state: 21}", "21", True),
        ("{name: L, kind: sensor}", None, True),
        ("{name: L, kind: number, state: '21.5'}", "21.5", True),
        ("{name: L, kind: cover}", "closed", True),
    ],
)
def test_states(read: Read, said: str, state: str | None, *, available: bool) -> None:
    (device,) = read(f"devices: [{said}]").devices
    assert (device.state, device.available) == (state, available)


def test_features_of_a_plain_device_and_of_one_without_any(read: Read) -> None:
    plain, bare = read("""
        devices:
          - {name: Blind, kind: cover}
          - {name: Gate, kind: cover, features: []}
    """).devices
    assert plain.features == KINDS["cover"].typical
    assert bare.features == ()


def _device(said: str) -> str:
    return f"areas: [Hall]\ndevices:\n  - {{name: Lamp, {said}}}\n"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("- a\n", 1, "a house is a mapping with areas and devices"),
        ("", 1, "a house is a mapping with areas and devices"),
        ("name: [a\n", 2, "no such YAML as houses use"),
        ("name: A\nname: B\n", 2, "'name' is given twice"),
        ("rooms: []\n", 1, "'rooms' means nothing here (known: name, language"),
        ("name: []\n", 1, "name should be words, not '[]'"),
        ("units: imperial\n", 1, "units should be one of: metric, us_customary, not 'imperial'"),
        ("areas: Hall\n", 1, "areas should be a list"),
        ("areas:\n  - Hall\n  - [Attic]\n", 3, "each of the areas should be a mapping with a name"),
        ("areas:\n  - Hall\n  - hall\n", 3, "there are two areas 'hall'"),
        ("floors:\n  - Up\n  - name: U P\n", 3, "there are two floors 'U P'"),
        ("floors: [Up]\nareas:\n  - {name: Hall, floor: Down}\n", 3, "no floor 'Down' (known: Up)"),
        ("areas:\n  - {name: Hall, floor: Up}\n", 2, "there is no floor 'Up' (there are none)"),
        ("areas: [Hall]\nspeaker: Attic\n", 2, "there is no area 'Attic' (known: Hall)"),
        ("areas:\n  - {aliases: [x]}\n", 2, "a name is missing"),
        (f"areas:\n  - {'x' * 101}\n", 2, "a name has at most 100 characters"),
        (_device("area: Hall"), 3, "a device needs a kind, one of: light, fan"),
        (_device("kind: lamp"), 3, "kind should be one of: light, fan"),
        (_device("kind: light, area: Attic"), 3, "there is no area 'Attic' (known: Hall)"),
        (_device("kind: light, power: 5"), 3, "'power' means nothing here"),
        (_device("kind: light, state: open"), 3, "state should be one of: on, off, not 'open'"),
        (_device("kind: light, state: true"), 3, "state should be words, not 'True'"),
        (
            _device("kind: light, features: [fly]"),
            3,
            "features should be one of: dim, color, white",
        ),
        (_device("kind: light, features: [dim, dim]"), 3, "a list of words, each only once"),
        (_device("kind: switch, features: [dim]"), 3, "a switch has no features to choose from"),
        (_device("kind: light, attributes: 5"), 3, "attributes should be a mapping"),
        (
            _device("kind: light, attributes: {brightness: 5}"),
            3,
            "brightness needs the feature dim",
        ),
        (_device("kind: light, attributes: {speed: 5}"), 3, "'speed' means nothing here"),
        (
            _device("kind: light, features: [dim], attributes: {brightness: 101}"),
            3,
            "brightness should be a whole number from 0 to 100, not '101'",
        ),
        (
            _device("kind: light, features: [color], attributes: {color: reddish}"),
            3,
            "color should be the name of a CSS colour",
        ),
        (_device("kind: light, aliases: big"), 3, "aliases should be a list of words"),
        (_device("kind: light, unavailable: maybe"), 3, "unavailable should be true or false"),
        (_device("kind: light, entity_id: lamp"), 3, "entity_id should be an entity id"),
        (_device("kind: light, entity_id: light.Lamp"), 3, "entity_id should be an entity id"),
        (
            _device("kind: light, entity_id: fan.lamp"),
            3,
            "entity_id of a light begins with 'light.'",
        ),
        (_device("kind: select"), 3, "a select needs the attribute options"),
        (
            _device("kind: select, attributes: {options: ~}"),
            3,
            "a select needs the attribute options",
        ),
        (
            _device("kind: select, state: c, attributes: {options: [a, b]}"),
            3,
            "the state 'c' is not one of its options",
        ),
        (_device("kind: scene, state: on"), 3, "a scene has no state to set"),
        (_device("kind: timer, unavailable: true"), 3, "a timer cannot be unavailable"),
        (
            _device("kind: timer, attributes: {duration: 5}"),
            3,
            "duration should be a time as 0:10:00",
        ),
        (
            _device("kind: switch, attributes: {device_class: x}"),
            3,
            "device_class should be one of",
        ),
        (_device("kind: number, state: 200"), 3, "the state 200 is not between 0 and 100"),
        (
            _device("kind: number, attributes: {min: 9, max: 9}"),
            3,
            "(9) is not below the highest (9)",
        ),
        (
            _device("kind: sensor, state: warm, attributes: {device_class: power}"),
            3,
            "is no number",
        ),
        (
            _device("kind: sensor, state: now, attributes: {device_class: timestamp}"),
            3,
            "is no time",
        ),
        (_device("kind: sensor, state: now, attributes: {device_class: date}"), 3, "is no date"),
        (_device("kind: sensor, state: x, attributes: {device_class: enum}"), 3, "of its options"),
        (
            _device("kind: climate, state: cool, attributes: {hvac_modes: [off, heat]}"),
            3,
            "the state 'cool' is not one of its hvac_modes",
        ),
        (
            _device("kind: fan, attributes: {preset_mode: auto}"),
            3,
            "preset_mode 'auto' is not one of its preset_modes",
        ),
        (_device("kind: todo, attributes: {items: [{done: true}]}"), 3, "needed: summary"),
        (
            _device("kind: calendar, attributes: {events: [{summary: a, start: x, end: today}]}"),
            3,
            "a mapping whose start is a day and time as 'today 18:00'",
        ),
        (
            _device("kind: script, attributes: {sequence: [{do: it}]}"),
            3,
            "as Home Assistant's scripts",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_with_its_line(
    read: Read, text: str, line: int, problem: str
) -> None:
    with pytest.raises(HouseFileError) as caught:
        read(text)
    message = str(caught.value)
    assert f"house.yaml, line {line}: " in message
    assert problem in message
    assert message.endswith(".")
    assert "\n" not in message


def test_the_line_is_that_of_the_attribute(read: Read) -> None:
    text = """devices:
      - name: Lamp
        kind: light
        features: [dim]
        attributes:
          brightness: bright
    """
    with pytest.raises(HouseFileError, match="line 6: brightness should be"):
        read(text)


def test_what_is_quoted_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text(f"devices: [{{name: Lamp, kind: light, area: {'k' * 3000}}}]")
    with pytest.raises(HouseFileError, match="no area 'kkk") as caught:
        read_house(path)
    assert len(str(caught.value)) < 1200


def test_what_is_quoted_may_have_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text('devices: [{name: Door, kind: lock, state: "lock\\u2028 \\n ed"}]')
    with pytest.raises(HouseFileError, match="not 'lock ed'") as caught:
        read_house(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HouseFileError, match=r"none\.yaml: it cannot be read \(No such file"):
        read_house(tmp_path / "none.yaml")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_bytes(b"name: \xff\xfe\x00")
    with pytest.raises(HouseFileError, match="it is not text in UTF-8"):
        read_house(path)
