"""Sentence templates of Home Assistant's own voice assistant, from the package that holds them.

``home-assistant-intents`` (https://github.com/home-assistant/intents, CC BY 4.0) is read where it
is installed, and its templates are parsed by ``hassil``; none of them is written down here.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import permutations
import json
from pathlib import Path
import re
from typing import Any

from hassil import Intents
from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    Sequence as Row,
    TextChunk,
)
from hassil.intents import IntentData, SlotList
from hassil.parse_expression import parse_sentence
import home_assistant_intents

from .templates import Alternatives, Sequence, Slot, Template

FILES: Mapping[str, tuple[str, ...]] = {"zh-Hans": ("zh-CN",), "pt": ("pt", "pt-BR")}
"""The files of a language that is called otherwise there; all others are called like us."""

_FOLDER = Path(home_assistant_intents.__file__).parent / "data"
_SLOT = re.compile(r"\{(?:[^{}:]*:)?([a-z_]+)\}")


@dataclass(frozen=True)
class Parsed(Template):
    """A template as hassil has parsed it; the form of a slot is the list that it is drawn from."""

    parsed: Sequence = field(compare=False, repr=False)

    @cached_property
    def sequence(self) -> Sequence:
        """The parsed phrase."""
        return self.parsed


@dataclass(frozen=True, kw_only=True)
class Block:
    """Sentences of an intent that say the same slots.

    Args:
        intent: its name.
        combination: the name of the combination of slots.
        response: the key of Home Assistant's response.
        slots: slots that need not be said.
        domains: of what is meant, if the block says so.
        is_here: whether it is about the room that the speaker is in.
        templates: the sentences.

    """

    intent: str
    combination: str
    response: str
    slots: Mapping[str, Any]
    domains: tuple[str, ...]
    is_here: bool
    templates: tuple[Parsed, ...]


class IntentFile:
    """One file of the package."""

    def __init__(self, name: str) -> None:
        """Read the file ``name``, as ``zh-CN``.

        Raises:
            FileNotFoundError: the package has none that is called so.

        """
        self.data = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        self._intents = Intents.from_dict(self.data)
        self._compiled: dict[str, Sequence] = {}

    @property
    def intents(self) -> tuple[str, ...]:
        """The names of all intents."""
        return tuple(self._intents.intents)

    @property
    def lists(self) -> Mapping[str, SlotList]:
        """What slots are drawn from: words, a range of numbers, or whatever is said."""
        return self._intents.slot_lists

    def blocks(
        self, wanted: Container[str] | None = None, without: Container[str] = ()
    ) -> Iterator[Block]:
        """Yield the blocks of some intents, or of all.

        Args:
            wanted: the names of the intents.
            without: slots whose sentences are left out.

        """
        for name, intent in self._intents.intents.items():
            if wanted is None or name in wanted:
                for data in intent.data:
                    yield self._block(name, data, without)

    def _block(self, intent: str, data: IntentData, without: Container[str]) -> Block:
        domains = data.slots.get("domain") or data.requires_context.get("domain") or ()
        texts = [
            text
            for text in data.sentence_texts
            if not any(slot in without for slot in _SLOT.findall(text))
        ]
        return Block(
            intent=intent,
            combination=str((data.metadata or {}).get("slot_combination", "")),
            response=data.response or "",
            slots={key: value for key, value in data.slots.items() if key != "domain"},
            domains=(domains,) if isinstance(domains, str) else tuple(domains),
            is_here="area" in data.requires_context,
            templates=tuple(self._parsed(text, data.expansion_rules) for text in texts),
        )

    def _parsed(self, text: str, rules: Mapping[str, Sentence]) -> Parsed:
        parsed = parse_sentence(text)
        return Parsed(text, self.compiled(parsed.expression, rules))

    def compiled(self, part: Expression, rules: Mapping[str, Sentence] | None = None) -> Sequence:
        """Return an expression of hassil as a phrase of ours, with all rules written out.

        Args:
            part: the expression.
            rules: rules that hold here alone.

        """
        return tuple(_Compiler(self._intents.expansion_rules, rules or {}, self._compiled).of(part))


class _Compiler:
    """Writes rules out; what they come to is kept in ``known``."""

    def __init__(
        self,
        rules: Mapping[str, Sentence],
        own: Mapping[str, Sentence],
        known: dict[str, Sequence],
    ) -> None:
        self._rules, self._own = rules, own
        # With rules of its own a block may mean something else by all others.
        self._known = {} if own else known
        self._open: set[str] = set()

    def of(self, part: Expression) -> Iterator[str | Slot | Alternatives]:
        if isinstance(part, TextChunk):
            if part.original_text:
                yield part.original_text
        elif isinstance(part, ListReference):
            yield Slot(part.slot_name, part.list_name)
        elif isinstance(part, RuleReference):
            yield from self._rule(part.rule_name)
        elif isinstance(part, Alternative):
            yield Alternatives(tuple(tuple(self.of(item)) for item in part.items))
        elif isinstance(part, Permutation):
            items = [tuple(self.of(item)) for item in part.items]
            yield Alternatives(tuple(_in_a_row(order) for order in permutations(items)))
        elif isinstance(part, (Row, Group)):
            for item in part.items:
                yield from self.of(item)

    def _rule(self, name: str) -> Sequence:
        if name not in self._known:
            rule = self._own.get(name) or self._rules.get(name)
            if rule is None or name in self._open:  # Rules may call each other.
                return ()
            self._open.add(name)
            self._known[name] = tuple(self.of(rule.expression))
            self._open.remove(name)
        return self._known[name]


def _in_a_row(items: tuple[Sequence, ...]) -> Sequence:
    row: list[str | Slot | Alternatives] = []
    for item in items:
        row += [" ", *item] if row else item
    return tuple(row)


@lru_cache(maxsize=16)
def intent_file(name: str) -> IntentFile:
    """Return a file of the package.

    Raises:
        FileNotFoundError: the package has none that is called so.

    """
    return IntentFile(name)


def files_of(code: str) -> tuple[IntentFile, ...]:
    """Return the files of one of our languages; none if the package does not speak it."""
    names = [n for n in FILES.get(code, (code,)) if (_FOLDER / f"{n}.json").is_file()]
    return tuple(map(intent_file, names))
