"""Requests in the format of the Home-LLM models: the list of devices, a sentence, then calls.

These models see ids, names and states. They know no rooms and no other names than those that are
listed, so what hangs on either is left out, as is what their actions cannot do.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from home_llm_core.answers import asked_about
from home_llm_core.calls import Call
from home_llm_core.formats import Format, get_format
from home_llm_core.home import Entity, Value
from home_llm_core.linking import Span, linker
from home_llm_core.parser import Say
from home_llm_core.text import fold
from home_llm_core.words import words

from .conversations import Conversation, LeftOutError, Output, expressed, now_in
from .houses import House
from .replies import Exchange
from .reporting import Done
from .sources import read
from .steps import without_steps

NAMES = ("home-llm-1", "home-llm-3", "home-llm-actions")
"""The formats, by name."""

_COLORS = Path(__file__).parent / "colors.yaml"
_ARGUMENTS = ("brightness", "rgb_color")
_TIMED = ("time", "date")
_ROOMS = "the rooms"


def home_llm(house: House, line: Mapping[str, Any], name: str) -> Output:
    """Return a line whose messages are in a format of the Home-LLM models.

    Args:
        house: the house of the line.
        line: as it is written in our own format.
        name: of the other format.

    """
    format_ = get_format(name)
    is_dated = name != NAMES[0]
    system = format_.system(house.home, house.allowed, now=now_in(line) if is_dated else None)

    def express(conversation: Conversation) -> Mapping[str, Any]:
        messages = [{"role": "system", "content": system}]
        for exchange in conversation.exchanges:
            messages += _messages(conversation, exchange, format_, is_dated=is_dated)
        speech = conversation.last.speech
        record = {**conversation.request["record"], "speech": speech}
        return {"messages": messages, "record": record}

    found, left_out = expressed(house, line, express)
    asked = len(line["requests"])
    lines = ({**line, "format": name, "requests": list(found)},) if found else ()
    return Output(lines=lines, asked=asked, left_out=left_out)


def _messages(
    conversation: Conversation, exchange: Exchange, format_: Format, *, is_dated: bool
) -> Iterator[dict[str, str]]:
    if not is_dated and any(isinstance(e, Say) and e.key in _TIMED for e in exchange.events):
        msg = "the time"
        raise LeftOutError(msg)
    home = conversation.house.home
    whole = (each for done in exchange.done for each in without_steps(done, home))
    calls = [call for done in whole for call in _calls(done, format_.actions)]
    _check_seen(conversation, exchange)
    heard = format_.hear(exchange.said, home)
    yield {"role": "user", "content": heard.message}
    yield {"role": "assistant", "content": heard.reply(calls, exchange.speech)}


def _calls(done: Done, actions: Collection[str]) -> Iterator[Call]:
    """Yield a call for each device."""
    if done.action not in actions:
        msg = f"the action {done.action}"
        raise LeftOutError(msg)
    arguments = dict(_argument(name, value) for name, value in done.arguments.items())
    for entity_id in done.entity_ids:
        yield Call(action=done.action, devices=(entity_id,), arguments=arguments)


def _argument(name: str, value: Value) -> tuple[str, Value]:
    if name == "color":
        return "rgb_color", _rgb()[str(value)]
    if name not in _ARGUMENTS:
        msg = f"the argument {name}"
        raise LeftOutError(msg)
    return name, value


@lru_cache(maxsize=1)
def _rgb() -> Mapping[str, tuple[int, int, int]]:
    """Return the colours by their names."""
    found = {}
    for name, parts in read(_COLORS).fields().items():
        red, green, blue = (int(part.number()) for part in parts.items())
        found[name] = (red, green, blue)
    return found


def _check_seen(conversation: Conversation, exchange: Exchange) -> None:
    """Check that names and states tell what a sentence is about.

    Raises:
        LeftOutError: it takes to know what is in which room, or another name of a device.

    """
    house = conversation.house
    spans = linker(house.home).link(fold(exchange.said))
    if any(thing.kind != "device" for span in spans for thing in span.things):
        raise LeftOutError(_ROOMS)
    if conversation.request["record"]["kind"] == "absent_room" or _says_a_room(house, exchange):
        raise LeftOutError(_ROOMS)
    named = {thing.id for span in spans for thing in span.things}
    named |= {e for each in conversation.exchanges[:-1] for e in _meant(each)}
    if not _is_told(house, exchange, named):
        raise LeftOutError(_ROOMS)
    _check_listed(house, exchange, spans)


def _says_a_room(house: House, exchange: Exchange) -> bool:
    places = (house.names[area.area_id].form("in") for area in house.home.areas)
    return any(place in exchange.speech for place in places)


def _meant(exchange: Exchange) -> tuple[str, ...]:
    """Return the ids of the devices that a sentence is about."""
    asked = exchange.asked.entity_ids if exchange.asked is not None else ()
    return (*asked, *(each for done in exchange.done for each in done.entity_ids))


def _is_told(house: House, exchange: Exchange, named: Collection[str]) -> bool:
    """Return whether devices are named, or all that there are of them are meant."""
    query, home = exchange.asked, house.home
    if query is not None:
        word = query.test.word if query.test is not None else ""
        known = (
            {e.entity_id for e in asked_about(query.kind, home.entities, word)}
            if (query.kind != "it")
            else set()
        )
        if not _all_or_named(query.entity_ids, known, named) or _asks_where(house, exchange):
            return False
    for done in exchange.done:
        there = {e.entity_id for e in home.of_domain(done.domain) if e.available}
        if not _all_or_named(done.entity_ids, there, named):
            return False
    return True


def _all_or_named(ids: Collection[str], there: Collection[str], named: Collection[str]) -> bool:
    """Return whether devices are named one by one, or are all there are but for those."""
    unnamed = set(ids) - set(named)
    return not unnamed or unnamed >= set(there) - set(named)


def _asks_where(house: House, exchange: Exchange) -> bool:
    query = exchange.asked
    if query is None or query.verb != "where":
        return False
    return any(house.home.entity_by_id[e].domain != "person" for e in query.entity_ids)


def _check_listed(house: House, exchange: Exchange, spans: Collection[Span]) -> None:
    """Check that what is called by a name is not listed by quite another one."""
    text, meant = fold(exchange.said), set(_meant(exchange))
    for span in spans:
        said = set(words(text[span.start : span.end]))
        for thing in span.things:
            if thing.id in meant and not said & _listed(house.home.entity_by_id[thing.id]):
                msg = "the other names"
                raise LeftOutError(msg)
        # Of two that are called the same the room tells which one is meant.
        for other in {thing.id for thing in span.things} - meant:
            if _domain(other) in {_domain(t.id) for t in span.things if t.id in meant}:
                raise LeftOutError(_ROOMS)


def _listed(entity: Entity) -> set[str]:
    return {*words(entity.name), *words(entity.entity_id.replace("_", " ").replace(".", " "))}


def _domain(entity_id: str) -> str:
    return entity_id.partition(".")[0]
