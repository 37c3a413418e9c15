"""A call as a model writes it, and what it comes to in this home."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .actions import (
    ACTIONS,
    DEFAULT_ALLOWED,
    Action,
    check_arguments,
    features_needed,
    supports,
    unknown_option,
)
from .errors import CallError
from .home import Entity, Home, Value

EVERYWHERE = "all"


def _no_arguments() -> Mapping[str, Value]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call with its targets as the model named them.

    Args:
        action: ``domain.action``.
        devices: names of devices as the format has them; ``("all",)`` is the whole house.
        area: name of an area, instead of devices.
        floor: name of a floor, instead of devices.
        excluding: names of devices that an area, a floor or the whole house is meant without.
        arguments: by name, in people's units.
        kind: what the devices were called, where that is more than the domain tells ("blind").

    """

    action: str
    devices: tuple[str, ...] = ()
    area: str | None = None
    floor: str | None = None
    excluding: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=_no_arguments)
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a sentence says that is no call: a question, a condition, what goes back to a turn.

    Args:
        verb: in the words of the model's lines (``formats/tiny_lines.py``).
        kind: of the devices.
        target: what it is about, as a call without an action.
        arguments: by their words in lines.
        picked: which of those that were spoken of, where it is not said by a name.

    """

    verb: str
    kind: str = ""
    target: Call = Call(action="")
    arguments: Mapping[str, Value] = field(default_factory=_no_arguments)
    picked: str = ""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What calls name devices, areas and floors by, and which ids that stands for."""

    devices: Mapping[str, str]
    areas: Mapping[str, str]
    floors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResolvedCall:
    """A call that passed every check: an action on exposed entities that can do it."""

    action: Action
    entity_ids: tuple[str, ...]
    arguments: Mapping[str, Value]


def resolve(
    call: Call, home: Home, names: Names, allowed: Collection[str] = DEFAULT_ALLOWED
) -> ResolvedCall:
    """Check a call against the home and find its entities.

    A named device must be reachable and able to do what is asked. For an area, a floor or the whole
    house it is enough that one device is; those that cannot are left out.

    Raises:
        CallError: the reason, and the name of what is at fault.

    """
    action = ACTIONS.get(call.action)
    if action is None:
        raise CallError("unknown_action", call.action)
    if action.name not in allowed:
        raise CallError("action_not_allowed", action.name)
    check_arguments(action, call.arguments)
    if not action.targets:
        return ResolvedCall(action=action, entity_ids=(), arguments=dict(call.arguments))
    named = call.area is None and call.floor is None and call.devices != (EVERYWHERE,)
    entities = _targets(call, action, home, names)
    if action.one_by_one and not named:
        raise CallError("action_not_allowed", action.name)
    able = _able(entities, action, call.arguments, strict=named)
    return ResolvedCall(
        action=action,
        entity_ids=tuple(sorted({entity.entity_id for entity in able})),
        arguments=dict(call.arguments),
    )


def _targets(call: Call, action: Action, home: Home, names: Names) -> tuple[Entity, ...]:
    if call.area is not None:
        if call.area not in names.areas:
            raise CallError("unknown_target", call.area)
        found, where = home.in_area(names.areas[call.area], action.domain), call.area
    elif call.floor is not None:
        if call.floor not in names.floors:
            raise CallError("unknown_target", call.floor)
        found, where = home.on_floor(names.floors[call.floor], action.domain), call.floor
    elif call.devices == (EVERYWHERE,):
        found, where = home.of_domain(action.domain), EVERYWHERE
    else:
        found, where = tuple(_device(n, action, home, names) for n in call.devices), ""
    left_alone = tuple(_device(name, action, home, names) for name in call.excluding)
    for entity in left_alone:
        if entity not in found:
            # Whoever says "all but the lamp" does not mean all.
            raise CallError("unknown_target", entity.name)
    found = tuple(entity for entity in found if entity not in left_alone)
    if not found:
        raise CallError("empty_target", where)
    return found


def _device(name: str, action: Action, home: Home, names: Names) -> Entity:
    entity = home.entity_by_id.get(names.devices.get(name, ""))
    if entity is None:
        raise CallError("unknown_target", name)
    if entity.domain != action.domain:
        raise CallError("wrong_domain", entity.name)
    return entity


def _able(
    entities: tuple[Entity, ...], action: Action, arguments: Mapping[str, Value], *, strict: bool
) -> list[Entity]:
    features = features_needed(action, arguments)
    able = []
    error: CallError | None = None
    for entity in entities:
        if not entity.available:
            error = CallError("unavailable", entity.name)
        elif not all(supports(entity, feature) for feature in features):
            error = CallError("unsupported", entity.name)
        elif (option := unknown_option(entity, action, arguments)) is not None:
            error = CallError("unknown_option", option)
        else:
            able.append(entity)
    if error is not None and (strict or not able):
        raise error
    return able
