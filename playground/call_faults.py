"""What was called and which timers run after a scenario, compared with what it expects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .device_faults import same
from .dialogue import Call
from .readings import READ, Timer
from .reply_faults import holds
from .scenarios import ExpectedCall, ExpectedTimer, Fault, Scenario

_UNSEEN = (
    "media_player.media_next_track",
    "media_player.media_previous_track",
    "vacuum.locate",
)
"""Actions after which a device reads the same, though its kind can be read."""

_SHOWN_BY_OTHERS = ("scene", "script")
_FOR_SCRIPTS = ("script.turn_on", "script.turn_off", "script.toggle", "script.reload")

type _Single = tuple[str, str, Mapping[str, Any]]


def call_faults(scenario: Scenario, calls: Sequence[Call]) -> Iterator[Fault]:
    """Yield the actions that should have been called and were not, and the reverse.

    Where a scenario expects something of devices, their states say what an action has done to
    them; only what no state shows has to stand under its calls.
    """
    left = [single for call in calls for single in _singles(call)]
    for expected in scenario.calls:
        for target in expected.targets:
            found = next((call for call in left if _is(call, expected, target)), None)
            if found is None:
                yield Fault(outcome="missed", text=f"{expected.action} on {target} is not called")
            else:
                left.remove(found)
    for action, target, _data in left:
        if not scenario.expect or _is_unseen(action):
            yield Fault(outcome="wrong", text=f"{action} on {target or 'nothing'} is called")


def _singles(call: Call) -> Iterator[_Single]:
    """Yield a call as one for each entity; a script's own action is one for the script."""
    own = call.action.startswith("script.") and call.action not in _FOR_SCRIPTS
    action, targets = ("script.turn_on", (call.action,)) if own else (call.action, call.targets)
    for target in targets or ("",):
        yield action, target, call.data


def _is(call: _Single, expected: ExpectedCall, wanted: str) -> bool:
    action, target, data = call
    return (action, target) == (expected.action, wanted) and all(
        name in data and same(name, data[name], value) for name, value in expected.data.items()
    )


def _is_unseen(action: str) -> bool:
    return action in _UNSEEN or action.partition(".")[0] not in (*READ, *_SHOWN_BY_OTHERS)


def timer_faults(
    expect: Sequence[ExpectedTimer] | None,
    before: Sequence[Timer],
    after: Sequence[Timer],
    elapsed: float,
) -> Iterator[Fault]:
    """Yield the timers that should be there and are not, and the reverse.

    Args:
        expect: all that there should be; those from before if none.
        before: what there was.
        after: what there is.
        elapsed: seconds that the conversation took; they are gone from timers that were changed.

    """
    if expect is None:
        if after != before:
            yield Fault(outcome="wrong", text=f"there are {_told(after)}, not {_told(before)}")
        return
    left = list(after)
    for expected in expect:
        found = _match(expected, left, elapsed) or _match(replace(expected, name=""), left, elapsed)
        if found is not None:
            left.remove(found)
        if found is None or not _is_named(found, expected.name):
            was_there = _match(expected, before, elapsed) is not None
            text = f"there are {_told(after)}, none is {_wanted(expected)}"
            yield Fault(outcome="wrong" if was_there else "missed", text=text)
    for timer in left:
        is_old = timer in before
        yield Fault(outcome="missed" if is_old else "wrong", text=f"there are {_told([timer])}")


def _match(expected: ExpectedTimer, timers: Sequence[Timer], elapsed: float) -> Timer | None:
    """Return the timer that is as expected; the name "" stands for one without a name."""
    for timer in timers:
        gone = expected.seconds - timer.seconds
        in_time = timer.paused == expected.paused and 0 <= gone <= elapsed + 1
        if in_time and _is_named(timer, expected.name):
            return timer
    return None


def _is_named(timer: Timer, name: str | None) -> bool:
    return name is None or (holds(timer.name or "", name) if name else not timer.name)


def _wanted(expected: ExpectedTimer) -> str:
    return " ".join(
        filter(None, (expected.name, f"{expected.seconds} s", "paused" * expected.paused))
    )


def _told(timers: Sequence[Timer]) -> str:
    each = (
        " ".join(filter(None, (timer.name, f"{timer.seconds} s", "paused" * timer.paused)))
        for timer in timers
    )
    return f"timers ({', '.join(each)})" if timers else "no timers"
