"""House files that somebody spoilt: they are read, or refused with a sentence."""

from pathlib import Path
from random import Random

import pytest

from playground.house_file import HouseFileError, read_house
from tests.core import hostile

HOUSE = """
name: Home
language: en
speaker: Kitchen
floors:
  - {name: Upstairs, aliases: [Top]}
areas: [Kitchen, {name: Bedroom, floor: Upstairs, aliases: [Den]}]
devices:
  - {name: Lamp, kind: light, state: on, features: [dim], attributes: {brightness: 40}}
  - {name: Door, kind: lock, state: locked, exposed: false}
  - {name: List, kind: todo, attributes: {items: [Milk, {summary: Bread, done: true}]}}
  - {name: Radio, kind: media_player, state: playing, attributes: {volume_level: 40}}
  - {name: Heating, kind: climate, state: heat, attributes: {temperature: 21.5}}
"""
SIGNS = (
    *("{", "}", "[", "]", ":", "- ", "&a ", "*a", "!!python/object:os.system ", "%YAML 2", "? "),
    *("\n", "  ", "\t", "|", ">", "'", '"', "#", "<<: ", "0x1", "1e999", "null", "~", "---\n"),
    *("[" * 2000, "{a: " * 500, "&a [*a]", "exposed: maybe", "name: ", "kind: gun", "on", "-1"),
)


@pytest.mark.parametrize(
    "count", [200, pytest.param(10_000, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_any_file_is_a_house_or_refused(tmp_path: Path, count: int) -> None:
    """Nothing else is raised, and what is refused is told in one line."""
    path = tmp_path / "house.yaml"
    houses = 0
    for seed in range(count):
        rng = Random(seed)
        text = HOUSE
        for _ in range(rng.randint(1, 3)):
            at = rng.randint(0, len(text))
            end = at + rng.choice((0, 0, 1, 5, 40))
            text = text[:at] + rng.choice((*SIGNS, "", hostile.text(rng, 2))) + text[end:]
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            house = read_house(path)
        except HouseFileError as err:
            told = str(err)
            assert told.strip()
            assert "\n" not in told
            assert len(told) < 2000
        else:
            houses += 1
            assert all(device.name.strip() for device in house.devices)
    assert 0 < houses < count
