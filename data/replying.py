"""Answers to questions, read off the home: yes and no, which, how many, how it is, where."""

from collections.abc import Callable, Mapping, Sequence

from home_llm_core.answers import holds, passing
from home_llm_core.home import Entity
from home_llm_core.kinds import IT, KINDS, MEASURED
from home_llm_core.parser import Query
from home_llm_core.states import Test

from .stating import Facts
from .templates import Spoken
from .voice import MOST_NAMED, Voice, capital

_ON = Test(word="on")


class Answers:
    """Answers one question about a house."""

    def __init__(self, voice: Voice, query: Query, place: str = "") -> None:
        """Answer ``query``; ``place`` is what the sentence calls the place it is about, if any."""
        self._voice = voice
        self._query = query
        self._place = place
        self._facts = Facts(voice, query)
        self._test = query.test or _ON

    def answer(self) -> str:
        """Return the answer as a sentence."""
        if not self._facts.entities:
            return self._nothing()
        tell: Mapping[str, Callable[[], str | None]] = {
            "is": self._whether,
            "any": self._whether,
            "all": self._whether,
            "which": self._which,
            "count": self._count,
            "state": self._how,
            "where": self._where,
            "list": self._list,
            "forecast": self._forecast,
        }
        return tell[self._query.verb]() or self._unknown(self._facts.entities)

    def unmet(self) -> str:
        """Return why something was not done that depends on what is asked."""
        met = holds(self._query, self._voice.house.home)
        fact = self._why(is_met=met) if met is not None else None
        if fact is None:
            return self._voice.sentence("unmet_unknown")
        return self._voice.sentence("unmet", {"fact": fact})

    def _why(self, *, is_met: bool) -> str | None:
        """Return the fact by which a condition is met, or not."""
        yes, no, _ = self._sorted()
        return self._some(yes, [*yes, *no]) if is_met else self._each(no) or self._none(no)

    def _nothing(self) -> str:
        """Return that there is nothing of the kind that is asked about."""
        voice, kind = self._voice, self._facts.kind
        if self._query.verb == "forecast":
            return voice.sentence("forecast_none")
        if kind not in KINDS:
            return voice.sentence(
                "nothing_there" if self._place else "what", {"place": self._place}
            )
        slots = voice.kinds(kind) | {"place": self._place}
        if kind in MEASURED:
            return voice.sentence("absent_sensor", slots)
        return voice.sentence("absent_kind" if self._place else "absent_kind_here", slots, of=kind)

    def _unknown(self, entities: Sequence[Entity]) -> str:
        """Return that nobody knows: out of reach, of no known state, or not shown."""
        voice = self._voice
        lost = [entity for entity in entities if not entity.available]
        dumb = [e for e in entities if e.available and not self._facts.is_known(e)]
        if not lost and not dumb and self._query.of:
            noun = voice.say(f"noun_{self._query.of}")
            return voice.sentence(
                "not_shown", {"noun": noun, "subject": self._subject(entities)[0]}
            )
        subject, many = self._subject(lost or dumb or entities)
        key = "unavailable" if lost else "unknown_state"
        return voice.sentence(key, {"subject": subject}, many=many)

    def _subject(self, entities: Sequence[Entity]) -> tuple[str, bool]:
        """Return what devices are called: by name, or how many they are."""
        if len(entities) <= MOST_NAMED:
            return self._voice.names(entities)
        return self._voice.say("subject_count", self._counted(entities), many=True), True

    def _counted(self, some: Sequence[Entity]) -> dict[str, str | Spoken]:
        """Return the slots of a sentence about some of the devices that are asked about."""
        everyone = self._facts.entities
        place = self._voice.place(self._query, everyone)
        kinds = self._facts.kinds() if self._has_kind() else {}
        count, total = self._voice.count(len(some)), self._voice.count(len(everyone))
        return kinds | {"place": place or "", "count": count, "total": total}

    def _has_kind(self) -> bool:
        return self._facts.kind != IT

    def _is_all_of_it(self) -> bool:
        """Return whether it is about all of a kind in a place, which can be called so."""
        place = self._voice.place(self._query, self._facts.entities)
        return self._has_kind() and place is not None

    def _sorted(self) -> tuple[list[Entity], list[Entity], list[Entity]]:
        """Return the devices that are as asked, those that are not, and those nobody knows of."""
        passed = passing(self._query, self._voice.house.home)
        so = {e.entity_id: passed.get(e.entity_id) for e in self._facts.entities}
        yes, no, unknown = (
            [entity for entity in self._facts.entities if so[entity.entity_id] is is_so]
            for is_so in (True, False, None)
        )
        return yes, no, unknown

    def _with_lost(self, sentence: str, unknown: Sequence[Entity]) -> str:
        """Return a sentence with a word about those that nothing is known of."""
        return f"{sentence} {self._unknown(unknown)}" if unknown else sentence

    def _whether(self) -> str | None:
        yes, no, unknown = self._sorted()
        if not yes and not no:
            return None
        is_all = self._query.verb == "all"
        is_so = not no if is_all else bool(yes)
        fact: str | None
        if is_all and no:
            fact = self._each(no) or self._not_these(no)
        elif yes and not no:
            fact = self._all(yes)
        else:
            fact = self._some(yes, [*yes, *no]) if yes else self._none(no)
        if fact is None:
            return None
        key = "answer_yes" if is_so else "answer_no"
        return self._with_lost(self._voice.sentence(key, {"fact": fact}), unknown)

    def _each(self, entities: Sequence[Entity]) -> str | None:
        """Return how each of a few devices is."""
        return self._facts.of_each(entities) if len(entities) <= MOST_NAMED else None

    def _all(self, entities: Sequence[Entity]) -> str | None:
        """Return that all are as asked."""
        if len(entities) == 1:
            return self._facts.of_one(entities[0])
        if not self._is_all_of_it():
            return self._these(entities)
        slots = self._counted(entities) | {"state": self._facts.asked(self._test)}
        return self._voice.say("all_are", slots, of=self._query.kind)

    def _none(self, entities: Sequence[Entity]) -> str | None:
        """Return that none is as asked."""
        if len(entities) == 1:
            return self._facts.of_one(entities[0])
        if not self._is_all_of_it():
            return self._each(entities) or self._not_these(entities)
        slots = self._counted(entities) | {"state": self._facts.asked(self._test)}
        return self._voice.say("none_is", slots, of=self._query.kind)

    def _not_these(self, entities: Sequence[Entity]) -> str:
        """Return that some are not as asked."""
        state = self._facts.asked(self._test)
        if len(entities) <= MOST_NAMED or not self._has_kind():
            name, many = self._voice.names(entities)
            return self._voice.say("fact_not", {"subject": name, "state": state}, many=many)
        alike = {self._voice.state(entity) for entity in entities}
        is_alike = len(alike) == 1 and not any(map(self._facts.is_measured, entities))
        key = "some_are" if is_alike and not self._query.of else "some_are_not"
        slots = self._counted(entities) | {"state": alike.pop() if key == "some_are" else state}
        return self._voice.say(key, slots, many=True, of=self._query.kind)

    def _these(self, entities: Sequence[Entity]) -> str | None:
        """Return that those with these names are as asked."""
        if len(entities) == 1:
            return self._facts.of_one(entities[0])
        name, many = self._voice.names(entities)
        slots = {"subject": name, "state": self._facts.asked(self._test)}
        return self._voice.say("fact_state", slots, many=many)

    def _some(self, entities: Sequence[Entity], others: Sequence[Entity]) -> str | None:
        """Return which of some devices are as asked, or how many."""
        if len(entities) <= MOST_NAMED or not self._has_kind():
            return self._these(entities)
        slots = self._counted(entities) | {"state": self._facts.asked(self._test)}
        if len(entities) == len(others):
            return self._all(entities)
        fact = self._voice.say("some_are", slots, many=True, of=self._query.kind)
        named = self._voice.names(entities[:MOST_NAMED])[0]
        return self._voice.say("and_some_of_these", {"fact": fact, "devices": named})

    def _which(self) -> str | None:
        yes, no, unknown = self._sorted()
        fact = self._some(yes, [*yes, *no]) if yes else self._none(no) if no else None
        return self._stated(fact, unknown) if fact is not None else None

    def _stated(self, fact: str, unknown: Sequence[Entity]) -> str:
        return self._with_lost(self._voice.sentence("answer_state", {"fact": fact}), unknown)

    def _count(self) -> str | None:
        yes, no, unknown = self._sorted()
        if self._query.test is None:
            everyone, kind = self._facts.entities, self._facts.kind
            slots, many = self._counted(everyone), len(everyone) > 1
            return capital(f"{self._voice.say('there_are', slots, many=many, of=kind)}.")
        fact = self._as_many(yes) if yes else self._none(no) if no else None
        return self._with_lost(capital(f"{fact}."), unknown) if fact is not None else None

    def _as_many(self, entities: Sequence[Entity]) -> str | None:
        """Return how many are as asked, and which they are."""
        if not self._has_kind():
            return self._these(entities)
        slots = self._counted(entities) | {"state": self._facts.asked(self._test)}
        many, named = len(entities) > 1, self._facts.named(entities)
        fact = self._voice.say("some_are", slots, many=many, of=self._query.kind)
        return self._voice.say("and_these", {"fact": fact, "devices": named}) if named else fact

    def _how(self) -> str | None:
        entities = self._facts.entities
        known = [entity for entity in entities if self._facts.of_one(entity) is not None]
        if self._facts.kind == "weather":
            entities = known = known[:1] or entities[:1]  # It is the same sky.
        fact = None
        if known:
            fact = self._each(known) or self._range(known) or self._by_state(known)
        unknown = [entity for entity in entities if entity not in known]
        return self._stated(fact, unknown) if fact is not None else None

    def _range(self, entities: Sequence[Entity]) -> str | None:
        """Return between what the readings of many devices are."""
        if self._query.kind not in MEASURED and not self._query.of:
            return None
        numbers = [self._facts.number(entity) for entity in entities]
        there = [number for number in numbers if number is not None]
        if len(there) < len(entities) or len(there) <= MOST_NAMED or not self._has_kind():
            return None
        unit = self._facts.unit(entities[0])
        slots = self._counted(entities) | {
            "low": self._voice.reading(min(there), unit),
            "high": self._voice.reading(max(there), unit),
        }
        return self._voice.say("fact_range", slots)

    def _by_state(self, entities: Sequence[Entity]) -> str | None:
        """Return how many devices are in which state."""
        if len(entities) == 1 or not self._has_kind():
            return None
        states: dict[str, list[Entity]] = {}
        for entity in entities:
            states.setdefault(self._voice.state(entity), []).append(entity)
        facts = []
        for state, those in states.items():
            slots = self._counted(those) | {"state": state}
            many, kind = len(those) > 1, self._query.kind
            facts.append(self._voice.say("some_are", slots, many=many, of=kind))
        return self._voice.listed(facts)

    def _where(self) -> str | None:
        facts = []
        for entity in self._facts.entities[:MOST_NAMED]:
            area = self._voice.house.area_of(entity)
            name, many = self._voice.names([entity])
            slots: dict[str, str | Spoken] = {"subject": name}
            if entity.domain == "person":
                if not self._facts.is_known(entity):
                    return None
                facts.append(self._facts.state_of([entity]))
            elif area is not None:
                slots["place"] = area.form("in")
                facts.append(self._voice.say("fact_in", slots, many=many))
            else:
                facts.append(self._voice.say("fact_nowhere", slots, many=many))
        return capital(f"{self._voice.listed(facts)}.")

    def _list(self) -> str | None:
        said = [self._on_list(entity) for entity in self._facts.entities[:MOST_NAMED]]
        return (
            " ".join(said) if all(self._facts.is_known(e) for e in self._facts.entities) else None
        )

    def _on_list(self, entity: Entity) -> str:
        voice = self._voice
        slots: dict[str, str | Spoken] = {"subject": voice.name(entity)}
        if entity.domain == "calendar":
            return voice.sentence("calendar_now", slots | {"state": voice.state(entity)})
        count = int(float(entity.state)) if entity.state.replace(".", "").isdigit() else 0
        if not count:
            return voice.sentence("items_none", slots)
        slots["count"] = voice.count(count)
        return voice.sentence("items_left", slots, many=count > 1)

    def _forecast(self) -> str | None:
        known = [entity for entity in self._facts.entities if self._facts.is_known(entity)]
        fact = self._facts.of_one(known[0]) if known else None
        return self._voice.sentence("forecast_now", {"fact": fact}) if fact is not None else None
