"""Helpers as Home Assistant's configuration has them."""

import pytest

from playground.configuration import configuration, phone_id, zone_ids
from playground.house import Device, House


def _device(kind: str, state: str | None = None, **attributes: object) -> Device:
    return Device(
        kind=kind, name="My thing", entity_id=f"{kind}.thing", state=state, attributes=attributes
    )


@pytest.mark.parametrize(
    ("device", "config"),
    [
        (_device("input_boolean", "on"), {"name": "My thing", "initial": True}),
        (_device("input_button"), {"name": "My thing"}),
        (
            _device("input_number", "5", min=0, max=9),
            {"name": "My thing", "min": 0, "max": 9, "initial": 5.0},
        ),
        (_device("input_number", min=0, max=9), {"name": "My thing", "min": 0, "max": 9}),
        (
            _device("input_select", "b", options=("a", "b")),
            {"name": "My thing", "options": ["a", "b"], "initial": "b"},
        ),
        (_device("input_text"), {"name": "My thing", "initial": ""}),
        (_device("timer", duration="0:05:00"), {"name": "My thing", "duration": "0:05:00"}),
        (_device("script"), {"alias": "My thing", "sequence": []}),
    ],
)
def test_helper(device: Device, config: dict[str, object]) -> None:
    house = House(name="House", devices=(device, _device("light", "on")))
    assert configuration(house) == {device.kind: {"thing": config}}


def test_people_get_phones_and_the_places_where_they_are() -> None:
    house = House(name="House", devices=(_device("person", "home"), _device("person", "The gym")))
    config = configuration(house)
    assert [zone["name"] for zone in config["zone"]] == ["The gym"]
    assert {tuple(person["device_trackers"]) for person in config["person"]} == {
        (phone_id(house.devices[0]),)
    }


@pytest.mark.parametrize(
    ("state", "zones"),
    [("home", ["zone.home"]), ("not_home", []), ("The gym", ["zone.the_gym"]), (None, None)],
)
def test_zones_of_a_person(state: str | None, zones: list[str] | None) -> None:
    assert zone_ids(_device("person", state)) == zones


def test_a_house_without_helpers_needs_no_configuration() -> None:
    assert configuration(House(name="House", devices=(_device("light", "on"),))) == {}
