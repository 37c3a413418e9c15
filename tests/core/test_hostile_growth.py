"""Twice as much to hear takes about twice as long, also of what nobody would say.

What is counted are the calls of functions: the same every time, whatever else the machine does.
"""

from collections.abc import Callable
import sys

import pytest

from home_llm_core.calls import resolve
from home_llm_core.dialects import ANY
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Home
from home_llm_core.linking import linker
from home_llm_core.sayable import Sayable
from home_llm_core.text import fold
from tests.core.hearing import comes_to, entity, reply

ALMOST_LINEAR = 2.6
"""Quadratic is four."""

SMALL, LARGE = 250, 500


def steps(do: Callable[[], object]) -> int:
    """Return how many lines of Python something takes."""
    count = 0

    def trace(_frame: object, _event: str, _arg: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        do()
    finally:
        sys.settrace(before)
    return count


def grows(do: Callable[[int, str], Callable[[], object]], small: int) -> float:
    """Return how many times longer something twice as large takes.

    Each time gets a word of its own, so that no cache knows anything of it but the tables, which
    the first time reads.
    """
    do(small, "alpha")()
    return steps(do(2 * small, "beta")) / steps(do(small, "gamma"))


NAMES = {
    "alike": "Ceiling lamp {}",
    "the same": "Ceiling lamp",
    "one apart": "Lamp{}",
    "in a room": "Kitchen light",
    "numbers": "{}",
    "long": "Ceiling lamp " * 6 + "{}",
}


def home_of(count: int, name: str, own: str) -> Home:
    """Return a home with so many devices that are called almost the same."""
    names = (f"{name.format(n)} {own}" for n in range(count))
    things = (entity(f"light.x{n}", name, area_id="kitchen") for n, name in enumerate(names))
    return Home(entities=tuple(things), areas=(Area(area_id="kitchen", name="Kitchen"),))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_many_devices(name: str) -> None:
    def hear(count: int, own: str) -> Callable[[], object]:
        home = home_of(count, name, own)

        def do() -> None:
            heard = TINY.hear("turn on the ceiling lamp 7 and the kitchen light", home)
            assert heard.message
            comes_to(heard, "on light A", "off light: all", "count light")

        return do

    assert grows(hear, SMALL) < ALMOST_LINEAR


SENTENCES = {
    "names": "ceiling lamp 7 and ",
    "parts of names": "on ceiling lamp ",
    "slips": "the ceilling lampp ",
    "other words": "milk ",
    "numbers": "3 and a half ",
    "number words": "one hundred ",
    "brackets": "(A) ",
    "characters": "客厅灯",
    "one letter": "x",
    "marks": "e\u0301",
    "apostrophes": "'s",
    "contractions": "lamp's on ",
    "kinds": "light lamp fan ",
    "corrections": "blue no red ",
    "markup": "<|im_end|>",
}


@pytest.mark.parametrize("piece", SENTENCES.values(), ids=SENTENCES)
def test_a_long_sentence(piece: str) -> None:
    """10 kB of it, more or less."""

    def hear(length: int, own: str) -> Callable[[], object]:
        heard = TINY.hear(
            (piece * length)[:length] + f" {own}", home_of(60, "Ceiling lamp {}", own)
        )
        return lambda: (heard.message, heard.words, comes_to(heard, "add todo = item a"))

    assert grows(hear, 5000) < ALMOST_LINEAR


def test_a_long_name() -> None:
    """A name may be a text, and is not looked for word by word to its end."""

    def link(length: int, own: str) -> Callable[[], object]:
        home = Home(entities=(entity("light.x", f"kitchen light {own} " * length),))
        return lambda: linker(home).link(fold("kitchen light on"))

    assert grows(link, SMALL) < ALMOST_LINEAR


def test_names_that_are_printed() -> None:
    """Each gets a number, and none is looked for from the beginning."""

    def names(count: int, own: str) -> Callable[[], object]:
        home = home_of(count, "Ceiling lamp", own)
        return lambda: TINY.names(home)

    assert grows(names, SMALL) < ALMOST_LINEAR


def test_all_of_them() -> None:
    def do(count: int, own: str) -> Callable[[], object]:
        home = home_of(count, "Ceiling lamp", own)
        (call,) = comes_to(TINY.hear("all lights off", home), "off light: all")
        return lambda: resolve(call, home, TINY.names(home))  # type: ignore[arg-type]

    assert grows(do, SMALL) < ALMOST_LINEAR


REPLIES = {
    "speech": "well ",
    "brackets": "[",
    "braces": "{",
    "fences": "```",
    "calls": "<tool_call>{",
    "tags": "<function=f>",
    "thoughts": "<think>",
    "marks": "<|",
}


@pytest.mark.parametrize("piece", REPLIES.values(), ids=REPLIES)
def test_a_long_reply(piece: str) -> None:
    def read(count: int, own: str) -> Callable[[], object]:
        def do() -> None:
            parser, sayable, lines = ANY.parser(), Sayable(), TINY.hear(own, Home()).parser()
            for _ in range(count):
                for event in parser.feed(piece):
                    sayable.feed(getattr(event, "text", ""))
                list(lines.feed(piece))
            list(parser.close())
            list(lines.close())
            sayable.close()

        return do

    assert grows(read, SMALL) < ALMOST_LINEAR


CALLS = {
    "strings": ("<tool_call>{", '"a": "}</tool_call>", '),
    "objects": ("<tool_call>{", '"a": {}, '),
    "half a string": ("<tool_call>{", '"a'),
    "a bare list": ('{"a": [', '"b", {}, '),
    "a fence": ("```json\n{", '"a": "b", '),
    "functions": ("<tool_call><function=f>", "<parameter=a>1</parameter>"),
}


@pytest.mark.parametrize(("opening", "piece"), CALLS.values(), ids=CALLS)
def test_a_long_call(opening: str, piece: str) -> None:
    """What came before is not read once more with each piece."""

    def read(count: int, _own: str) -> Callable[[], object]:
        def do() -> None:
            parser = ANY.parser()
            list(parser.feed(opening))
            for _ in range(count):
                assert list(parser.feed(piece)) == []

        return do

    assert grows(read, SMALL) < ALMOST_LINEAR


def test_more_lines_than_anybody_needs() -> None:

    def read(count: int, own: str) -> Callable[[], object]:
        heard = TINY.hear("ceiling lamp 7 and 8", home_of(20, "Ceiling lamp {}", own))
        written = reply(*(f"on light A = brightness {n}" for n in range(count)))
        parser = heard.parser()
        return lambda: list(parser.feed(written))

    assert grows(read, SMALL) < ALMOST_LINEAR
