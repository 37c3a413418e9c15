"""Random examples of a training set, told so that a person can judge them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import random
from typing import Any

from home_llm_core.home import Home, home_from_dict

from .reading import Line
from .remembered import house_of
from .replies import Replies

_MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request with what it takes to tell whether everything about it is right.

    Args:
        kind: the kind of request.
        place: file and line.
        house: how large the house is.
        room: where the speaker stands, if that is known.
        before: what was said before, and the home's reply to that.
        said: the sentence as it arrives.
        noise: what happened to it on its way.
        read: the sentence as a model reads it.
        written: the lines of the model's reply.
        done: what is done.
        speech: what the home says.

    """

    kind: str
    place: str
    house: str
    room: str
    before: tuple[str, ...]
    said: str
    noise: tuple[str, ...]
    read: str
    written: tuple[str, ...]
    done: tuple[str, ...]
    speech: str


class Drawing:
    """Draws requests while lines pass by, each as likely as any other, and keeps no more."""

    def __init__(self, count: int, rng: random.Random) -> None:
        """Draw ``count`` requests."""
        self._count = count
        self._rng = rng
        self._seen = 0
        self._drawn: list[Line] = []

    def add(self, line: Line) -> None:
        """Let the requests of a line take part."""
        for request in line.data["requests"]:
            if not request["messages"][-1]["content"]:
                continue  # Nobody learns from what cannot be written.
            self._seen += 1
            if len(self._drawn) < self._count:
                self._drawn.append(_alone(line, request))
                continue
            at = self._rng.randrange(self._seen)
            if at < self._count:
                self._drawn[at] = _alone(line, request)

    def lines(self) -> list[Line]:
        """Return what was drawn, each with one request alone, in the order of the files."""
        return sorted(self._drawn, key=lambda line: (str(line.path), line.number))


def _alone(line: Line, request: Mapping[str, Any]) -> Line:
    return replace(line, data={**line.data, "requests": [request]})


def example(line: Line) -> Example:
    """Return the first request of a line as a person may read it."""
    request, home = line.data["requests"][0], home_from_dict(line.data["home"])
    record, (prompt, reply) = request["record"], request["messages"]
    replies = Replies(house_of(line.data), random.Random(str(line.data["id"])))
    *before, this = replies.exchanges(request)
    area = home.area_by_id.get(record["speaker_area"] or "")
    return Example(
        kind=record["kind"],
        place=f"{line.path.name}:{line.number}",
        house=f"{_count(home.entities, 'device')}, {_count(home.areas, 'room')}",
        room=area.name if area is not None else "",
        before=tuple(text for each in before for text in (each.said, each.speech)),
        said=record["text"],
        noise=tuple(record["noise"]),
        read=prompt["content"],
        written=tuple(reply["content"].splitlines()),
        done=tuple(_in_words(call, home) for call in record["calls"]),
        speech=this.speech,
    )


def _count(things: tuple[object, ...], word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _in_words(call: Mapping[str, Any], home: Home) -> str:
    """Return a call in words: "light turn on: Desk Lamp (Study); brightness 50"."""
    ids = call["entity_ids"]
    names = [_name(each, home) for each in ids[:_MOST_NAMED]]
    if len(ids) > _MOST_NAMED:
        names.append(f"{len(ids) - _MOST_NAMED} more")
    arguments = [f"{name} {value}" for name, value in call["arguments"].items()]
    said = str(call["action"]).replace(".", " ").replace("_", " ")
    return said + (f": {', '.join(names)}" if names else "") + "".join(f"; {a}" for a in arguments)


def _name(entity_id: str, home: Home) -> str:
    entity = home.entity_by_id[entity_id]
    area = home.area_by_id.get(entity.area_id or "")
    return f"{entity.name} ({area.name})" if area is not None else entity.name
