"""What steps come to, for formats whose calls have none: "a bit brighter" than what it is now."""

from collections.abc import Iterator, Mapping

from home_llm_core.home import Entity, Home, Value
from home_llm_core.states import shown

from .conversations import LeftOutError
from .reporting import Done

_STEPS: Mapping[str, tuple[str, int, int]] = {
    # What a step is added to, and between what it may come to.
    "brightness_step": ("brightness", 1, 100),
    "temperature_step": ("temperature", 5, 35),
}


def has_steps(done: Done) -> bool:
    """Return whether a call adds to what devices show."""
    return not _STEPS.keys().isdisjoint(done.arguments)


def without_steps(done: Done, home: Home) -> Iterator[Done]:
    """Yield calls with what steps come to, one for each device.

    Raises:
        LeftOutError: a device does not show what a step is added to.

    """
    if not has_steps(done):
        yield done
        return
    for entity_id in done.entity_ids:
        entity = home.entity_by_id[entity_id]
        arguments = {k: _added(k, v, entity) for k, v in done.arguments.items()}
        named = {_STEPS[k][0] if k in _STEPS else k: v for k, v in arguments.items()}
        yield Done(action=done.action, entity_ids=(entity_id,), arguments=named)


def _added(name: str, value: Value, entity: Entity) -> Value:
    """Return what a step comes to; another value stays as it is."""
    if name not in _STEPS or not isinstance(value, (int, float)):
        return value
    reading, low, high = _STEPS[name]
    now = shown(entity, reading)
    if now is None and (entity.domain, entity.state) == ("light", "off") and value > 0:
        now = 0
    if not isinstance(now, (int, float)):
        msg = f"the {reading} that a step is added to"
        raise LeftOutError(msg)
    return min(max(now + value, low), high)
