"""What requests come to in a house."""

from collections.abc import Iterable, Sequence

from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError

from .houses import House

Effect = tuple[object, ...]
"""An action, a device and the arguments."""


def done(calls: Iterable[Call], house: House) -> Sequence[Effect]:
    """Return what calls do to which devices, in order; nothing of those that are refused."""
    found: list[Effect] = []
    for call in calls:
        try:
            made = resolve(call, house.home, house.printed)
        except CallError:
            continue
        arguments = sorted(made.arguments.items())
        found += [(made.action.name, each, *arguments) for each in made.entity_ids or ("",)]
    return sorted(found, key=str)
