"""From the slots of Home Assistant's sentences to ours, and to words where a meaning is chosen."""

from collections.abc import Iterator, Mapping

from hassil.intents import RangeSlotList, SlotList, TextSlotList

from home_llm_core.actions import ACTIONS
from home_llm_core.home import Value

from .banks import Language, Phrase
from .domains import facts
from .intent_files import IntentFile, Parsed
from .intent_table import Entry
from .templates import Alternatives, Sequence, Slot, Template
from .values import NUMBER

PLACES: Mapping[str, str] = {"name": "target", "area": "area", "floor": "floor"}
"""Slots for what a home has, and what they are called here."""


class UnsayableError(Exception):
    """A meaning for which a template has no words."""


class Filling:
    """Puts our slots in the place of those of a template, and words in the place of others.

    Attributes:
        values: what is said for values, by our slot.

    """

    def __init__(
        self,
        file: IntentFile,
        entry: Entry,
        words: Mapping[str, object],
        language: Language,
    ) -> None:
        """Fill templates of ``file``.

        Args:
            file: the file.
            entry: what they mean.
            words: the values of slots of which the words are said.
            language: the banks.

        """
        self._file, self._entry, self._chosen = file, entry, words
        self._language = language
        self._slots = entry.slots
        self.values: dict[str, tuple[Phrase, ...]] = {}

    def filled(self, sequence: Sequence) -> Sequence:
        """Return a phrase with our slots.

        Raises:
            UnsayableError: it cannot say what is meant.

        """
        found: list[str | Slot | Alternatives] = []
        is_after_floor = False
        for piece in sequence:
            if isinstance(piece, str):
                found.append(piece)
                is_after_floor = is_after_floor and not piece.strip()
                continue
            if isinstance(piece, Slot):
                found += self._slot(piece)
            elif not (is_after_floor and _may_be_nothing(piece)):  # Our floors say what they are.
                found.append(Alternatives(tuple(map(self.filled, piece.options))))
            is_after_floor = isinstance(piece, Slot) and piece.name == "floor"
        return tuple(found)

    def _slot(self, slot: Slot) -> Iterator[str | Slot | Alternatives]:
        words = self._file.lists.get(slot.form)
        if slot.name in self._chosen:
            yield self._words(words, self._chosen[slot.name])
        elif slot.name in self._slots:
            yield self._value(self._slots[slot.name], words)
        else:
            yield Slot(PLACES[slot.name])

    def _words(self, words: SlotList | None, value: object) -> Alternatives:
        """Return the words of a list that mean a value."""
        values = words.values if isinstance(words, TextSlotList) else []
        found = [self._file.compiled(each.text_in) for each in values if each.value_out == value]
        if not found:
            raise UnsayableError
        return Alternatives(tuple(found))

    def _value(self, slot: str, words: SlotList | None) -> Slot:
        """Return our slot for a value of a list."""
        if slot not in facts().slots:
            return Slot(slot)
        if isinstance(words, RangeSlotList):
            counts = "down" if (words.multiplier or 1) < 0 else "up"
            if counts != self._entry.counts or not facts().slots[slot].round_values:
                raise UnsayableError
            return Slot(slot, NUMBER)
        phrases = tuple(self._phrases(slot, words)) if isinstance(words, TextSlotList) else ()
        if not phrases or self.values.setdefault(slot, phrases) != phrases:
            raise UnsayableError
        return Slot(slot)

    def _phrases(self, slot: str, words: TextSlotList) -> Iterator[Phrase]:
        """Yield the words of a list for values that are ours, too."""
        for each in words.values:
            own = Parsed("", self._file.compiled(each.text_in))
            for text in own.skeletons():
                value = self._known(slot, text, each.value_out)
                if value is not None:
                    yield Phrase(value=value, say=(Template(text),))

    def _known(self, slot: str, text: str, out: object) -> Value | None:
        """Return what a word means as a value of a slot: its number, or what our banks say."""
        if isinstance(out, int):
            if slot in self._language.values and not facts().slots[slot].unit.startswith("percent"):
                return _said(self._language, slot, text)
            number = -out if self._entry.counts == "down" else out
            return number if _accepts(self._entry.action, slot, number) else None
        return _said(self._language, slot, text)


def _said(language: Language, slot: str, text: str) -> Value | None:
    """Return the value that the banks of a language have a word for."""
    for phrase in language.values.get(slot, ()):
        if any(template.source == text for template in phrase.say):
            return phrase.value
    return None


def _accepts(action: str, slot: str, number: int) -> bool:
    argument = facts().slots[slot].argument
    known = (a for a in ACTIONS[action].arguments if a.name == argument)
    return any(argument.accepts(number) for argument in known)


def _may_be_nothing(piece: Alternatives) -> bool:
    return any(not option or option == ("",) for option in piece.options)
