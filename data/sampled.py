"""Requests in the words of Home Assistant's own sentences, that mean just what they say."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from home_llm_core.calls import Call
from home_llm_core.errors import CannotBeSaidError
from home_llm_core.linking import linker
from home_llm_core.text import fold

from .commands import command
from .effects import done
from .houses import FORMAT, House
from .patterns import Patterns
from .phrasings import phrasings
from .questions import question
from .scenes import Draft, Scene
from .talk import talk
from .worded import worded

Maker = Callable[[Scene], Draft | None]

_MAKERS: tuple[tuple[int, str, tuple[str, ...], Maker], ...] = (
    # How often, the role and the kinds of the patterns that are needed, and what makes requests.
    (700, "action", (), lambda scene: command(scene, plain=True)),
    (50, "action", (), command),
    (250, "query", (), question),
    (25, "worded", ("timer",), lambda scene: worded(scene, "timer")),
    (70, "worded", ("todo",), lambda scene: worded(scene, "todo")),
    (8, "talk", ("small_talk",), lambda scene: talk(scene, "small_talk")),
    (3, "talk", ("not_a_request",), lambda scene: talk(scene, "not_a_request")),
)
_TRIES = 4
_NOT_THERE = 0.1


@lru_cache(maxsize=64)
def makers(patterns: Patterns) -> tuple[Sequence[Maker], Sequence[int]]:
    """Return what makes requests of some patterns, and how often each should."""
    known = [each for each in _MAKERS if patterns.knows(each[1], *each[2])]
    return [maker for *_, maker in known], [weight for weight, *_ in known]


def sampled(scene: Scene) -> Draft | None:
    """Return a request in Home Assistant's words, if one came to mind that means what it says.

    Raises:
        PhrasingsError: its sentences are not to be had.

    """
    house = scene.house
    patterns = phrasings(house.language.code, house.split)
    known, weights = makers(patterns)
    if not known:
        return None
    theirs = Scene(house=house, rng=scene.rng, speaker=scene.speaker, patterns=patterns)
    for _ in range(_TRIES):
        draft = scene.rng.choices(known, weights)[0](theirs)
        if draft is not None and _is_likely(theirs, draft) and _is_as_meant(theirs, draft):
            return draft
    return None


def _is_likely(scene: Scene, draft: Draft) -> bool:
    """Return whether people would say it: mostly they speak of what they have."""
    sorts = draft.sentence.sorts
    is_there = not sorts or not set(sorts).isdisjoint(scene.house.sorts)
    return is_there or scene.rng.random() < _NOT_THERE


def _is_as_meant(scene: Scene, draft: Draft) -> bool:
    """Return whether a sentence names what is meant, and no other device by chance."""
    house, text = scene.house, draft.sentence.text
    area = house.home.area_by_id[scene.speaker] if scene.speaker is not None else None
    heard = FORMAT.hear(text, house.home, area, house.allowed)
    try:
        reply = heard.reply(draft.said, draft.speech)
    except CannotBeSaidError:
        return False
    if not _names_nothing_else(draft, house):
        return False
    events = [event for event in heard.parser().feed(reply) if isinstance(event, Call)]
    return draft.calls is None or done(events, house) == done(draft.calls, house)


def _names_nothing_else(draft: Draft, house: House) -> bool:
    """Return whether a sentence names no device but the one that it has a slot for."""
    spans = linker(house.home).link(fold(draft.sentence.text))
    things = ({t.id for t in span.things if t.kind == "device"} for span in spans if span.is_whole)
    named = [devices for devices in things if devices]
    meant = set(_meant(draft, house))
    (pattern,) = draft.sentence.patterns
    most = 1 if "target" in pattern.template.slot_names else 0
    return len(named) <= most and not any(devices.isdisjoint(meant) for devices in named)


def _meant(draft: Draft, house: House) -> Iterator[str]:
    """Yield the ids of the devices that a request names."""
    for each in draft.said:
        target = each if isinstance(each, Call) else getattr(each, "target", Call(action=""))
        for line in target.devices:
            if line in house.printed.devices:
                yield house.printed.devices[line]
