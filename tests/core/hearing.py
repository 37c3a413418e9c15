"""What lines come to that answer a sentence, for the tests of our own format."""

from collections.abc import Collection

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats import TINY
from home_llm_core.formats.tiny_hearing import Hearing
from home_llm_core.home import Entity, Home
from home_llm_core.parser import Event
from home_llm_core.turns import Turn


def hearing(
    home: Home,
    said: str,
    speaker: str | None = None,
    allowed: Collection[str] = DEFAULT_ALLOWED,
    turn: Turn | None = None,
) -> Hearing:
    """Return a sentence as it is understood, spoken in an area."""
    area = home.area_by_id[speaker] if speaker is not None else None
    return TINY.hear(said, home, area, allowed, turn)


def reply(*lines: str) -> str:
    """Return a reply with these lines."""
    return "".join(f"> {line}\n" for line in lines)


def comes_to(heard: Hearing, *lines: str) -> list[Event]:
    """Return what lines come to, whether or not a model may write them."""
    parser = heard.parser()
    return [*parser.feed(reply(*lines)), *parser.close()]


def heard(
    home: Home,
    said: str,
    *lines: str,
    speaker: str | None = None,
    allowed: Collection[str] = DEFAULT_ALLOWED,
    turn: Turn | None = None,
) -> list[Event]:
    """Return what lines come to that a model may write about a sentence."""
    sentence = hearing(home, said, speaker, allowed, turn)
    assert sentence.grammar.accepts(reply(*lines), sentence.words), sentence.message
    return comes_to(sentence, *lines)


def done_to(event: Event, home: Home) -> tuple[str, ...]:
    """Return the ids of what a call reaches."""
    assert isinstance(event, Call), event
    return resolve(event, home, TINY.names(home)).entity_ids


def refusal(event: Event, home: Home) -> tuple[str, str]:
    """Return why a call cannot be carried out."""
    assert isinstance(event, Call), event
    with pytest.raises(CallError) as error:
        resolve(event, home, TINY.names(home))
    return error.value.reason, error.value.name


def entity(entity_id: str, name: str = "", **values: object) -> Entity:
    """Return a device; the words of its id are its name if it has no other."""
    shown = name or entity_id.partition(".")[2].replace("_", " ").capitalize()
    features = frozenset(values.pop("features", ()))  # type: ignore[call-overload]
    return Entity(entity_id=entity_id, name=shown, features=features, **values)  # type: ignore[arg-type]


def turn_of(home: Home, *events: Event) -> Turn:
    """Return the turn that calls make in a home."""
    calls = [event for event in events if isinstance(event, Call)]
    done = tuple(resolve(call, home, TINY.names(home)) for call in calls)
    touched = (entity_id for call in done for entity_id in call.entity_ids)
    return Turn(calls=done, before={each: home.entity_by_id[each] for each in touched})
