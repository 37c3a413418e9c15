"""What the home says in reply to a request of a training set, always true to what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import random
from typing import Any

from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError
from home_llm_core.formats.base import Hearing
from home_llm_core.formats.tiny_lines import CONDITIONS, MARK
from home_llm_core.home import Entity
from home_llm_core.linking import linker
from home_llm_core.parser import Event, Query, Say, Unclear, Unmet
from home_llm_core.text import fold
from home_llm_core.turns import turn_from_dict

from .houses import FORMAT, House
from .replying import Answers
from .reporting import Done, Reports
from .voice import Voice, kind_of_all

_STATUS = "timer.status"
_PLACES = ("area", "floor")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A sentence and what comes of it.

    Args:
        said: the sentence.
        events: what it means.
        done: the calls that are made.
        speech: the reply.
        asked: the question that has to be answered for it, or the condition that is looked at.
        speaker: the id of the area the speaker stands in, if it is known.

    """

    said: str
    events: tuple[Event, ...]
    done: tuple[Done, ...]
    speech: str
    asked: Query | None = None
    speaker: str | None = None

    @property
    def refused(self) -> bool:
        """Whether a call that it asks for is not made."""
        return len(self.done) < sum(isinstance(event, Call) for event in self.events)


class Replies:
    """Replies to what is said in a house."""

    def __init__(self, house: House, rng: random.Random, now: datetime | None = None) -> None:
        """Speak of ``house``; ``now`` is the time there, if it is known."""
        self._house = house
        self._voice = Voice(house, rng)
        self._reports = Reports(self._voice)
        self._now = now

    @property
    def are_known(self) -> bool:
        """Whether the language has words for all that is asked here."""
        return self._voice.knows("answer_yes")

    def exchanges(self, request: Mapping[str, Any]) -> tuple[Exchange, ...]:
        """Return a request of a line, after what was said before it, if anything was.

        Args:
            request: as a line holds it.

        """
        record = request["record"]
        heard = self._heard(record)
        events = tuple(heard.parser().feed(request["messages"][-1]["content"]))
        done = tuple(self._done(call) for call in record["calls"])
        speech = record["speech"]
        timed = next((e for e in events if isinstance(e, Say) and e.key in ("time", "date")), None)
        if not speech or (timed is not None and self._now is not None):
            speech = self.to(record["text"], events, done)
        this = Exchange(
            said=record["text"],
            events=events,
            done=done,
            speech=speech,
            asked=_asked(heard, events, request["messages"][-1]["content"]),
            speaker=record["speaker_area"],
        )
        before = self._before(record)
        return (before, this) if before is not None else (this,)

    def _heard(self, record: Mapping[str, Any]) -> Hearing:
        home = self._house.home
        area = home.area_by_id.get(record["speaker_area"] or "")
        turn = turn_from_dict(record["turn"], home)
        return FORMAT.hear(record["text"], home, area, self._house.allowed, turn)

    def _done(self, call: Mapping[str, Any]) -> Done:
        names, whole = self._house.printed, not call.get("excluding")
        return Done(
            action=call["action"],
            entity_ids=tuple(call["entity_ids"]),
            arguments=call["arguments"],
            area=names.areas[call["area"]] if whole and call.get("area") else None,
            floor=names.floors[call["floor"]] if whole and call.get("floor") else None,
            everywhere=whole and call.get("devices") == ["all"],
        )

    def _before(self, record: Mapping[str, Any]) -> Exchange | None:
        """Return the exchange before, if a request goes back to one."""
        turn = turn_from_dict(record["turn"], self._house.home)
        if turn is None or not record["before"]:
            return None
        done = tuple(
            Done(action=call.action.name, entity_ids=call.entity_ids, arguments=call.arguments)
            for call in turn.calls
        )
        events: tuple[Event, ...] = (turn.asked,) if turn.asked is not None else ()
        speech = self.to(record["before"], events, done)
        return Exchange(
            said=record["before"],
            events=events,
            done=done,
            speech=speech,
            speaker=record["speaker_area"],
        )

    def to(self, said: str, events: Sequence[Event], done: Sequence[Done]) -> str:
        """Return the reply to a sentence.

        Args:
            said: the sentence.
            events: what it means.
            done: what of it is done.

        """
        for event in events:
            if isinstance(event, (Unmet, Query, Unclear, Say)):
                return self._without_a_call(said, event)
        refused = self._refused(events)
        told = [each for each in done if each.action != _STATUS]
        if not told:
            return self._voice.sentence("timer_none") if done else refused
        if refused:
            return self._voice.sentence("rest_done", {"fact": refused})
        return self._reports.of(told)

    def _without_a_call(self, said: str, event: Unmet | Query | Unclear | Say) -> str:
        if isinstance(event, Unmet):
            return Answers(self._voice, event.query).unmet()
        if isinstance(event, Query):
            return Answers(self._voice, event, self._place(said)).answer()
        return self._which(event) if isinstance(event, Unclear) else self._talk(event.key)

    def _refused(self, events: Sequence[Event]) -> str:
        """Return why a call of a reply is not made; nothing if all are."""
        for call in (event for event in events if isinstance(event, Call)):
            try:
                resolve(call, self._house.home, self._house.printed)
            except CallError as error:
                return self._reports.refusal(error, call)
        return ""

    def _talk(self, key: str) -> str:
        slots = {}
        if self._now is not None:
            days = self._voice.bank.replies["weekdays"]["many"]
            slots = {"time": f"{self._now:%H:%M}", "date": days[self._now.weekday()].source}
        elif key in ("time", "date"):
            return ""
        return self._voice.sentence(key, slots)

    def _which(self, unclear: Unclear) -> str:
        """Return the question which one is meant."""
        voice, known = self._voice, self._house.home.entity_by_id
        found = [known[each] for each in unclear.entity_ids]
        slots = voice.kinds(kind_of_all(found), found) | {"candidates": self._candidates(found)}
        return voice.sentence("unclear", slots)

    def _candidates(self, found: Sequence[Entity]) -> str:
        """Return what may be meant: rooms if they tell the devices apart, else names."""
        areas = dict.fromkeys(entity.area_id for entity in found)
        if None in areas or len(areas) < len(found):
            return self._voice.listed([self._voice.name(each) for each in found[:3]], "or")
        places = [self._house.names[str(area)] for area in list(areas)[:3]]
        return self._voice.listed(
            [self._voice.say("ones_in_area", {"area": place}) for place in places], "or"
        )

    def _place(self, said: str) -> str:
        """Return what the only place that a sentence names is called, as a place."""
        spans = (span for span in linker(self._house.home).link(fold(said)) if span.is_whole)
        ids = {thing.id for span in spans for thing in span.things if thing.kind in _PLACES}
        return self._house.names[ids.pop()].form("in") if len(ids) == 1 else ""


def speak(house: House, line: Mapping[str, Any]) -> None:
    """Put replies into the records of a line that have none, as far as the language has words."""
    for number, request in enumerate(line["requests"], start=1):
        replies = Replies(house, random.Random(f"{line['id']} {number}"))
        if replies.are_known and not request["record"]["speech"]:
            request["record"]["speech"] = replies.exchanges(request)[-1].speech


def _asked(heard: Hearing, events: Sequence[Event], reply: str) -> Query | None:
    """Return what has to be looked at: what is asked, or on what a wish depends."""
    for event in events:
        if isinstance(event, Query):
            return event
        if isinstance(event, Unmet):
            return event.query
    for this, other in (CONDITIONS, CONDITIONS[::-1]):
        # Of a condition that holds the other way round is told why it does not.
        turned = heard.parser().feed(reply.replace(f"{MARK} {this} ", f"{MARK} {other} ", 1))
        if reply.startswith(f"{MARK} {this} "):
            return next((event.query for event in turned if isinstance(event, Unmet)), None)
    return None
