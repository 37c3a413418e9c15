"""Names of people, rooms and devices, from the words that one split may use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
import random

from home_llm_core.text import label

from .banks import Language, Word
from .domains import NO_CLASS, domain_of
from .grammar import Grammar
from .invented import invent
from .splits import split_of
from .templates import Slot, Template, tidy
from .writing import split_words

_TRIES = 40
_PLACES = ("area", "floor")
_TITLE_CASE = 0.6
_AS_WRITTEN = 0.8
_AGREE = "agree"
_LAST_RESORT = "{invented} {invented_two}"

TWIN = "twin of "
"""What stands before the style of a name that differs from another one in a word."""

PART = "part of a device"
"""The style of the names of sensors that are called after a device."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name with the forms in which it is said.

    Args:
        text: the name as a person writes it.
        forms: what is said, by form; "" is the plain one.
        style: the template that it was built from, after ``twin of`` if it was built from a name.
        gender: its gender, if the language has such a thing.
        thing: the word of it that says what it is, if that is known.

    """

    text: str
    forms: Mapping[str, str]
    style: str = ""
    gender: str = ""
    thing: str = ""

    @property
    def plain(self) -> str:
        """The plain form."""
        return self.forms[""]

    @property
    def words(self) -> frozenset[str]:
        """The words of the plain form."""
        return frozenset(split_words(self.plain))

    def form(self, form: str) -> str:
        """Return a form, or the plain one where the language does not tell them apart."""
        return self.forms.get(form, self.plain)

    def renamed(self, text: str, grammar: Grammar) -> "Name | None":
        """Return another name that is said as this one is, if all its forms can be told from it."""
        own, other = self.plain.split(), label(text).split()
        if grammar.genders and grammar.head(own) != grammar.head(other):
            return None  # Its gender may be another one.
        change = _changed(own, other)
        forms = {key: change.made_to(form, self.plain) for key, form in self.forms.items()}
        return self._with(text, forms, TWIN + self.style.removeprefix(TWIN))

    def shortened(self, text: str) -> "Name | None":
        """Return a name of which just the beginning or the end is said."""
        plain = label(text)
        rest = self.plain.removesuffix(plain)
        if rest == self.plain:
            rest = self.plain.removeprefix(plain)
        forms = {key: _without(rest, form, self.plain) for key, form in self.forms.items()}
        return self._with(text, forms, self.style)

    def _with(self, text: str, forms: Mapping[str, str | None], style: str) -> "Name | None":
        known = {key: form for key, form in forms.items() if form is not None}
        if len(known) < len(forms):
            return None
        return replace(self, text=text, forms=known | {"": label(text)}, style=style)


@dataclass(frozen=True)
class _Change:
    """What the words of a name become: some in its midst, or at one end, give way to others.

    Args:
        before: the words of the name.
        after: the words of the other name.
        old: the words that give way, if there are others that stay.
        new: those that take their place.

    """

    before: str
    after: str
    old: str
    new: str

    def made_to(self, form: str, plain: str) -> str | None:
        """Return what becomes of a form of the name, if that is clear."""
        if plain in form:
            return form.replace(plain, self.after)
        if _is_apart(form, plain):
            return form
        if not self.old:
            return f"{form} {self.new}" if self.after == f"{self.before} {self.new}" else None
        if f" {form} ".count(f" {self.old} ") != 1:
            return None
        return tidy(f" {form} ".replace(f" {self.old} ", f" {self.new} "))


def _without(rest: str, form: str, plain: str) -> str | None:
    """Return a form of a name without some of its words, if that is clear."""
    if form.count(rest) == 1 and f"'{rest}" not in form:  # An elided article would be left.
        return tidy(form.replace(rest, ""))
    return form if _is_apart(form, plain) else None


def _is_apart(form: str, plain: str) -> bool:
    """Return whether a form holds nothing of the name: an ending, or a verb that agrees with it."""
    return set(form.split()).isdisjoint(plain.split())


def _changed(own: list[str], other: list[str]) -> _Change:
    head = _alike(own, other)
    tail = _alike(own[head:][::-1], other[head:][::-1])
    old, new = own[head : len(own) - tail], other[head : len(other) - tail]
    return _Change(" ".join(own), " ".join(other), " ".join(old), " ".join(new))


def _alike(own: list[str], other: list[str]) -> int:
    """Return with how many words two names begin that are the same."""
    pairs = zip(own, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


class Choices:
    """Words of a list that a split may use, ready to choose from."""

    def __init__(self, words: tuple[Word, ...], split: str) -> None:
        """Keep the words that ``split`` may use."""
        self._words = tuple(word for word in words if word.belongs_to(split))
        self.shared = all(word.shared for word in words)
        total, weights = 0.0, []
        for word in self._words:
            total += word.weight
            weights.append(total)
        self._weights = weights

    def choose(self, rng: random.Random) -> Word:
        """Return a word by weight."""
        return rng.choices(self._words, cum_weights=self._weights)[0]


class Vocabulary:
    """The words and styles of names that a split may use in a language."""

    def __init__(self, language: Language, split: str) -> None:
        """Choose from the banks of ``language`` what belongs to ``split``."""
        self.language = language
        self.split = split
        self.lists = {key: Choices(words, split) for key, words in language.lists.items()}
        self.styles = {key: Choices(words, split) for key, words in language.styles.items()}


class Namer:
    """Builds names for one home."""

    def __init__(self, vocabulary: Vocabulary, rng: random.Random, invented: float) -> None:
        """Take words from ``vocabulary``, and invent a share ``invented`` of them."""
        self._vocabulary = vocabulary
        self._rng = rng
        self.invented = invented
        """The share of words that are invented."""

    def name(self, kind: str, area: Name | None = None) -> Name:
        """Return a name that belongs to the split.

        Args:
            kind: a domain, ``area`` or ``floor``.
            area: where the device is, if its name may say it.

        """
        for _ in range(_TRIES):
            style = self._style(kind)
            if area is None and "area" in style.text.slot_names:
                continue
            name = self._build(style, kind, area)
            # A room may be called like a room elsewhere; what is called like a device may not.
            if kind in _PLACES or split_of(name.plain) == self._vocabulary.split:
                return name
        return self._last_resort(kind)

    def word(self, kind: str) -> str:
        """Return a word of a list, or an invented one in its place."""
        return self._word(kind).text.source

    def _word(self, kind: str) -> Word:
        pool = self._vocabulary.lists.get(kind)
        if pool is None or (not pool.shared and self._rng.random() < self.invented):
            return Word(text=Template(self.invented_word()))
        return pool.choose(self._rng)

    def listed(self, name: str) -> str:
        """Return a word of a list, never an invented one."""
        return self._vocabulary.lists[name].choose(self._rng).text.source

    def invented_word(self) -> str:
        """Return a word that nobody has heard."""
        language = self._vocabulary.language
        sound = self._rng.choice(language.sounds)
        return invent(self._rng, sound, self._vocabulary.split, language.known_words)

    def _style(self, kind: str) -> Word:
        invented = "invented_" if self._rng.random() < self.invented else ""
        styles = self._vocabulary.styles
        domain = kind if kind in _PLACES else domain_of(kind)
        # Most sensors are called alike, whatever they measure.
        own = f"{kind}_{NO_CLASS}" if kind == domain else kind
        name = next(each for each in (own, kind, domain) if f"{invented}{each}" in styles)
        return styles[f"{invented}{name}"].choose(self._rng)

    def _build(self, style: Word, kind: str, area: Name | None) -> Name:
        chosen: dict[str, Word | Name | str] = {"area": area} if area is not None else {}
        language = self._vocabulary.language
        if kind in language.kinds:
            words = language.kinds[kind]["one"]
            chosen["kind"] = self._rng.choices(words, [each.weight for each in words])[0]

        if language.grammar.genders:
            for slot in style.text.in_order():
                if slot.name not in chosen:
                    chosen[slot.name] = self._word(slot.name)
        head = _head(style, chosen, language.grammar)
        gender = style.gender or (head.gender if head is not None else "")

        def fill(slot: Slot) -> str:
            if slot.name not in chosen:
                chosen[slot.name] = self._word(slot.name)
            return _said(chosen[slot.name], slot.form, gender)

        text = style.text.render(self._rng, fill)
        chosen["name"] = text
        forms = {"": label(text)}
        own = language.forms.get(kind, {})
        own = {**own, **forms_by(gender, language.grammar), **style.forms}
        for key, template in own.items():
            forms[key] = label(template.render(self._rng, fill))
        thing = head.text.source if head is not None else ""
        cased = self._cased(text)
        return Name(
            text=cased,
            # A capital may become another letter when it is small again, as in Turkish.
            forms=forms | {"": label(cased)},
            style=style.text.source,
            gender=gender,
            thing=thing,
        )

    def called(self, text: str, kind: str, style: str = PART) -> Name:
        """Return a name that is written as ``text``, in the forms of names that say nothing else.

        Args:
            text: the name.
            kind: a domain or a sort.
            style: what it is built from.

        """
        plain, defaults = label(text), self._vocabulary.language.forms.get(kind, {})
        forms = {key: form.say(self._rng, {"name": plain}) for key, form in defaults.items()}
        return Name(text=text, forms={"": plain} | forms, style=style)

    def _last_resort(self, kind: str) -> Name:
        while True:
            text = tidy(f"{self.invented_word()} {self.invented_word()}")
            if split_of(text) == self._vocabulary.split:
                return self.called(self._cased(text), kind, _LAST_RESORT)

    def _cased(self, text: str) -> str:
        kind = self._rng.random()
        if kind < _TITLE_CASE:
            return " ".join(word[:1].upper() + word[1:] for word in text.split())
        return text if kind < _AS_WRITTEN else text[:1].upper() + text[1:]


def _said(word: Word | Name | str, form: str, gender: str) -> str:
    """Return what fills a slot; a form may be to agree with a word of a gender."""
    if isinstance(word, str):
        return word
    if form.startswith(_AGREE):
        form = gender + form.removeprefix(_AGREE)
    return word.form(form) if form or isinstance(word, Word) else word.text


def _head(style: Word, chosen: Mapping[str, Word | Name | str], grammar: Grammar) -> Word | None:
    """Return the word of a name that says what it is: the first or the last that has a gender."""
    found = (chosen.get(slot.name) for slot in style.text.in_order())
    words = [each for each in found if isinstance(each, Word) and each.gender]
    return (words[0] if grammar.is_head_first else words[-1]) if words else None


def forms_by(gender: str, grammar: Grammar) -> Mapping[str, Template]:
    """Return the forms of names of a gender, if their words keep their endings."""
    found = grammar.genders.get(gender)
    return found.forms if found is not None and not found.cut else {}
