"""What a call comes to, and why some come to nothing."""

import pytest

from home_llm_core.actions import (
    ACTIONS,
    DEFAULT_ALLOWED,
    Action,
    Argument,
    NumberArgument,
    TextArgument,
    service_data,
)
from home_llm_core.calls import Call, ResolvedCall, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home, Value


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
        (
            Call(action="light.turn_off", area="area kitchen", excluding=("light counter",)),
            ("light.k1",),
        ),
        (
            Call(
                action="light.turn_off",
                devices=("all",),
                excluding=("light kitchen ceiling", "light counter"),
            ),
            ("light.b1",),
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
        (
            Call(action="light.turn_on", floor="floor upstairs", excluding=("light x",)),
            "unknown_target",
            "light x",
        ),
        (
            Call(
                action="light.turn_on",
                floor="floor upstairs",
                excluding=("light bedroom ceiling",),
            ),
            "empty_target",
            "floor upstairs",
        ),
        # Everything would be turned off that is in the kitchen.
        (
            Call(
                action="light.turn_off",
                area="area kitchen",
                excluding=("light bedroom ceiling",),
            ),
            "unknown_target",
            "Ceiling",
        ),
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


def test_devices_are_unlocked_by_name() -> None:
    """A place may say less than it means; where there is no door, that is what is told."""
    locks = tuple(Entity(entity_id=f"lock.{n}", name=n, area_id="hall") for n in ("front", "back"))
    areas = (Area(area_id="hall", name="Hall"), Area(area_id="shed", name="Shed"))
    home = Home(entities=locks, areas=areas)
    named = Call(action="lock.unlock", devices=("lock front", "lock back"))
    assert resolved(named, home).entity_ids == ("lock.back", "lock.front")
    assert resolved(Call(action="lock.lock", area="area hall"), home).entity_ids
    for call in (
        Call(action="lock.unlock", area="area hall"),
        Call(action="lock.unlock", devices=("all",)),
    ):
        with pytest.raises(CallError, match="action_not_allowed"):
            resolved(call, home)
    with pytest.raises(CallError, match="empty_target"):
        resolved(Call(action="lock.unlock", area="area shed"), home)


def test_an_action_that_is_not_allowed(house: Home) -> None:
    """The allow-list is checked again, whatever the grammar said."""
    call = Call(action="light.turn_on", devices=("all",))
    with pytest.raises(CallError, match="action_not_allowed"):
        resolve(call, house, TINY.names(house), DEFAULT_ALLOWED - {"light.turn_on"})


def test_percent_becomes_home_assistants_parameters() -> None:
    """Arguments in people's units become parameters in one place."""
    data = service_data(ACTIONS["light.turn_on"], {"brightness": 30, "color": "blue"}, {})
    assert data == {"brightness_pct": 30, "color_name": "blue"}
    data = service_data(ACTIONS["light.turn_on"], {"brightness_step": -20}, {})
    assert data == {"brightness_step_pct": -20}
    data = service_data(ACTIONS["media_player.volume_set"], {"volume_level": 30}, {})
    assert data == {"volume_level": pytest.approx(0.3)}
    data = service_data(ACTIONS["media_player.volume_mute"], {"is_volume_muted": True}, {})
    assert data == {"is_volume_muted": True}


def test_a_step_is_added_to_what_a_device_shows() -> None:
    action, warmer = ACTIONS["climate.set_temperature"], {"temperature_step": 1.5}
    assert service_data(action, warmer, {"temperature": 20}) == {"temperature": 21.5}
    with pytest.raises(CallError, match="unsupported"):
        service_data(action, warmer, {})


def test_a_value_can_be_an_ability() -> None:
    """A thermostat that only heats does not cool."""
    heater = Entity(
        entity_id="climate.hall",
        name="Hall",
        state="heat",
        features=frozenset({"heat", "off", "target"}),
    )
    home = Home(entities=(heater,))

    def set_mode(mode: str) -> Call:
        return Call(
            action="climate.set_hvac_mode",
            devices=("climate hall",),
            arguments={"hvac_mode": mode},
        )

    assert resolved(set_mode("off"), home).entity_ids == ("climate.hall",)
    with pytest.raises(CallError, match="unsupported"):
        resolved(set_mode("cool"), home)


def able(action: Action) -> Entity:
    """Return a device that can do all of an action, and be set to what the sentence says."""
    features = {a.feature for a in action.arguments} | {action.feature}
    features |= {str(v) for a in action.arguments if a.is_feature for v in a.values}
    return Entity(
        entity_id=f"{action.domain}.x",
        name="X",
        state="on",
        features=frozenset(filter(None, features)),
        attributes={"temperature": 20},
        options={argument.name: ("Odd Thing",) for argument in action.arguments},
    )


def written(argument: Argument) -> Value:
    """Return a value of an argument that the sentence says."""
    if isinstance(argument, NumberArgument):
        return -2.25
    if isinstance(argument, TextArgument):
        return "Odd Thing"
    return argument.values[-1]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_can_be_written_and_read(action: Action) -> None:
    """With each of its arguments: written, accepted by the grammar, and read again."""
    entity = able(action)
    home = Home(entities=(entity,) if action.targets else ())
    devices = (f"{action.domain} x",) if action.targets else ()
    choices = [{a.name: written(a)} for a in action.listed] + ([] if action.needs else [{}])
    for arguments in choices:
        call = Call(action=action.name, devices=devices, arguments=arguments)
        said = " ".join(map(str, arguments.values()))
        hearing = TINY.hear(f"do Odd Thing to x {said}", home)
        reply = hearing.reply([call])
        assert hearing.grammar.accepts(reply, hearing.words)
        assert list(hearing.parser().feed(reply)) == [call]
        reached = resolve(call, home, TINY.names(home)).entity_ids
        assert reached == ((entity.entity_id,) if action.targets else ())
        assert service_data(action, arguments, entity.attributes).keys() == {
            a.parameter for a in action.arguments if a.name in arguments
        }


def test_an_option_that_a_device_does_not_have() -> None:
    """In a place it is enough that one has it."""
    options = {"x": ("Eco", "Boost"), "y": ("Eco",), "z": ()}
    home = Home(
        areas=(Area(area_id="hall", name="Hall"),),
        entities=tuple(
            Entity(
                entity_id=f"climate.{name}",
                name=name,
                area_id="hall",
                options={"preset_mode": those},
            )
            for name, those in options.items()
        ),
    )

    def preset(mode: str, *devices: str) -> Call:
        area = None if devices else "area hall"
        arguments = {"preset_mode": mode}
        return Call(
            action="climate.set_preset_mode", devices=devices, area=area, arguments=arguments
        )

    assert resolved(preset("Eco"), home).entity_ids == ("climate.x", "climate.y")
    assert resolved(preset("Boost"), home).entity_ids == ("climate.x",)
    assert resolved(preset("Eco", "climate y"), home).entity_ids == ("climate.y",)
    for call in (preset("eco"), preset("Boost", "climate y"), preset("Eco", "climate z")):
        with pytest.raises(CallError, match="unknown_option"):
            resolved(call, home)


def test_a_timer_is_no_device() -> None:
    """It needs nothing of the home, and its length has limits."""
    call = Call(action="timer.start", arguments={"minutes": 5, "name": "Tea"})
    assert resolved(call, Home()).entity_ids == ()
    for arguments in ({}, {"minutes": 0}, {"minutes": 121}, {"minutes": 1.5}, {"name": " "}):
        with pytest.raises(CallError, match="invalid_argument"):
            resolved(Call(action="timer.start", arguments=arguments), Home())


def test_a_call_without_a_target_reaches_nothing(house: Home) -> None:
    """Whoever made it did not mean all."""
    with pytest.raises(CallError, match="empty_target"):
        resolved(Call(action="light.turn_off"), house)


def test_what_is_unknown_can_be_controlled() -> None:
    """A scene, a button or a radio switch has no state that is known."""
    for state, available in (("unknown", True), ("unavailable", False)):
        assert Entity(entity_id="scene.x", name="X", state=state).available is available
