"""A second source of phrases: the sentences of Home Assistant's voice assistant, as groups of ours.

What they mean is read off ``intents.yaml``; requests are made of them as of our own patterns.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
import zlib

from home_llm_core.vocabulary import vocabulary

from .banks import ANY, Group, Language, Pattern
from .domains import domain_of, facts, kind_of_sort
from .intent_files import Block, IntentFile, Parsed, files_of
from .intent_filling import PLACES, Filling, UnsayableError
from .intent_phrases import Judge, Said
from .intent_table import Entry, rules_in, table
from .phrasings import TOPIC
from .schema import LANGUAGES, load
from .splits import split_of
from .templates import Template

_CLASS = "device_class"
_DEFAULT = "the"
_WITHOUT_TARGETS = ("timer", "todo")


@lru_cache(maxsize=16)
def groups_of(code: str) -> tuple[Group, ...]:
    """Return the groups of a language; none if the package does not speak it.

    Raises:
        BankError: the table or the rules of the language break their schema.

    """
    reader = _Reader(load(code), Judge(load(code), rules_in(LANGUAGES / code)))
    found = [pair for file in files_of(code) for pair in reader.groups(file)]
    # However many states and sorts a kind of sentence is about, it is not said much more often.
    count = Counter(kind for kind, _ in found)
    return tuple(
        replace(group, weight=(len(group.patterns) / count[kind]) ** 0.5) for kind, group in found
    )


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What the words of some slots decide.

    Args:
        words: the values of these slots, of which the words are said.
        sort: the sort of device that is meant, if a word tells it.
        asked: what it may be found to be.

    """

    words: Mapping[str, object]
    sort: str = ""
    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """Sentences of a block that say the same slots.

    Args:
        block: the block.
        entry: what they mean.
        names: their slots.
        templates: the sentences.

    """

    block: Block
    entry: Entry
    names: frozenset[str]
    templates: tuple[Parsed, ...]

    @cached_property
    def places(self) -> frozenset[str]:
        """The slots that name a device, a room or a floor."""
        return frozenset(PLACES) & self.names - self.entry.slots.keys()

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The domains of what they are about, if they tell."""
        wanted = self.entry.domains
        return tuple(d for d in self.block.domains if not wanted or d in wanted)

    @property
    def are_known(self) -> bool:
        """Whether the entry tells what all that they say means."""
        entry, slots = self.entry, self.block.slots.keys()
        deciding = {*entry.where, *entry.asked}
        known = {*entry.slots, *deciding, _CLASS, *_places_of(entry)}
        if not entry.says.keys() <= self.names <= known:
            return False
        if not slots <= deciding <= {*self.names, *slots}:
            return False
        is_alone = not self.places and not self.block.is_here and entry.scope != "only"
        return not (is_alone and _needs_a_target(entry) and not entry.alone)

    def meanings(self) -> Iterator[Meaning]:
        """Yield what the words of the slots that decide it can come to."""
        entry, given = self.entry, self.block.slots
        if any(given.get(slot, value) != value for slot, value in entry.where.items()):
            return
        asked = [
            (slot, value, word)
            for slot, words in entry.asked.items()
            for value, word in words.items()
            if given.get(slot, value) == value
        ]
        sorts = [""]
        if _CLASS in self.names:
            sorts = [s for s in facts().sorts if domain_of(s) in self.domains and s != domain_of(s)]
        for (slot, value, word), sort in product(asked or [("", "", "")], sorts):
            chosen = {key: each for key, each in entry.where.items() if key in self.names}
            if slot in self.names:
                chosen[slot] = value
            if sort:
                chosen[_CLASS] = sort.removeprefix(f"{domain_of(sort)}_")
            yield Meaning(words=chosen, sort=sort, asked=word)

    def group(self, meaning: Meaning) -> Group:
        """Return a group without patterns."""
        entry = self.entry
        about = entry.about
        if entry.query and not about:
            about = (kind_of_sort(meaning.sort),) if meaning.sort else self.domains
        sorts: tuple[str, ...] = (meaning.sort,) if meaning.sort and entry.action else ()
        if entry.action.startswith(ANY):
            sorts = tuple(sort for sort in facts().sorts if domain_of(sort) in self.domains)
        return Group(
            kind=entry.kind,
            action=entry.action,
            sorts=sorts,
            arguments=entry.arguments,
            reply=entry.reply,
            scope=self._scope,
            query=entry.query.get("") or entry.query.get(self.block.response, ""),
            about=about,
            asked=meaning.asked,
            of=entry.of,
            verb_said=entry.verb,
            talk=entry.talk,
        )

    @property
    def _scope(self) -> str:
        if self.entry.scope == "only":
            return self.entry.scope
        if "name" in self.places:
            return "device"
        if self.block.is_here:
            return "room"
        return "house" if self.entry.alone == "house" and not self.places else ""


def _places_of(entry: Entry) -> frozenset[str]:
    """Return what sentences can name, if only by the way: a timer has no name of a device."""
    if entry.talk:
        return frozenset()
    if entry.action.startswith("timer."):
        return frozenset(("area",))
    return frozenset(("name", "area")) if entry.scope == "only" else frozenset(PLACES)


def _needs_a_target(entry: Entry) -> bool:
    return bool(entry.action) and entry.action.partition(".")[0] not in _WITHOUT_TARGETS


def _fits(entry: Entry, block: Block) -> bool:
    """Return whether an entry tells what a block means."""
    if entry.response and entry.response != block.response:
        return False
    if entry.query and "" not in entry.query and block.response not in entry.query:
        return False
    if entry.domains:
        return not set(entry.domains).isdisjoint(block.domains)
    own = {entry.action.partition(".")[0]} if entry.action else set(entry.about)
    return not block.domains or not own.isdisjoint(block.domains)


class _Reader:
    """Reads the sentences of a language as patterns."""

    def __init__(self, language: Language, judge: Judge) -> None:
        self._language = language
        self._judge = judge
        self._vocabulary = vocabulary(language.code)
        self._has_articles = all(
            _DEFAULT in language.forms[kind] for kind in ("area", next(iter(facts().domains)))
        )

    def groups(self, file: IntentFile) -> Iterator[tuple[str, Group]]:
        """Yield the groups of a file, each with the name of its intent and its slots."""
        for block in file.blocks(table().intents):
            for entry in table().intents[block.intent]:
                if _fits(entry, block):
                    for sentences in _alike(block, entry):
                        for group in self._groups(file, sentences):
                            yield f"{block.intent} {block.combination}", group

    def _groups(self, file: IntentFile, sentences: Sentences) -> Iterator[Group]:
        """Yield a group for each meaning that sentences can have."""
        for meaning in sentences.meanings() if sentences.are_known else ():
            group = sentences.group(meaning)
            patterns = []
            for template in sentences.templates:
                filling = Filling(file, sentences.entry, meaning.words, self._language)
                pattern = self._pattern(sentences, group, template, filling)
                patterns += [pattern] if pattern is not None else []
            if patterns:
                yield replace(group, patterns=tuple(patterns))

    def _pattern(
        self, sentences: Sentences, group: Group, template: Parsed, filling: Filling
    ) -> Pattern | None:
        """Return a template as a pattern; none if there is no way to say this with it."""
        try:
            ready = filling.filled(template.sequence)
        except UnsayableError:
            return None
        block, split = sentences.block, split_of(template.source)
        names = sentences.names | ({"here"} if block.is_here else set())
        said = Said(
            template.source,
            ready,
            self._judge.verdict(block.intent, names, group, split),
            self._vocabulary,
            self._has_articles,
        )
        if not said.example:
            return None
        return Pattern(
            topic=f"{TOPIC}:{block.intent}",
            template=said,
            split=split,
            name=f"{zlib.crc32(template.source.encode()):08x}",
            values=filling.values,
        )


def _alike(block: Block, entry: Entry) -> Iterator[Sentences]:
    """Yield the sentences of a block by the slots that they say."""
    found: dict[frozenset[str], list[Parsed]] = {}
    for template in block.templates:
        found.setdefault(_names(template), []).append(template)
    for names, templates in found.items():
        yield Sentences(block=block, entry=entry, names=names, templates=tuple(templates))


def _names(template: Template) -> frozenset[str]:
    return frozenset(slot.name for slot in template.slots)
