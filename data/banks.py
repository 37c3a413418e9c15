"""The phrase banks of one language, as they are used: patterns, words, targets, replies, noise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from home_llm_core.actions import ACTIONS
from home_llm_core.home import Value
from home_llm_core.vocabulary import vocabulary

from .domains import domain_of, facts, kind_of_sort
from .grammar import Grammar
from .invented import Phonology
from .splits import split_of
from .templates import Template
from .writing import cut, split_words, units

TEXT_SLOTS = ("item", "items", "duration", "name", "option", "source", "preset", "fan_mode", "mode")
"""Slots for words that are taken as they are."""

DURATION_UNITS = ("hours", "minutes", "seconds")
"""What durations are counted in; for just one the unit is the same without its s."""

ANY = "*"
"""The domain of actions whose words serve every kind of thing."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A phrase pattern as it stands in a bank.

    Args:
        topic: the file's name.
        template: the phrase.
        split: the split that may use it.
        name: what records call it; by default, the phrase.
        values: words of its own for values, by slot.

    """

    topic: str
    template: Template
    split: str
    name: str = ""
    values: Mapping[str, tuple["Phrase", ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name by which records refer to it."""
        return f"{self.topic}:{self.name or self.template.source}"


def telling_words(pattern: Pattern) -> frozenset[str]:
    """Return the words of a phrase, and the slots of its values."""
    template = pattern.template
    return frozenset(split_words(template.plain())) | template.slot_names & facts().slots.keys()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Patterns that mean the same.

    Args:
        kind: the kind of request, as records count it.
        action: the action, ``domain.name``; none for questions and talk.
        sorts: the sorts of device that people say this of; by default any of the action's domain.
        everything: for a wish about all kinds of things, the actions to call.
        arguments: arguments that the pattern itself says.
        reply: the key of the replies.
        scope: what the sentence is about when it names no target: ``area``, ``here``, ``house``,
            ``room``, the speaker's, if that is known, or ``only``, the only device of its sort,
            whatever room is named. With ``device`` the target is a device that is called by its
            name, and a place next to it is where it is.
        query: what is asked, in the words of a model's lines.
        condition: ``if`` or ``unless``, for a clause on which a wish depends.
        about: the kinds of device that a question or a clause is about.
        asked: what they may be found to be.
        limits: ``above`` or ``below``, with the slot of the number.
        of: the reading that is asked for.
        day: the day that is asked about.
        follow: how it goes back to the turn before.
        verb_said: the verb of the line, where the action does not tell it.
        talk: the key of the replies to words that ask for nothing the home can do.
        patterns: the ways to say it.
        weight: how often it is said; by default, that hangs on the number of its patterns.

    """

    kind: str
    action: str = ""
    sorts: tuple[str, ...] = ()
    everything: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    reply: str = ""
    scope: str = ""
    query: str = ""
    condition: str = ""
    about: tuple[str, ...] = ()
    asked: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    day: str = ""
    follow: str = ""
    verb_said: str = ""
    talk: str = ""
    patterns: tuple[Pattern, ...] = ()
    weight: float | None = None

    @cached_property
    def domain(self) -> str:
        """The domain of the action, or ``*``."""
        return self.action.partition(".")[0]

    def fits(self, sort: str) -> bool:
        """Return whether it can be said of a sort of device."""
        domain = domain_of(sort)
        alike = self.domain in (ANY, domain) or kind_of_sort(sort) == self.domain
        known = f"{domain}.{self.verb}" in ACTIONS and alike
        return known and (not self.sorts or sort in self.sorts)

    @cached_property
    def role(self) -> str:
        """What such a sentence does: the name of the field that says so, or ``worded``."""
        for field_name in ("follow", "talk", "condition", "query", "everything"):
            if getattr(self, field_name):
                return field_name
        slots = frozenset(slot for p in self.patterns for slot in p.template.slot_names)
        is_worded = self.domain in ("timer", "todo") or not slots.isdisjoint(TEXT_SLOTS)
        return "worded" if is_worded else "action"

    def is_about(self, sort: str) -> bool:
        """Return whether a question or a clause can be about a sort of device."""
        return kind_of_sort(sort) in self.about or domain_of(sort) in self.about

    @cached_property
    def verb(self) -> str:
        """The action without its domain."""
        return self.action.partition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word, or a style of names, with the forms that the language needs.

    Args:
        text: the plain form.
        forms: templates of other forms, which may hold ``{name}`` and the slots of ``text``.
        weight: how often it is chosen.
        shared: whether every split may use it, as function words.
        gender: its gender, if the language has such a thing.

    """

    text: Template
    forms: Mapping[str, Template] = field(default_factory=dict)
    weight: float = 1.0
    shared: bool = False
    gender: str = ""

    def belongs_to(self, split: str) -> bool:
        """Return whether a split may use it; a style belongs to all, its words do not."""
        return self.shared or bool(self.text.slots) or split_of(self.text.source) == split

    def form(self, form: str) -> str:
        """Return a form of a plain word, or the word itself."""
        return self.forms[form].source if form in self.forms else self.text.source


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A value that has words of its own."""

    value: Value
    say: tuple[Template, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A duration that has words of its own.

    Args:
        parts: hours, minutes and seconds.
        say: the words, by form; "" is the plain one.

    """

    parts: Mapping[str, int]
    say: Mapping[str, tuple[Template, ...]]


