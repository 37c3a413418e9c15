"""Snapshots as JSON, and their order."""

import json

import pytest

from home_llm_core.errors import HomeFileError
from home_llm_core.home import Home, home_from_dict, home_to_dict


def test_a_home_survives_json(house: Home) -> None:
    """Nothing is lost on the way to a file and back."""
    assert home_from_dict(json.loads(json.dumps(home_to_dict(house)))) == house


@pytest.mark.parametrize("data", [{"entities": [{"name": "no id"}]}, {"areas": [3]}, {"floors": 3}])
def test_what_is_no_home(data: dict[str, object]) -> None:
    """A wrong description is one clear error."""
    with pytest.raises(HomeFileError):
        home_from_dict(data)


def test_the_latest_change_comes_last(house: Home) -> None:
    """Entities that are not named changed first, in their own order."""
    ids = [entity.entity_id for entity in house.by_last_change]
    assert ids == ["light.k2", "light.b1", "switch.s1", "switch.x", "fan.b2", "light.k1"]


def test_what_is_made_of_a_home_is_made_once(house: Home) -> None:
    """It is kept for the snapshot, and made again for another one."""
    made: list[Home] = []

    def count(home: Home) -> int:
        made.append(home)
        return len(home.entities)

    assert [house.once(count), house.once(count)] == [len(house.entities)] * 2
    assert Home().once(count) == 0
    assert made == [house, Home()]
