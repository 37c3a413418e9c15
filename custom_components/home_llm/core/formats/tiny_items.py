"""Items of shopping lists, each on its own: "milk and eggs" are two things to buy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..calls import Call
from ..cues import cues
from ..linking import Span
from ..parser import Event
from ..text import fold
from ..vocabulary import vocabulary
from .tiny_arguments import is_shopping_list
from .tiny_lines import Line
from .tiny_places import Places
from .tiny_rest import Rest

_ADD, _ITEM = "todo.add_item", "item"
_MOST_WORDS = 2
"""Things of more words may be one, as "salt and vinegar flavoured crisps" are."""


def without_its_list(line: Line, spans: Mapping[str, Span], rest: Rest) -> Line:
    """Return a line: "ring the gas man to ken's jobs" ends before the list that it names.

    Args:
        line: about a list.
        spans: what the sentence names, by letter.
        rest: what else it says.

    """
    item = str(line.arguments.get(_ITEM, "")).split()
    known = vocabulary(rest.language)
    for span in (spans[letter] for letter in line.devices if letter in spans):
        named = rest.text[span.start : span.end].split()
        if named and item[-len(named) :] == named:
            left = item[: -len(named)]
            while left and left[-1] in (known.articles | known.prepositions):
                left.pop()
            if left:
                return replace(line, arguments={**line.arguments, _ITEM: " ".join(left)})
    return line


def each_item(events: Iterable[Event], places: Places) -> Iterator[Event]:
    """Yield events, one for each of two things that are to be bought.

    Args:
        events: what a line comes to.
        places: what its letters stand for.

    """
    shopping = {
        line
        for entity_id, line in places.printed.devices.items()
        if is_shopping_list(places.home.entity_by_id[entity_id])
    }
    for event in events:
        is_item = isinstance(event, Call) and _ITEM in event.arguments
        if not isinstance(event, Call) or event.action != _ADD or not is_item:
            yield event
            continue
        item = str(event.arguments[_ITEM])
        parts = _parts(item, places.home.language) if shopping.issuperset(event.devices) else [item]
        yield from (replace(event, arguments={**event.arguments, _ITEM: part}) for part in parts)


def _parts(item: str, language: str) -> list[str]:
    """Return the two things that are one item, if they are short."""
    halves = cues(language).parted("and", fold(item))
    if halves is None or not all(halves):
        return [item]
    before, after = halves
    parts = [item[: len(before)].strip(), item[len(item) - len(after) :].strip()]
    return parts if all(0 < len(part.split()) <= _MOST_WORDS for part in parts) else [item]
