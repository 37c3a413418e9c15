"""What a call comes to, and why some come to nothing."""

import pytest

from home_llm_core.actions import ACTIONS, DEFAULT_ALLOWED, service_data
from home_llm_core.calls import Call, ResolvedCall, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats import get_format
from home_llm_core.home import Home

TINY = get_format("tiny-2")


def resolved(call: Call, home: Home) -> ResolvedCall:
    """Return what a call comes to in a home."""
    return resolve(call, home, TINY.names(home))


@pytest.mark.parametrize(
    ("call", "entity_ids"),
    [
        (Call(action="light.turn_off", devices=("light counter",)), ("light.k2",)),
        (
            Call(action="light.turn_off", devices=("light kitchen ceiling", "light counter")),
            ("light.k1", "light.k2"),
        ),
        (Call(action="light.turn_off", area="area kitchen"), ("light.k1", "light.k2")),
        (Call(action="light.turn_off", floor="floor upstairs"), ("light.b1",)),
        (Call(action="light.turn_off", devices=("all",)), ("light.b1", "light.k1", "light.k2")),
        # The counter light cannot be dimmed; the ceiling can.
        (
            Call(action="light.turn_on", area="area kitchen", arguments={"brightness": 9}),
            ("light.k1",),
        ),
        # The pump is out of reach.
        (Call(action="switch.turn_on", devices=("all",)), ("switch.x",)),
    ],
)
def test_targets(house: Home, call: Call, entity_ids: tuple[str, ...]) -> None:
    """Devices, areas, floors and the whole house come to entities that can do it."""
    assert resolved(call, house).entity_ids == entity_ids


@pytest.mark.parametrize(
    ("call", "reason", "name"),
    [
        (
            Call(action="light.explode", devices=("light counter",)),
            "unknown_action",
            "light.explode",
        ),
        (Call(action="light.turn_on", devices=("light x",)), "unknown_target", "light x"),
        (Call(action="light.turn_on", area="area x"), "unknown_target", "area x"),
        (Call(action="light.turn_on", floor="floor x"), "unknown_target", "floor x"),
        (Call(action="light.turn_on", area="area shed"), "empty_target", "area shed"),
        (Call(action="light.turn_on", devices=("switch kettle",)), "wrong_domain", "Kettle"),
        (Call(action="switch.turn_on", devices=("switch pump",)), "unavailable", "Pump"),
        (Call(action="switch.turn_on", area="area shed"), "unavailable", "Pump"),
        (
            Call(action="light.turn_on", devices=("light counter",), arguments={"color": "red"}),
            "unsupported",
            "Counter",
        ),
        (
            Call(action="light.turn_on", devices=("all",), arguments={"brightness": 101}),
            "invalid_argument",
            "brightness",
        ),
        (
            Call(action="light.turn_on", devices=("all",), arguments={"brightness": True}),
            "invalid_argument",
            "brightness",
        ),
        (
            Call(action="light.turn_on", devices=("all",), arguments={"rgb_color": (0, 0, 256)}),
            "invalid_argument",
            "rgb_color",
        ),
        (Call(action="fan.set_percentage", devices=("all",)), "invalid_argument", "percentage"),
        (
            Call(action="light.turn_on", devices=("all",), arguments={"x": 1}),
            "invalid_argument",
            "x",
        ),
    ],
)
def test_refusals(house: Home, call: Call, reason: str, name: str) -> None:
    """Each refusal says why, and what is at fault."""
    with pytest.raises(CallError) as error:
        resolved(call, house)
    assert (error.value.reason, error.value.name) == (reason, name)
    assert reason in CallError.REASONS


def test_an_action_that_is_not_allowed(house: Home) -> None:
    """The allow-list is checked again, whatever the grammar said."""
    call = Call(action="light.turn_on", devices=("all",))
    with pytest.raises(CallError, match="action_not_allowed"):
        resolve(call, house, TINY.names(house), DEFAULT_ALLOWED - {"light.turn_on"})


def test_percent_becomes_home_assistants_parameters() -> None:
    """Arguments in people's units become parameters in one place."""
    data = service_data(ACTIONS["light.turn_on"], {"brightness": 30, "color": "blue"})
    assert data == {"brightness_pct": 30, "color_name": "blue"}
    data = service_data(ACTIONS["light.turn_on"], {"brightness_step": -20})
    assert data == {"brightness_step_pct": -20}
