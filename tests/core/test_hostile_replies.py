"""Whatever a home is called, whoever says what, and whatever a model writes: nobody breaks out."""

from contextlib import suppress
import json
import math
from random import Random

import pytest

from home_llm_core.actions import ACTIONS, RgbArgument, TextArgument, service_data, supports
from home_llm_core.calls import Call, ResolvedCall, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats import FORMATS, TINY
from home_llm_core.formats.base import Format
from home_llm_core.home import Home, Value
from home_llm_core.parser import BadCall, Event, Query, Say, Speech, Unclear, Unmet
from home_llm_core.text import fold
from home_llm_core.turns import Turn
from tests.core import hostile

MANY = 100_000
SAID_AT_ONCE = 3

some_or_many = pytest.mark.parametrize(
    "count", [600, pytest.param(MANY, marks=pytest.mark.soak)], ids=["some", "many"]
)


@some_or_many
def test_nothing_is_done_but_what_is_allowed(count: int) -> None:
    """Within the grammar or not: exposed entities, allowed actions, arguments in range."""
    done = sum(_converse(seed, TINY) for seed in range(0, count, SAID_AT_ONCE))
    assert done > count / 20  # It would prove nothing if there were no calls.


@some_or_many
@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {TINY.name}))
def test_no_format_does_more(name: str, count: int) -> None:
    done = sum(_converse(seed, FORMATS[name]) for seed in range(0, count, SAID_AT_ONCE))
    assert done > count / 100


def _converse(seed: int, format_: Format) -> int:
    """Say a few sentences in a home, check what comes of them, and return how many calls do."""
    rng = Random(seed)
    home = hostile.home(rng)
    allowed = frozenset(action for action in ACTIONS if rng.random() < 0.8)
    format_.system(home, allowed)
    done, turn = 0, None
    for _ in range(SAID_AT_ONCE):
        said = hostile.sentence(rng, home)
        heard = format_.hear(said, home, rng.choice((None, *home.areas)), allowed, turn)
        assert "\n" not in heard.message
        if format_ is TINY:
            written = hostile.reply(rng, heard.grammar, heard.words)
        else:
            written = _foreign_reply(rng, home, format_)
        parser = heard.parser()
        events = [event for piece in hostile.pieces(rng, written) for event in parser.feed(piece)]
        events += parser.close()
        calls = [call for event in events for call in _checked(event, home, allowed, said, format_)]
        touched = {entity_id for call in calls for entity_id in call.entity_ids}
        turn = Turn(calls=tuple(calls), before={each: home.entity_by_id[each] for each in touched})
        done += len(calls)
    return done


def _foreign_reply(rng: Random, home: Home, format_: Format) -> str:
    """Return what a model of the Home-LLM family might write."""
    written = hostile.text(rng)
    for _ in range(rng.randint(0, 3)):
        target = rng.choice([*(e.entity_id for e in home.entities), "lock.hidden", "all"])
        own = [action for action in ACTIONS if action.startswith(target.partition(".")[0])]
        action = rng.choice(own or tuple(ACTIONS))
        values = (0.5, 101, -1, True, None, [255, 0, 0], "(1,2,3)", {"a": []}, math.inf, "x" * 99)
        listed = [argument.name for argument in ACTIONS[action].arguments]
        name = rng.choice((*listed, "brightness", "rgb_color", hostile.text(rng, 1)))
        given = {name: rng.choice((*values, 50, math.nan))} if rng.random() < 0.6 else {}
        call = json.dumps({"service": action, "target_device": target, **given})
        written += f"\n```homeassistant\n{call}\n```\n"
        if format_.tokens:
            token = rng.choice((*format_.tokens, f"<|{action}|>"))
            value = rng.choice(("", "", f" {name}={rng.choice(values)}"))
            written += f"{token}{target}{value}<|call_end|>"
    return hostile.spoilt(rng, written) if rng.random() < 0.3 else written


def _checked(
    event: Event, home: Home, allowed: frozenset[str], said: str, format_: Format
) -> list[ResolvedCall]:
    """Check an event, and return the call that it comes to."""
    known = home.entity_by_id.keys()
    if isinstance(event, Unclear | Query):
        assert known >= set(event.entity_ids)
    elif isinstance(event, Unmet):
        assert known >= set(event.query.entity_ids)
    elif isinstance(event, Say):
        assert event.key in Say.KEYS
    elif isinstance(event, Call):
        with suppress(CallError):
            return [_check(resolve(event, home, format_.names(home), allowed), home, allowed, said)]
    else:
        assert isinstance(event, Speech | BadCall)
    return []


def _check(call: ResolvedCall, home: Home, allowed: frozenset[str], said: str) -> ResolvedCall:
    """Check a call that has passed all checks, with eyes of our own."""
    assert call.action.name in allowed
    assert bool(call.entity_ids) == call.action.targets
    for entity_id in call.entity_ids:
        entity = home.entity_by_id[entity_id]
        assert entity.domain == call.action.domain
        assert entity.state != "unavailable"
        assert supports(entity, call.action.feature)
        with suppress(CallError):
            data = service_data(call.action, call.arguments, entity.attributes)
            assert not {"entity_id", "area_id", "floor_id", "device_id", "label_id"} & data.keys()
            assert all(map(_is_plain, data.values())), data
    for name, value in call.arguments.items():
        (argument,) = [each for each in call.action.arguments if each.name == name]
        if isinstance(argument, TextArgument):
            options = (e for each in call.entity_ids for e in _options(home, each, name))
            assert value in options if argument.chosen else isinstance(value, str)
        elif isinstance(argument, RgbArgument):
            assert isinstance(value, tuple)
            assert all(0 <= part <= 255 for part in value)
        elif argument.values:
            assert value in argument.values
    return call


def _options(home: Home, entity_id: str, name: str) -> tuple[str, ...]:
    return home.entity_by_id[entity_id].options.get(name, ())


def _is_plain(value: Value) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("seed", range(60))
def test_an_item_is_in_the_words_of_the_sentence(seed: int) -> None:
    """What is written on a list was said, and its signs are no markup of ours."""
    rng = Random(seed)
    home = hostile.home(rng)
    said = f"add {hostile.text(rng)} to the list"
    heard = TINY.hear(said, home)
    word = rng.choice(heard.words)
    parser = heard.parser()
    events = [*parser.feed(f"> start timer = minutes 5 = name {word}\n"), *parser.close()]
    assert events, word
    for event in events:
        if isinstance(event, Call):
            assert fold(str(event.arguments["name"])) in f"{fold(said)} {heard.message}"
