"""Requests as chats with tools, as Home Assistant's Assist API gives them to a language model.

Questions and conditions look at the home first, by the tool for the live context; what a step is
added to is looked at as well. What the tools cannot do, and what they do not show, is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
import json
from typing import Any

from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError
from home_llm_core.home import Entity
from home_llm_core.kinds import EVERYTHING, IT
from home_llm_core.parser import Query, Say
from home_llm_core.states import shown

from .agenda import events_of, is_on, items_of, span_of, timer_left
from .assist_calls import ToolCall, done_answer, named, timer_call, tool_calls
from .assist_home import AssistHome
from .conversations import Conversation, LeftOutError, Output, expressed
from .houses import House
from .replies import Exchange
from .reporting import Done
from .steps import has_steps, without_steps
from .voice import MOST_NAMED, Voice

NAME = "tools"
"""The name of the format."""

_TIMED = ("time", "date")
_UNSEEN = ("color", "source", "mode", "battery", "power", "energy", "title", "artist")


def tools(house: House, line: Mapping[str, Any]) -> Output:
    """Return a chat for each request of a line."""
    home = AssistHome(house.home)

    def express(conversation: Conversation) -> Mapping[str, Any]:
        area = house.home.area_by_id.get(conversation.last.speaker or "")
        messages: list[dict[str, Any]] = [{"role": "system", "content": home.prompt(area)}]
        for exchange in conversation.exchanges:
            messages += _Chat(conversation, exchange, home).messages(len(messages))
        told = {"language": house.home.language, "kind": conversation.request["record"]["kind"]}
        return {"messages": messages, "tools": home.tools, **told}

    found, left_out = expressed(house, line, express)
    return Output(lines=tuple(found), asked=len(line["requests"]), left_out=left_out)


class _Chat:
    """One sentence, the tools that are called for it, and the reply."""

    def __init__(self, conversation: Conversation, exchange: Exchange, home: AssistHome) -> None:
        self._house = conversation.house
        self._rng = conversation.rng
        self._now = conversation.now
        self._exchange = exchange
        self._home = home
        self._voice = Voice(conversation.house, conversation.rng)
        self._speech = exchange.speech

    def messages(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield the messages; ``number`` is how many there are before."""
        yield {"role": "user", "content": self._exchange.said}
        steps = [step for step in (list(self._looks()), list(self._acts())) if step]
        for calls in steps:
            ids = [f"call_{number}_{at}" for at in range(1, len(calls) + 1)]
            number += 1
            named_calls = list(zip(ids, calls, strict=True))
            yield {
                "role": "assistant",
                "content": "",
                "tool_calls": [_function_call(call_id, call) for call_id, call in named_calls],
            }
            for call_id, call in named_calls:
                content = json.dumps(call.result, ensure_ascii=False)
                yield {"role": "tool", "tool_call_id": call_id, "content": content}
        yield {"role": "assistant", "content": self._speech}

    def _looks(self) -> Iterator[ToolCall]:
        """Yield what is looked at before anything is done or said."""
        exchange, query = self._exchange, self._exchange.asked
        if any(isinstance(event, Say) and event.key in _TIMED for event in exchange.events):
            yield ToolCall(name="llm__GetDateTime", arguments={}, result=self._date_and_time())
        elif query is not None and query.verb == "list":
            yield from self._lists(query)
        elif query is not None:
            yield from self._look_at(query)
        elif exchange.refused:
            yield from self._unreachable()
        steps = [done for done in exchange.done if has_steps(done)]
        for entity in self._entities(each for done in steps for each in done.entity_ids):
            yield self._live(named(entity, self._house.home) | {"domain": entity.domain})

    def _entities(self, ids: Iterator[str]) -> list[Entity]:
        return [self._house.home.entity_by_id[each] for each in dict.fromkeys(ids)]

    def _live(self, arguments: Mapping[str, Any]) -> ToolCall:
        return ToolCall(
            name="homeassistant__GetLiveContext",
            arguments=arguments,
            result=self._home.live(arguments),
        )

    def _date_and_time(self) -> dict[str, str]:
        now = self._now
        return {
            "date": f"{now:%Y-%m-%d}",
            "time": f"{now:%H:%M:%S}",
            "timezone": f"{now:%Z}",
            "weekday": f"{now:%A}",
        }

    def _look_at(self, query: Query) -> Iterator[ToolCall]:
        """Yield the live context of what is asked about, if there is anything to look at."""
        entities = self._entities(iter(query.entity_ids))
        is_static = query.verb == "where" or (query.verb == "count" and query.test is None)
        if not entities or (is_static and all(e.domain != "person" for e in entities)):
            return
        if not all(_is_seen(query, entity) for entity in entities):
            msg = f"a look at {query.of or query.kind}"
            raise LeftOutError(msg)
        domains = sorted({entity.domain for entity in entities})
        domain = {"domain": domains[0] if len(domains) == 1 else domains}
        areas = {entity.area_id for entity in entities}
        if len(entities) == 1 and query.kind not in (EVERYTHING, IT):
            yield self._live({"name": entities[0].name} | domain)
        elif len(areas) == 1 and None not in areas:
            name = self._house.home.area_by_id[str(areas.pop())].name
            yield self._live({"area": name} | domain)
        else:
            yield self._live(domain)

    def _unreachable(self) -> Iterator[ToolCall]:
        """Yield a look at what cannot be reached, where that is why nothing is done."""
        home, names = self._house.home, self._house.printed
        for call in (event for event in self._exchange.events if isinstance(event, Call)):
            try:
                resolve(call, home, names)
            except CallError as error:
                if error.reason == "empty_target":
                    continue
                lost = [names.devices[line] for line in call.devices if line in names.devices]
                if error.reason != "unavailable" or not lost:
                    msg = f"why it cannot be done ({error.reason})"
                    raise LeftOutError(msg) from error
                for entity in self._entities(iter(lost)):
                    yield self._live(named(entity, home) | {"domain": entity.domain})

    def _lists(self, query: Query) -> Iterator[ToolCall]:
        """Yield a look into lists or calendars, and say what is there."""
        said = []
        for entity in self._entities(iter(query.entity_ids))[:MOST_NAMED]:
            if not entity.available or entity.state == "unknown":
                msg = "a look into what cannot be reached"
                raise LeftOutError(msg)
            call = self._calendar(entity, query) if entity.domain == "calendar" else None
            call = call or self._items(entity)
            there = call.result.get("items", call.result.get("events", ()))
            names = [
                str(each["summary"])
                for each in there
                if "start" not in each or is_on(each, query.day, self._now)
            ]
            said.append(self._holds(entity, names))
            yield call
        self._speech = " ".join(said) or self._speech

    def _items(self, entity: Entity) -> ToolCall:
        items = items_of(entity, self._house, self._rng)
        arguments = {"todo_list": entity.name}
        return ToolCall(name="todo__get_items", arguments=arguments, result={"items": items})

    def _calendar(self, entity: Entity, query: Query) -> ToolCall:
        span = span_of(query.day)
        events = events_of(entity, self._house, self._rng, self._now, span)
        arguments = {"calendar": entity.name, "range": span}
        return ToolCall(name="calendar__get_events", arguments=arguments, result={"events": events})

    def _holds(self, entity: Entity, names: list[str]) -> str:
        """Return what is said of a list or a calendar."""
        key = "events" if entity.domain == "calendar" else "items"
        slots = {"subject": self._voice.name(entity)}
        if not names:
            return self._voice.sentence(f"{key}_none", slots)
        items = self._voice.listed([name[:1].lower() + name[1:] for name in names])
        return self._voice.sentence(f"{key}_are", slots | {"items": items})

    def _acts(self) -> Iterator[ToolCall]:
        """Yield what is done."""
        for done in self._exchange.done:
            if done.action == "timer.status":
                yield self._timer(done)
                continue
            for each in without_steps(done, self._house.home):
                yield from tool_calls(each, self._house.home)

    def _timer(self, done: Done) -> ToolCall:
        """Return a look at the timers, and say what is left."""
        timer = timer_left(done.arguments, self._rng)
        slots = {"timers": [timer] if timer is not None else []}
        if timer is None:
            self._speech = self._voice.sentence("timer_none")
        else:
            left = {unit: timer[f"{unit}_left"] for unit in ("hours", "minutes", "seconds")}
            said = self._voice.duration({unit: n for unit, n in left.items() if n})
            name = done.arguments.get("name")
            key = "the_timer" if name is None else "the_timer_named"
            subject = self._voice.say(key, {"name": str(name)})
            self._speech = self._voice.sentence(
                "timer_status", {"duration": said, "subject": subject}
            )
        return replace(timer_call(done), result=done_answer(slots=slots))


def _is_seen(query: Query, entity: Entity) -> bool:
    """Return whether the live context shows what is asked of a device."""
    if entity.domain in ("calendar", "script"):
        return False
    if query.test is not None and query.test.word == "muted":
        return False
    is_state = query.of == "mode" and entity.domain == "climate"
    if query.of in _UNSEEN and entity.domain != "sensor" and not is_state:
        return shown(entity, query.of) is None
    return not (entity.domain == "weather" and query.kind in ("wind", "pressure"))


def _function_call(call_id: str, call: ToolCall) -> dict[str, Any]:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    function = {"name": call.name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}