@dataclass(frozen=True, kw_only=True)
class Language:
    """All banks of a language.

    Args:
        code: its code, as ``en``.
        grammar: what it does to words.
        groups: what people say.
        lists: words for the slots of names, by list.
        styles: how names are built, by sort and for areas and floors.
        forms: the forms of a name that says nothing else, by what is named.
        kinds: words for a sort of device, by sort and number (``one``, ``many``).
        plurals: the plural of last words of names.
        values: values with words of their own, by slot.
        units: how a number is said with its unit, by unit.
        numbers: numbers from 0 in words.
        counted: those that are other words before what is counted.
        number_forms: the numbers with which units are said otherwise, by form.
        articles: what stands before a number, by the number; ``other`` is for the rest.
        durations: durations with words of their own.
        states: what states are called, by domain and state.
        targets: how things are referred to, by scope and form.
        agreement: words that agree with a target in number, by slot.
        replies: by key, for ``one`` and ``many``.
        noise: how speech is distorted, by kind of distortion.
        sounds: how invented words may sound.
        courtesies: what people put around a request.
        asides: what else they say, before it or after it.
        aside_joins: how a request and an aside are put together.
        shared: how commands are put together that share a word, by what they share.
        plural_pronouns: words that make a pronoun plural.
        imperatives: first words of phrases that can follow "could you".

    """

    code: str
    groups: tuple[Group, ...]
    lists: Mapping[str, tuple[Word, ...]]
    styles: Mapping[str, tuple[Word, ...]]
    forms: Mapping[str, Mapping[str, Template]]
    kinds: Mapping[str, Mapping[str, tuple[Word, ...]]]
    plurals: Mapping[str, str]
    values: Mapping[str, tuple[Phrase, ...]]
    units: Mapping[str, tuple[Template, ...]]
    numbers: tuple[str, ...]
    articles: Mapping[str, str]
    durations: tuple[Span, ...]
    states: Mapping[str, Mapping[str, str]]
    targets: Mapping[str, Mapping[str, tuple[Template, ...]]]
    agreement: Mapping[str, Mapping[str, str]]
    replies: Mapping[str, Mapping[str, tuple[Template, ...]]]
    noise: Mapping[str, Mapping[str, tuple[str, ...]]]
    sounds: tuple[Phonology, ...]
    courtesies: tuple[Pattern, ...]
    plural_pronouns: frozenset[str]
    imperatives: frozenset[str]
    counted: Mapping[int, str] = field(default_factory=dict)
    number_forms: Mapping[str, frozenset[int]] = field(default_factory=dict)
    grammar: Grammar = field(default_factory=Grammar)
    asides: tuple[Pattern, ...] = ()
    aside_joins: tuple[Template, ...] = ()
    shared: Mapping[str, tuple[Template, ...]] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every request pattern."""
        return tuple(pattern for group in self.groups for pattern in group.patterns)

    @cached_property
    def words_about(self) -> Mapping[str, frozenset[str]]:
        """The words of questions and conditions about a sort of device, by sort."""
        asking = [group for group in self.groups if group.query or group.condition]
        said = [(g, frozenset().union(*map(telling_words, g.patterns))) for g in asking]
        return {
            sort: frozenset().union(*(words for group, words in said if group.is_about(sort)))
            for sort in facts().sorts
        }

    @cached_property
    def known_words(self) -> frozenset[str]:
        """Every word that stands somewhere in the banks, in lower case."""
        return frozenset(word for text in self._texts() for word in text.lower().split())

    @cached_property
    def shared_words(self) -> frozenset[str]:
        """The words of names that every split may use: kinds, numbers, everyday places."""
        words = (word for words in (*self.lists.values(), *self.styles.values()) for word in words)
        # What a style adds to its slots ("{invented} room") is shared as well.
        texts = [
            form.plain()
            for w in words
            if w.shared or w.text.slots
            for form in (w.text, *w.forms.values())
        ]
        texts += [form.plain() for forms in self.forms.values() for form in forms.values()]
        texts += [
            word.text.source for kinds in self.kinds.values() for k in kinds.values() for word in k
        ]
        return frozenset(part for text in texts for part in text.lower().split())

    @cached_property
    def kind_words(self) -> Mapping[str, frozenset[str]]:
        """Every word for a sort of device, by sort."""
        return {
            sort: frozenset(
                unit
                for words in each.values()
                for word in words
                for part in word.text.source.split()
                if part not in self.grammar.links
                for unit in units(part)
            )
            for sort, each in self.kinds.items()
        }

    def names_a_kind(self, name: frozenset[str], kinds: frozenset[str]) -> bool:
        """Return whether a name holds a word for a kind, if only as the end of a longer word."""
        if not vocabulary(self.code).compounds:
            return not kinds.isdisjoint(name)
        return any(word.endswith(kind) for word in name for kind in kinds)

    @cached_property
    def all_kind_words(self) -> frozenset[str]:
        """Every word for any sort of device, and the last words of names that could be one."""
        return vocabulary(self.code).all_kind_words.union(*self.kind_words.values())

    @cached_property
    def plural_words(self) -> frozenset[str]:
        """Last words of names that are plural."""
        return frozenset(self.plurals.values())

    @cached_property
    def other_numbers(self) -> Mapping[str, str]:
        """The plural of last words of names, and the singular of plural ones."""
        found: dict[str, str] = {}
        for one, many in self.plurals.items():
            found.setdefault(one, many)
            found.setdefault(many, one)
        return found

    def unit_of(self, unit: str, number: int) -> str:
        """Return the key of a unit as it is said with a number: "2 godziny", "5 godzin"."""
        for form, numbers in self.number_forms.items():
            if number in numbers and f"{unit}_{form}" in self.units:
                return f"{unit}_{form}"
        return unit

    def parts(self, name: str) -> list[str]:
        """Return the words that a name is made of, though they may be written without spaces."""
        return cut(name, self._parts, self.noise["possessive"])

    @cached_property
    def _parts(self) -> frozenset[str]:
        words = (word for words in (*self.lists.values(), *self.styles.values()) for word in words)
        texts = [word.text.plain() for word in words]
        texts += [w.text.source for kinds in self.kinds.values() for k in kinds.values() for w in k]
        endings = tuple(self.noise["possessive"])
        found = (part for text in texts for part in text.lower().split())
        return frozenset(part for part in found if not part.startswith(endings))

    def _texts(self) -> Iterator[str]:
        yield " ".join(self.numbers)
        for pattern in (*self.patterns, *self.courtesies, *self.asides):
            yield pattern.template.plain()
        for words in (*self.lists.values(), *self.styles.values()):
            yield " ".join(word.text.plain() for word in words)
        for phrases in self.values.values():
            yield " ".join(template.plain() for phrase in phrases for template in phrase.say)
        for numbers in self.kinds.values():
            yield " ".join(word.text.plain() for words in numbers.values() for word in words)
