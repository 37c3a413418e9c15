"""What a sentence says besides names: kinds, places that are not here, exceptions, the other one.

A model of a few million parameters sometimes takes what it has not understood for nothing: it puts
on the light here where that in the attic was meant. What words alone tell is looked up here, and a
line that does not fit them is not carried out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ..calls import EVERYWHERE, Call
from ..cardinals import cardinals
from ..cues import Cues, cues
from ..home import Entity
from ..kinds import EVERYTHING, kinds_said
from ..linking import Span, following
from ..name_words import is_slip
from ..outdoors import says_outdoors
from ..parser import Event
from ..text import fold
from ..vocabulary import Vocabulary, vocabulary
from ..words import is_character, words
from .tiny_lines import ALL, CONDITIONS, HERE, QUESTIONS, Line

_OF_ROOMS = frozenset(
    {"light", "switch", "fan", "climate", "cover", "blind", "curtain", "shade", "shutter"}
)
"""What every room may have. A garage is not in the garage, and the doorbell in the hall does not
tell where the film is to be paused."""

_COOLING = frozenset({"cool", "heat_cool", "auto", "dry", "fan_only"})
"""Modes of what is more than a heating."""

_SAID_KINDS = ("scene", "script")
"""What nobody means without a word for it: an implied wish is a light or a blind."""


_LEAVING = ("excepting", "leave_before", "leave_after", "spares")
_SHORTEST_WORD = 4
_OR_PERHAPS = ("", "perhaps_")


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What a sentence says besides names.

    Args:
        text: the sentence, folded.
        spans: what it names, by letter.
        language: in which it is said.
        numbered: words before the numbers of rooms: "guest room 2".

    """

    text: str
    spans: Mapping[str, Span]
    language: str
    numbered: frozenset[str] = frozenset()

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        """The parts of the sentence between names."""
        at, parts = 0, list[str]()
        for span in self.spans.values():
            parts.append(self.text[at : span.start if span.is_whole else span.end])
            at = span.end
        return (*parts, self.text[at:])

    @cached_property
    def outside(self) -> tuple[str, ...]:
        """The parts of the sentence that are nothing like a name."""
        starts = (0, *(span.end for span in self.spans.values()))
        ends = (*(span.start for span in self.spans.values()), len(self.text))
        return tuple(self.text[a:b] for a, b in zip(starts, ends, strict=True))

    @property
    def _known(self) -> Vocabulary:
        return vocabulary(self.language)

    @property
    def _cues(self) -> Cues:
        return cues(self.language)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that it has words for."""
        return self._kinds_in(" ".join(self._parts))

    def _kinds_in(self, text: str) -> frozenset[str]:
        """Return the kinds that a text has words for, also behind an article: "l'aspirateur"."""
        return kinds_said(" ".join(self._known.words(text)) if self._known.elided else text)

    def words_for(self, kind: str) -> tuple[str, ...]:
        """Return the words of the sentence that may mean a kind."""
        known = self._known.kind_words.get(kind, frozenset())
        return tuple(w for part in self._parts for w in self._known.words(part) if w in known)

    @property
    def says_other(self) -> bool:
        """Whether it speaks of the other one."""
        return any(map(self._known.says_other, self._parts))

    @property
    def says_everything(self) -> bool:
        """Whether it has a word for all that there is."""
        return any(map(self._known.says_everything, self._parts))

    @property
    def says_drying(self) -> bool:
        """Whether it speaks of a dehumidifier."""
        return any(map(self._known.says_drying, self._parts))

    @property
    def makes_an_exception(self) -> bool:
        """Whether it leaves something alone."""
        return any(map(self._known.makes_an_exception, self._parts))

    @cached_property
    def spared(self) -> frozenset[str]:
        """The kinds of which it leaves all alone: "everything off but the telly"."""
        said = " ".join(filter(None, map(self._known.excepted, self._parts)))
        return self._kinds_in(said) if said else frozenset()

    @cached_property
    def excepted(self) -> frozenset[str]:
        """The letters of what it leaves alone: "all but A and B"."""
        letters, spans = tuple(self.spans), tuple(self.spans.values())
        ends = (*(span.start for span in spans[1:]), len(self.text))
        after = [following(self.text, span, end) for span, end in zip(spans, ends, strict=False)]
        found: set[str] = set()
        for at, letter in enumerate(letters):
            before = after[at - 1] if at else self.text[: spans[0].start]
            follows = at > 0 and letters[at - 1] in found
            is_next = follows and not before.strip()
            if is_next and all(thing.kind != "device" for thing in spans[at].things):
                continue  # "But not the lamp of the kitchen" tells where the lamp is.
            if is_next:
                found.discard(letters[at - 1])  # "But not the kitchen lamp": not the kitchen.
            goes_on = is_next or (follows and self._known.only_joins(before, after[at]))
            if goes_on or self._known.ends_with_exception(before):
                found.add(letter)
        if letters and self._is_last_and_not_meant(after[-1]):
            found.add(letters[-1])
        for at in reversed(range(len(letters))):
            is_left = at + 1 < len(letters) and self._is_left(letters[at + 1], found, after[at])
            if is_left or self._known.begins_with_exception(after[at]):
                found.add(letters[at])
        return frozenset(found)

    def _is_last_and_not_meant(self, after: str) -> bool:
        """Return whether the last name is what is left of all: "every light off but the landing".

        Args:
            after: what follows the name; whatever it is may be wanted of the name alone.

        """
        before = self.outside[-2]
        small = (*self._known.articles, *self._known.prepositions)
        said = " ".join(words(before))
        while (last := said.rpartition(" "))[2] in small and last[0]:
            said = last[0]
        is_of_all = self._known.says_everything(" ".join(self.outside[:-1]))
        return is_of_all and not words(after) and self._cues.end("but", said)

    def _is_left(self, following: str, found: Collection[str], between: str) -> bool:
        """Return whether a letter is left alone with the one that follows: "A と B 以外"."""
        return bool(self._known.excepted_before) and (
            following in found and self._known.only_joins(between)
        )

    def forgets_a_place(self, events: Sequence[Event]) -> bool:
        """Return whether a reply is about the whole house, and the sentence about a place of it."""
        calls = [event for event in events if isinstance(event, Call)]
        is_of_all = len(calls) == len(events) and all(_is_of_all(call) for call in calls)
        return bool(calls) and is_of_all and any(map(self._is_a_place_to_do_it, self.spans))

    def _is_a_place_to_do_it(self, letter: str) -> bool:
        """Return whether a letter is a place, and not only where somebody is."""
        span = self.spans[letter]
        is_place = span.is_whole and all(thing.kind != "device" for thing in span.things)
        before = self.text[: span.start]
        is_host = not self._known.before_hosts.isdisjoint(self._known.words(before)[-1:])
        is_meant = (is_place or is_host) and letter not in self.excepted
        return is_meant and not self._known.ends_with_being(before)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The words after one like "chez", with which somebody's room is meant."""
        rows = (pairwise(self._known.words(part)) for part in self.outside)
        before = self._known.before_hosts
        return frozenset(name for row in rows for host, name in row if host in before) - frozenset(
            self._known.vague
        )

    @property
    def only_place(self) -> str | None:
        """The letter of the only place that it names, if something is to be done there."""
        found = [letter for letter in self.spans if self._is_a_place_to_do_it(letter)]
        return found[0] if len(found) == 1 else None

    @property
    def says_both(self) -> bool:
        """Whether all of what is called so are meant."""
        return any(map(self._known.says_both, self._parts))

    @property
    def is_one_wish(self) -> bool:
        """Whether no word or comma joins another wish to it."""
        joints = {word for word in self._known.joints if not is_character(word)}
        return joints.isdisjoint(words(self.text)) and "," not in self.text

    @property
    def says_all_of_it(self) -> bool:
        """Whether all there are of a kind are meant, or all that are called so: 灯全关了."""
        if self._cues.say("all_of_it", self.outside):
            return True
        # "Both", too, where another kind is spoken of.
        is_one = not self.spans and len(self.kinds) == 1
        return is_one and self._cues.say("both_or_all", self.outside)

    @cached_property
    def kinds_outside(self) -> frozenset[str]:
        """The kinds that it has words for besides what is like a name."""
        return self._kinds_in(" ".join(self.outside))

    @property
    def says_a_pair(self) -> bool:
        """Whether two of one kind are meant: "both lamps", but not "both lamps and fans"."""
        return self.says_both and not self.says_everything and len(self.kinds) == 1

    def word_after(self, letter: str) -> str:
        """Return the word after what a letter stands for, unless any sentence may hold it."""
        span = self.spans.get(letter)
        after = words(following(self.text, span)) if span is not None else ()
        word = after[0] if after else ""
        if word in self._known.vague_words:
            return ""
        if is_character(word):
            return "".join(after[:2])
        return word if len(word) >= _SHORTEST_WORD else ""

    def is_elsewhere(self, line: Line) -> bool:
        """Return whether a line is about anywhere, though a place was said that is not here.

        Whoever wants light in the attic, or the attic light, does not want it where they are;
        upstairs and downstairs is everywhere.
        """
        if line.devices:
            return False
        if line.place not in (None, ALL, HERE):
            return self._is_somebody_s(line.place)
        if line.kind != EVERYTHING and line.kind not in _OF_ROOMS:
            return False
        said = sum(map(self._known.places_said, self.outside))
        if said:
            return said == 1
        return any(
            self._known.is_of_a_room(line.kind, part) or self._has_a_room_number(part)
            for part in self.outside
        )

    def _is_somebody_s(self, letter: str) -> bool:
        """Return whether a letter is a room of whoever was not named: "in his room"."""
        span = self.spans.get(letter)
        if span is None or any(thing.kind != "area" for thing in span.things):
            return False
        said = words(self.text[span.start : span.end])
        is_a_room = said in self._known.rooms or any(
            said == each[1:] for each in self._known.places
        )
        before, after = self.text[: span.start], self.text[span.end :]
        is_theirs = self._cues.end("whose", before) or self._cues.begin("whose_last", after)
        return is_a_room and is_theirs

    @property
    def is_of_the_past(self) -> bool:
        """Whether it speaks of a day that is over: the home knows how it is now."""
        return self._cues.say("yesterday", self.outside)

    def is_outdoors(self, line: Line) -> bool:
        """Return whether a line is about what is out of doors: "the outside lights"."""
        if line.devices or line.place not in (None, ALL) or line.kind not in _OF_ROOMS:
            return False
        if line.verb in QUESTIONS and self._cues.say("outdoors", self.outside):
            return True
        return not self.makes_an_exception and says_outdoors(line.kind, self.outside, self.language)

    def is_of_another_sort(self, entities: Collection[Entity]) -> bool:
        """Return whether air conditioning is spoken of, and all that is meant is there to heat.

        Args:
            entities: what is meant.

        """
        known = self._cues
        if not known.say("cooling", self.outside) or known.say("heating", self.outside):
            return False
        return bool(entities) and all(
            _only_heats(each) or self._is_called_a_heating(each.name) for each in entities
        )

    def _is_called_a_heating(self, name: str) -> bool:
        own = (fold(name),)
        return self._cues.say("heating", own) and not self._cues.say("cooling", own)

    def _has_a_room_number(self, part: str) -> bool:
        """Return whether a number stands where those of rooms do: there is no room 5."""
        if not self.numbered:
            return False
        rows = pairwise(words(cardinals(self.language).in_digits(part)))
        return any(after.isdigit() and before in self.numbered for before, after in rows)

    def is_of_many(self, letter: str) -> bool:
        """Return whether a word for many follows: the "hue play lights"."""
        span = self.spans.get(letter)
        after = words(following(self.text, span))[:1] if span is not None else ()
        endings = self._known.plural_endings
        return bool(endings) and any(
            word.endswith(endings) and word in self._known.all_kind_words for word in after
        )

    def wants_only_the_rest(self, line: Line) -> bool:
        """Return whether a line puts on all but what alone was to be on: "only the lamp on"."""
        is_all_on = line.kind == EVERYTHING and line.verb == "on"
        return is_all_on and bool(line.excluding) and not self.says_everything

    def excepts_nothing(self, line: Line) -> bool:
        """Return whether a line leaves something alone, and no word of the sentence does."""
        if not line.excluding or self.makes_an_exception or self.excepted or self.spared:
            return False
        return not any(self._cues.say(cue, (self.text,)) for cue in _LEAVING)

    def lacks_a_word_for(self, line: Line) -> bool:
        """Return whether a line is about something, and nobody said so.

        That is the only scene of the house, say, or everything: who has no word for it speaks of
        something that is not there.
        """
        if line.verb in (*QUESTIONS, *CONDITIONS):
            return False
        if line.kind == EVERYTHING and line.place in (None, ALL, HERE) and not line.excluding:
            # "Good night" may mean it, "turn off the dishwasher" does not.
            is_plain = any(self._cues.say(f"{may}{line.verb}", self.outside) for may in _OR_PERHAPS)
            return is_plain and not self._says_something_like_everything
        if line.devices or line.place is not None:
            return False
        if line.kind not in _SAID_KINDS or line.kind in self.kinds:
            return False
        return not self._says_like(self._known.kind_words.get(line.kind, frozenset()))

    @property
    def _says_something_like_everything(self) -> bool:
        """Whether it has a word for all that there is, perhaps with a slip."""
        known = {row[0] for row in self._known.everything if len(row) == 1}
        return self.says_everything or self._says_like(known)

    def _says_like(self, known: Collection[str]) -> bool:
        """Return whether it has one of some words with a slip."""
        said = {word for part in self._parts for word in words(part)}
        return any(is_slip(word, own) for word in said for own in known)


def _only_heats(entity: Entity) -> bool:
    return "heat" in entity.features and _COOLING.isdisjoint(entity.features)


def is_without_exception(events: Sequence[Event]) -> bool:
    """Return whether a reply does something to all that is in places, and nothing else."""
    calls = [event for event in events if isinstance(event, Call)]
    return bool(calls) and len(calls) == len(events) and all(map(_is_of_a_place, calls))


def _is_of_all(call: Call) -> bool:
    """Return whether a call is about all that is in the house."""
    return not call.excluding and call.devices == (EVERYWHERE,)


def _is_of_a_place(call: Call) -> bool:
    """Return whether a call is about all that is in a place."""
    is_somewhere = call.area is not None or call.floor is not None
    return _is_of_all(call) or (is_somewhere and not call.excluding)
