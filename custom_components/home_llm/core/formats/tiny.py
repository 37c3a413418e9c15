"""The format of the model that ships: a sentence with letters for what it names, and short lines.

It differs from the Home-LLM format (``home_llm.py``) in what serves a model of a few million
parameters on a small computer:

- The model does not read the home. What a sentence names of it (``linking.py``) is shown in the
  sentence, as a kind and a letter: "now turn the light A over in the area B down a lot". So a house
  of two hundred devices is no harder than one of five and takes no longer, a word that nobody has
  heard before is no obstacle, and nothing is to be read anew when a light is switched on.
- ``~`` stands before what is only like a name; the words stay. ``*`` follows what fits several
  devices.
- The model writes what is wanted (``tiny_calls.py``): no names, no list of devices, no sentence.
  Which devices are meant where that is left open, and whether they can do it, is for code to know
  (``tiny_grounding.py``, ``calls.py``), and what is said is said from the results.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
import string
from typing import NoReturn

from ..actions import ACTIONS, DEFAULT_ALLOWED, DOMAINS
from ..calls import EVERYWHERE, Call, Names
from ..chat import Message, Segment
from ..errors import CannotBeSaidError, ParseError
from ..grammar import Grammar
from ..home import Area, Home
from ..linking import Span, linker, words
from ..parser import Event, LineParser, Say, Unclear
from ..text import fold
from .tiny_calls import ALL, MARK, Letter, Line, grammar_of, read_line, write_line
from .tiny_grounding import Grounding
from .tiny_names import Printed

_LIKE = "~"
_SEVERAL = "*"


@dataclass(frozen=True, kw_only=True)
class TinyFormat:
    """The format ``tiny-4``.

    Args:
        name: the name by which a model file asks for it.
        actions: what its models are taught.

    """

    name: str = "tiny-4"
    actions: Collection[str] = frozenset(ACTIONS)

    def system(
        self,
        home: Home,  # noqa: ARG002 - the model does not read the home
        allowed: Collection[str] = DEFAULT_ALLOWED,  # noqa: ARG002
        *,
        now: datetime | None = None,  # noqa: ARG002
    ) -> str:
        """Return nothing: there is nothing to be known in advance."""
        return ""

    def hear(
        self,
        text: str,
        home: Home,
        area: Area | None = None,
        allowed: Collection[str] = DEFAULT_ALLOWED,
    ) -> "Hearing":
        """Return a sentence as it is understood in a home."""
        return Hearing(text=text, home=home, area=area, allowed=frozenset(allowed))

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return the turns between markers, each with its reply below it."""
        segments: list[Segment] = []
        for message in messages:
            if message.role == "user":
                segments.append(Segment(text="<|im_start|>", markup=True))
                segments.append(Segment(text=f"{message.content}\n"))
            elif message.role == "assistant":
                segments.append(Segment(text=message.content))
                segments.append(Segment(text="<|im_end|>", markup=True))
        return tuple(segments)

    def names(self, home: Home) -> Names:
        """Return what calls name devices, areas and floors by."""
        printed = Printed(home)
        return Names(
            devices={line: entity_id for entity_id, line in printed.devices.items()},
            areas={line: area_id for area_id, line in printed.areas.items()},
            floors={line: floor_id for floor_id, line in printed.floors.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """A sentence in a home.

    Args:
        text: what was said.
        home: the home.
        area: where the speaker stands, if that is known.
        allowed: the actions that may be asked for.

    """

    text: str
    home: Home
    area: Area | None = None
    allowed: frozenset[str] = DEFAULT_ALLOWED

    @cached_property
    def _spans(self) -> Mapping[str, Span]:
        domains = {ACTIONS[name].domain for name in self.allowed}
        found = linker(self.home, domains).link(fold(self.text))
        return dict(zip(string.ascii_uppercase, found, strict=False))

    @cached_property
    def _grounding(self) -> Grounding:
        return Grounding(home=self.home, spans=self._spans, area=self.area, allowed=self.allowed)

    @cached_property
    def message(self) -> str:
        """The sentence, with what it names as a kind and a letter."""
        text, shown, at = fold(self.text), "", 0
        for letter, span in self._spans.items():
            shown += text[at : span.start]
            if not span.is_whole:
                shown += f"{text[span.start : span.end]} {_LIKE}"
            several = any(len(self._grounding.devices(letter, d)) > 1 for d in self._domains(span))
            shown += f"{self._kinds(span)} {letter}{_SEVERAL if several else ''}"
            at = span.end
        return shown + text[at:]

    @property
    def grammar(self) -> Grammar:
        """What a model may write about this sentence."""
        letters = tuple(
            Letter(letter=letter, domains=self._domains(span), is_place=_is_place(span))
            for letter, span in self._spans.items()
        )
        return grammar_of(letters, self.allowed)

    def parser(self) -> LineParser:
        """Return a parser for one reply."""
        return LineParser(MARK, self._events)

    def _events(self, line: str) -> Iterable[Event]:
        if not words(self.text):
            msg = "nothing was said"
            raise ParseError(msg)
        return self._grounding.events(read_line(line))

    def reply(self, wanted: Sequence[Call | Say], speech: str = "") -> str:  # noqa: ARG002
        """Return what a model should write.

        Args:
            wanted: calls, with the devices named that were meant. One without a target is about a
                kind alone. The domain may be ``everything``, the action ``state``.
            speech: is not written: it is said from the results.

        Raises:
            CannotBeSaidError: the sentence does not name what is wanted.

        """
        return "".join(
            write_line(each if isinstance(each, Say) else self._line(each)) for each in wanted
        )

    def _line(self, call: Call) -> Line:
        domain = call.action.partition(".")[0]
        line = Line(action=call.action, arguments=call.arguments)
        excluding = tuple(self._letter("device", line) for line in call.excluding)
        if call.area is not None or call.floor is not None or call.devices == (EVERYWHERE,):
            place = self._place(call)
            if place is None and self._is_implied(domain, call):
                return line
            line = replace(line, place=place or _unsaid(call), excluding=excluding)
            if not self._leaves_out_just(domain, line, call):
                _unsaid(call)
            return line
        if not call.devices or not any(self._find("device", line) for line in call.devices):
            if call.devices and not self._is_implied(domain, call):
                _unsaid(call)
            return line
        letters = tuple(dict.fromkeys(self._letter("device", line) for line in call.devices))
        line = replace(line, devices=letters, place=self._where(letters, domain, call))
        found = self._grounding.target(domain, line)
        # It may be asked which one is meant, but it must not be another one of that name.
        is_open = isinstance(found, Unclear) and len(call.devices) == 1
        is_it = isinstance(found, Call) and set(found.devices) == set(call.devices)
        if not is_open and not is_it:
            _unsaid(call)
        return line

    def _leaves_out_just(self, domain: str, line: Line, call: Call) -> bool:
        """Return whether no other device has the name of one that is left out."""
        if not call.excluding or domain not in DOMAINS:
            return True
        found = self._grounding.target(domain, line)
        return isinstance(found, Call) and set(found.excluding) == set(call.excluding)

    def _where(self, letters: tuple[str, ...], domain: str, call: Call) -> str | None:
        """Return the place that tells a device from others of its name, if it was said."""
        if len(letters) > 1 or len(self._grounding.devices(letters[0], domain)) == 1:
            return None
        line = call.devices[0]
        printed = self._grounding.printed.devices
        entity = next(e for e in self.home.entities if printed.get(e.entity_id) == line)
        lines = self._grounding.printed.areas
        return self._find("area", lines[entity.area_id]) if entity.area_id in lines else None

    def _is_implied(self, domain: str, call: Call) -> bool:
        implied = self._grounding.implied(domain)
        if not isinstance(implied, Call):
            return False
        return (implied.area, implied.floor, implied.devices) == (
            call.area,
            call.floor,
            call.devices,
        )

    def _place(self, call: Call) -> str | None:
        if call.area is None and call.floor is None:
            return ALL
        kind, line = ("area", call.area) if call.area is not None else ("floor", call.floor)
        letter = self._find(kind, str(line))
        # Of several places of that name it would be another one.
        where = Call(action="", area=call.area, floor=call.floor)
        return letter if letter and self._grounding.places(letter) == (where,) else None

    def _letter(self, kind: str, line: str) -> str:
        return self._find(kind, line) or _unsaid(line)

    def _find(self, kind: str, line: str) -> str | None:
        """Return the letter of something by what calls name it by; the one that tells most."""
        printed = self._grounding.printed
        lines = {"device": printed.devices, "area": printed.areas, "floor": printed.floors}[kind]
        found = [
            letter
            for letter, span in self._spans.items()
            if any(thing.kind == kind and lines.get(thing.id) == line for thing in span.things)
        ]
        return min(
            found,
            key=lambda letter: (not self._spans[letter].is_whole, len(self._spans[letter].things)),
            default=None,
        )

    def _domains(self, span: Span) -> tuple[str, ...]:
        present = {thing.id.partition(".")[0] for thing in span.things if thing.kind == "device"}
        return tuple(domain for domain in DOMAINS if domain in present)

    def _kinds(self, span: Span) -> str:
        places = dict.fromkeys(thing.kind for thing in span.things if thing.kind != "device")
        return " ".join((*self._domains(span), *places))


def _is_place(span: Span) -> bool:
    return any(thing.kind != "device" for thing in span.things)


def _unsaid(what: object) -> NoReturn:
    msg = f"the sentence does not name {what}"
    raise CannotBeSaidError(msg)


TINY = TinyFormat()
