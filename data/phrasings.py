"""Phrases of Home Assistant's own, where the packages that they come from are installed.

Run it to read them: each line is what some phrases mean here, and then some of them.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
import random
import sys

from .banks import Group
from .patterns import Patterns
from .schema import load
from .sources import BankError

TOPIC = "intents"
"""What records call these phrases by, before a colon; others they call by the file of the bank."""


class PhrasingsError(Exception):
    """There are no such phrases; the message is one sentence for people."""


@lru_cache(maxsize=16)
def groups(code: str) -> tuple[Group, ...]:
    """Return what Home Assistant's sentences say in a language.

    Raises:
        PhrasingsError: the packages are not installed, or they do not speak the language.
        BankError: there are no banks for the language, or a file breaks its schema.

    """
    load(code)
    try:
        from .intents import groups_of  # noqa: PLC0415 - the packages are needed for this alone
    except ModuleNotFoundError as error:
        msg = (
            f"Home Assistant's sentences need {error.name}, which is not installed:"
            " run script/setup --training, or do without them (--intents 0)."
        )
        raise PhrasingsError(msg) from error
    found = groups_of(code)
    if not found:
        msg = f"Home Assistant has no sentences in the language {code!r}: do without (--intents 0)."
        raise PhrasingsError(msg)
    return found


@lru_cache(maxsize=64)
def phrasings(code: str, split: str) -> Patterns:
    """Return those of Home Assistant's phrases that a split may use.

    Raises:
        PhrasingsError: the packages are not installed, or they do not speak the language.
        BankError: there are no banks for the language, or a file breaks its schema.

    """
    return Patterns(replace(load(code), groups=groups(code)), split)


def shown(code: str, each: int, rng: random.Random) -> Iterator[str]:
    """Yield what phrases mean, and how that is said.

    Args:
        code: the language.
        each: how many ways to say a template are drawn.
        rng: where chance comes from.

    """
    said: dict[str, dict[str, None]] = {}
    for group in groups(code):
        means = group.action or group.query or group.talk, *group.arguments.values(), *group.sorts
        asked = *group.about, group.asked, group.of, group.scope
        kinds = means if not group.action.startswith("*") else means[:1]
        meaning = " ".join(str(part) for part in (*kinds, *asked) if part != "")
        for pattern in group.patterns:
            ways = said.setdefault(f"{pattern.topic.partition(':')[2]} {meaning}", {})
            for _ in range(each):
                ways["".join(map(str, pattern.template.choose(rng)))] = None
    for meaning, ways in said.items():
        yield f"{meaning}: {' | '.join(' '.join(way.split()) for way in ways)}"


def main(arguments: list[str] | None = None) -> int:
    """Show the phrases of a language; return 0 if there are any, else 1."""
    parser = argparse.ArgumentParser(prog="python -m data.phrasings", description=__doc__)
    parser.add_argument("--language", default="en", help="the language (default: en)")
    parser.add_argument("--each", type=int, default=2, metavar="N", help="ways (default: 2)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the ways (default: 0)")
    given = parser.parse_args(arguments)
    try:
        for line in shown(given.language, given.each, random.Random(given.seed)):
            print(line)  # noqa: T201 - this is what it is for
    except (BankError, PhrasingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
