"""Counting what a training set holds, one house after the other."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .records import JOINT
from .writing import split_words

NO_DOMAIN = "no device"
CLEAN = "as it was meant"

Tokens = Callable[[str], int]
"""Returns how many tokens a text has."""


@dataclass(kw_only=True)
class Tally:
    """What was counted so far.

    Args:
        tokens: counts tokens, if they are to be counted.
        homes: houses by language and split.
        requests: requests by language and split.
        kinds: requests by kind.
        domains: requests by domain; one request may be about several.
        noise: requests by what happened to the sentence; that may be several things.
        words: prompts by their number of words, or of characters where no spaces part words.
        characters: prompts by their number of characters.
        prompt_tokens: prompts by their number of tokens.
        reply_tokens: replies of the model by their number of tokens.
        devices: houses by their number of devices.
        areas: houses by their number of areas.
        invented: houses by the share of words in names that are invented.
        styles: names of devices by their style.
        patterns: the patterns that came up, by language and split.

    """

    tokens: Tokens | None = None
    homes: Counter[tuple[str, str]] = field(default_factory=Counter)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    noise: Counter[str] = field(default_factory=Counter)
    words: Counter[int] = field(default_factory=Counter)
    characters: Counter[int] = field(default_factory=Counter)
    prompt_tokens: Counter[int] = field(default_factory=Counter)
    reply_tokens: Counter[int] = field(default_factory=Counter)
    devices: Counter[int] = field(default_factory=Counter)
    areas: Counter[int] = field(default_factory=Counter)
    invented: Counter[float] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    patterns: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any]) -> None:
        """Count a line of a training set.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is none.

        """
        where = str(line["language"]), str(line["split"])
        self.homes[where] += 1
        self.devices[len(line["home"]["entities"])] += 1
        self.areas[len(line["home"]["areas"])] += 1
        names = line["names"]
        self.invented[float(names["invented"])] += 1
        self.styles.update(names["styles"][each["entity_id"]] for each in line["home"]["entities"])
        for request in line["requests"]:
            self.requests[where] += 1
            self._add_record(request["record"], self.patterns.setdefault(where, set()))
            self._add_messages([message["content"] for message in request["messages"]])

    def _add_record(self, record: Mapping[str, Any], patterns: set[str]) -> None:
        self.kinds[record["kind"]] += 1
        self.domains.update(record["domains"] or [NO_DOMAIN])
        self.noise.update(record["noise"] or [CLEAN])
        patterns.update(record["pattern"].split(JOINT))
        if record["courtesy"]:
            patterns.add(record["courtesy"])

    def _add_messages(self, contents: list[str]) -> None:
        prompt, reply = "\n".join(contents[:-1]), contents[-1]
        self.words[len(split_words(prompt))] += 1
        self.characters[len(prompt)] += 1
        if self.tokens is not None:
            self.prompt_tokens[self.tokens(prompt)] += 1
            self.reply_tokens[self.tokens(reply)] += 1
