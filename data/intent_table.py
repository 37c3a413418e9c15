"""What the intents of Home Assistant mean in our actions and questions: ``intents.yaml``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from home_llm_core.actions import ACTIONS
from home_llm_core.formats.tiny_lines import QUESTIONS, READINGS
from home_llm_core.home import Value
from home_llm_core.kinds import DOMAINS, KINDS
from home_llm_core.parser import Say
from home_llm_core.states import WORDS

from .banks import ANY, TEXT_SLOTS
from .domains import facts
from .sources import Source, read

PATH = Path(__file__).parent / "intents.yaml"
RULES = "intents"
"""The file in the folder of a language that says which of the words mean something else there."""

_LISTS = ("domains", "about")
_SLOTS = ("says", "may_say")
_TEXTS = ("kind", "action", "verb", "reply", "response", "of", "talk", "scope", "alone", "counts")
_ONE_OF: Mapping[str, Collection[str]] = {
    "of": READINGS,
    "talk": Say.KEYS,
    "scope": ("only",),
    "alone": ("house", "implied"),
    "counts": ("up", "down"),
}
_SAYS = ("here", "name", "area", "floor", "state", "brightness")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What sentences of an intent mean; see ``intents.yaml``."""

    kind: str
    domains: tuple[str, ...] = ()
    response: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    may_say: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    counts: str = "up"
    alone: str = ""
    scope: str = ""
    action: str = ""
    verb: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)
    reply: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    of: str = ""
    talk: str = ""

    @property
    def slots(self) -> Mapping[str, str]:
        """The slots of sentences that are slots of ours."""
        return {**self.says, **self.may_say}


@dataclass(frozen=True, kw_only=True)
class Table:
    """Everything in ``intents.yaml``.

    Args:
        intents: the entries of each intent.
        left_out: why no sentences of an intent are used.

    """

    intents: Mapping[str, tuple[Entry, ...]]
    left_out: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Words of a language that decide whether a sentence of some intents is used.

    Args:
        intents: the intents; none stands for all.
        says: the rule is for sentences that have all these slots; ``here`` stands for those about
            the room of the speaker.
        holding: the rule is for sentences that hold one of these words; none stands for all.
        without: words that none of them may hold.
        only: words one of which each of them must hold.

    """

    intents: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def table() -> Table:
    """Return what ``intents.yaml`` says."""
    return parse(read(PATH))


def parse(source: Source) -> Table:
    """Check and return what a table of intents says.

    Raises:
        BankError: it breaks the schema.

    """
    fields = source.fields(("intents", "left_out"), ("intents", "left_out"))
    return Table(
        intents={
            name: tuple(_entry(item) for item in entries.items())
            for name, entries in fields["intents"].fields().items()
        },
        left_out={key: value.text() for key, value in fields["left_out"].fields().items()},
    )


def _entry(source: Source) -> Entry:
    own = ("where", "arguments", "query", "asked")
    fields = source.fields((*_TEXTS, *_LISTS, *_SLOTS, *own), ("kind",))
    for key, known in _ONE_OF.items():
        if key in fields:
            _check(fields[key], known)
    read: dict[str, Any] = {key: fields[key].text() for key in _TEXTS if key in fields}
    read |= {key: _words(fields[key], (*DOMAINS, *KINDS)) for key in _LISTS if key in fields}
    read |= {key: _slots(fields[key]) for key in _SLOTS if key in fields}
    entry = Entry(
        **read,
        where=_texts(fields["where"]) if "where" in fields else {},
        arguments=_arguments(fields["arguments"]) if "arguments" in fields else {},
        query=_query(fields["query"]) if "query" in fields else {},
        asked=_asked(fields["asked"]) if "asked" in fields else {},
    )
    if sum(map(bool, (entry.action, entry.query, entry.talk))) != 1:
        raise source.error("one of action, query and talk is expected here")
    if entry.action and not _is_action(entry.action):
        raise fields["action"].error(f"{entry.action!r} is no action")
    return entry


def _is_action(name: str) -> bool:
    domain, _, verb = name.partition(".")
    return name in ACTIONS or (domain == ANY and any(f"{d}.{verb}" in ACTIONS for d in DOMAINS))


def _check(source: Source, known: Collection[str]) -> None:
    if source.text() not in known:
        raise source.error(f"{source.text()!r} is none of {', '.join(known)}")


def _words(source: Source, known: Collection[str]) -> tuple[str, ...]:
    for item in source.items():
        _check(item, known)
    return tuple(item.text() for item in source.items())


def _texts(source: Source) -> dict[str, str]:
    return {key: value.text() for key, value in source.fields().items()}


def _slots(source: Source) -> dict[str, str]:
    for value in source.fields().values():
        _check(value, (*facts().slots, *TEXT_SLOTS))
    return _texts(source)


def _arguments(source: Source) -> dict[str, Value]:
    return {key: value.value() for key, value in source.fields().items()}


def _query(source: Source) -> dict[str, str]:
    queries = {"": source} if source.is_text() else source.fields()
    for value in queries.values():
        _check(value, QUESTIONS)
    return {key: value.text() for key, value in queries.items()}


def _asked(source: Source) -> dict[str, dict[str, str]]:
    for values in source.fields().values():
        for word in values.fields().values():
            _check(word, WORDS)
    return {slot: _texts(values) for slot, values in source.fields().items()}


def rules_in(folder: Path) -> tuple[Rule, ...]:
    """Return which sentences mean something else in a language, if that is known of any.

    Args:
        folder: the folder of the language.

    Raises:
        BankError: its file breaks the schema.

    """
    path = folder / f"{RULES}.yaml"
    if not path.is_file():
        return ()
    return tuple(_rule(item) for item in read(path).fields(("rules",), ("rules",))["rules"].items())


def _rule(source: Source) -> Rule:
    words = ("holding", "without", "only")
    fields = source.fields(("intents", "says", *words))
    if "without" not in fields and "only" not in fields:
        raise source.error("'without' or 'only' is missing")
    return Rule(
        intents=_words(fields["intents"], table().intents) if "intents" in fields else (),
        says=_words(fields["says"], _SAYS) if "says" in fields else (),
        **{
            key: tuple(text for item in fields[key].items() for text in item.template().skeletons())
            for key in words
            if key in fields
        },
    )
