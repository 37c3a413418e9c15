"""What is answered to questions, from the home as it is."""

from collections.abc import Collection, Mapping, Sequence

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .agenda import async_agenda, async_items
from .clauses import Clauses
from .core.answers import passing
from .core.home import Entity, Home
from .core.parser import Query, Say, Unclear, Unmet
from .core.states import Test
from .forecasts import async_forecast
from .naming import MOST_NAMED, asked_kind
from .quantities import calendar_date, clock
from .speech import ENDS, Sentences

_OPINIONS = ("hot", "cold", "wet", "dry")
"""What is a matter of opinion where a device shows a number."""

_WHAT_PLAYS = ("title", "artist")
_PLAYING = "playing"

type Answer = Unclear | Query | Unmet | Say


class Answers:
    """Answers in one language, about one home at one moment."""

    def __init__(
        self, hass: HomeAssistant, sentences: Sentences, home: Home, context: Context
    ) -> None:
        """Take what is to be known; lists and forecasts are read in the user's name."""
        self._hass = hass
        self._sentences = sentences
        self._say = sentences.say
        self._home = home
        self._context = context
        self._clauses = Clauses(sentences, home)
        self._naming = self._clauses.naming

    async def async_answer(self, answer: Answer) -> str:
        """Return what is said to words that nothing is to be done about, or not yet."""
        if isinstance(answer, Unclear):
            return self._which_one(answer)
        if isinstance(answer, Say):
            return self._talk(answer.key)
        if isinstance(answer, Unmet):
            why = self._why_not(answer.query).rstrip("".join(ENDS))
            return self._sentences.sentence(self._say("unmet", why=why))
        return await self._async_query(answer)

    async def _async_query(self, query: Query) -> str:
        entities = self._entities(query)
        if query.verb not in ("list", "forecast") or not entities:
            return self._found(query, entities)
        there = [entity for entity in entities if entity.available]
        if not there:
            return self._unreachable(entities)
        if query.verb == "forecast":
            weather = [entity for entity in there if entity.domain == "weather"] or there
            told = await async_forecast(self._hass, self._clauses, weather[0], query, self._context)
        elif all(entity.domain == "calendar" for entity in there):
            told = await async_agenda(self._hass, self._clauses, there, query.day, self._context)
        else:
            told = await async_items(self._hass, self._clauses, there, self._context)
        return told

    def _entities(self, query: Query) -> list[Entity]:
        known = self._home.entity_by_id
        entities = [known[each] for each in query.entity_ids if each in known]
        playing = [entity for entity in entities if entity.state == _PLAYING]
        # Who asks what is playing means what plays.
        return playing if playing and query.of in _WHAT_PLAYS else entities

    def _talk(self, key: str) -> str:
        now = dt_util.now()
        time, date = clock(self._sentences, now), calendar_date(self._sentences, now.date())
        return self._say(f"say_{key}", time=time, date=date)

    def _which_one(self, unclear: Unclear) -> str:
        known = self._home.entity_by_id
        entities = [known[each] for each in unclear.entity_ids if each in known]
        names = list(dict.fromkeys(map(self._naming.one, entities)))
        if not names:
            return self._say("say_what")
        if len(names) == len(entities) <= MOST_NAMED:
            return self._say("which", names=self._sentences.listed(names, "or"))
        found = (self._home.area_by_id.get(entity.area_id or "") for entity in entities)
        areas = {area.area_id: self._naming.area(area.name) for area in found if area is not None}
        count = self._sentences.count(len(entities))
        if 1 < len(areas) <= MOST_NAMED:
            rooms = self._sentences.listed(list(areas.values()), "or")
            return self._say("which_room", count=count, rooms=rooms)
        few = self._sentences.joined(names[:MOST_NAMED], "comma")
        return self._say("which_of_many", count=count, names=few)

    def _found(self, query: Query, entities: list[Entity]) -> str:
        """Return what is found when one looks at the devices that a question is about."""
        if not entities:
            return self._nothing(query)
        if query.verb == "where":
            return self._where(entities)
        if query.test is None and query.verb == "count":
            return self._counted(query, entities)
        if query.test is None and query.verb == "state":
            return self._told(query, entities, brief=len(entities) > 1)
        return self._tested(query, entities)

    def _nothing(self, query: Query) -> str:
        kind = asked_kind(query.kind, ())
        if not kind:
            return self._say("say_what")
        none = self._say("none_there", kinds=self._naming.kind(kind))
        return self._sentences.sentence(none)

    def _unreachable(self, entities: Collection[Entity]) -> str:
        return self._say("unavailable", name=self._naming.some(entities))

    def _told(self, query: Query, entities: Sequence[Entity], *, brief: bool = True) -> str:
        """Return what devices are like, and which ones nobody can tell of."""
        groups: dict[str, list[Entity]] = {}
        for entity in entities:
            groups.setdefault(self._clauses.missing(entity, query), []).append(entity)
        told = []
        if there := groups.pop("", None):
            clauses = self._clauses.of(there, query, brief=brief)
            told.append(self._sentences.sentence(self._clauses.listed(clauses)))
        told += [self._say(key, name=self._naming.some(those)) for key, those in groups.items()]
        return self._sentences.joined(told)

    def _where(self, entities: Sequence[Entity]) -> str:
        told: dict[str, list[Entity]] = {}
        for entity in entities:
            told.setdefault(self._place(entity), []).append(entity)
        clauses = [self._clauses.are(those, phrase) for phrase, those in told.items() if phrase]
        lost = told.get("", [])
        sentences: list[str] = []
        if clauses:
            sentences.append(self._sentences.sentence(self._clauses.listed(clauses)))
        if lost:
            sentences.append(self._say("place_not_known", name=self._naming.some(lost)))
        return self._sentences.joined(sentences)

    def _place(self, entity: Entity) -> str:
        """Return where something is, as it stands after "is"; empty if nobody knows."""
        if entity.domain in ("person", "device_tracker"):
            known = entity.available and entity.state != "unknown"
            return self._clauses.state(entity) if known else ""
        area = self._home.area_by_id.get(entity.area_id or "")
        return self._say("in_place", area=self._naming.area(area.name)) if area is not None else ""

    def _counted(self, query: Query, entities: Sequence[Entity]) -> str:
        if all(entity.domain == "todo" for entity in entities):
            return self._told(query, entities)
        kind = self._naming.kind(asked_kind(query.kind, entities), len(entities))
        there_are = self._sentences.counted("there_are", len(entities), kind=kind)
        return self._sentences.sentence(there_are)

    def _tested(self, query: Query, entities: list[Entity]) -> str:
        """Return what is found about devices that may be as it is asked, or not."""
        found = self._passing(query, entities)
        if not any(each is not None for each in found.values()):
            return self._told(query, entities, brief=len(entities) > 1)
        right = [entity for entity in entities if found.get(entity.entity_id)]
        wrong = [entity for entity in entities if found.get(entity.entity_id) is False]
        if query.verb == "count":
            text = self._so_many(query, right)
        elif query.verb == "which":
            these = self._these(query, right) if right else self._none_of(query, wrong)
            text = self._sentences.sentence(these)
        else:
            text = self._yes_or_no(query, right, wrong)
        if (query.verb == "any" and right) or (query.verb == "all" and wrong):
            # The others cannot change that.
            return text
        lost = [e for e in entities if found.get(e.entity_id) is None and not e.available]
        return self._sentences.joined([text, self._unreachable(lost)]) if lost else text

    def _passing(self, query: Query, entities: Sequence[Entity]) -> Mapping[str, bool | None]:
        """Return whether devices are as it is asked; none where that is not to be told."""
        word = query.test.word if query.test is not None else ""
        found = passing(query, self._home)
        if word == "available":
            # Of what cannot be reached, this at least is known.
            return {key: bool(each) for key, each in found.items()}
        if word in _OPINIONS:
            shown = {e.entity_id: self._clauses.number(e, query) for e in entities}
            weather = {e.entity_id for e in entities if e.domain == "weather"}
            opinions = {key for key, number in shown.items() if number is not None} | weather
            return {key: None if key in opinions else each for key, each in found.items()}
        return found

    def _yes_or_no(self, query: Query, right: list[Entity], wrong: list[Entity]) -> str:
        if len(right) + len(wrong) == 1:
            return self._say("yes" if right else "no", what=self._these(query, right or wrong))
        if query.verb == "any":
            what = self._these(query, right) if right else self._none_of(query, wrong)
            return self._say("yes" if right else "no", what=what)
        if not wrong:
            kind = asked_kind(query.kind, right)
            key = self._sentences.known(f"all_of_them_{kind}") or "all_of_them"
            return self._say("yes", what=self._say(key, state=self._word(query, right)))
        is_measured = query.test is not None and not query.test.word
        if query.verb == "all" or (is_measured and not right):
            return self._say("no", what=self._these(query, wrong))
        return self._only(query, right, wrong)

    def _only(self, query: Query, right: list[Entity], wrong: list[Entity]) -> str:
        """Return which ones of several devices are as it is asked, where it is not all of them."""
        word = self._word(query, right or wrong)
        if not right:
            kind = asked_kind(query.kind, wrong)
            key = self._sentences.known(f"none_{kind}") or "none_of_them"
            return self._say("no", what=self._say(key, kinds=self._naming.kind(kind), state=word))
        if len(right) > MOST_NAMED:
            total = str(len(right) + len(wrong))
            return self._say("only_some", count=str(len(right)), total=total, state=word)
        key = "only_many" if self._naming.is_many(right) else "only_one"
        return self._say(key, what=self._naming.named(right), state=word)

    def _these(self, query: Query, entities: Sequence[Entity]) -> str:
        """Return what some devices are like; of many that are as it is asked, just that."""
        clauses = self._clauses.of(entities, query)
        is_word = query.test is not None and query.test.word and query.verb in ("any", "which")
        if is_word and len(clauses) > 1:
            return self._clauses.are(entities, self._word(query, entities))
        return self._clauses.listed(clauses)

    def _none_of(self, query: Query, wrong: Sequence[Entity]) -> str:
        kind = asked_kind(query.kind, wrong)
        key = self._sentences.known(f"none_{kind}") or "none"
        return self._say(key, kinds=self._naming.kind(kind), state=self._word(query, wrong))

    def _so_many(self, query: Query, right: Sequence[Entity]) -> str:
        known = self._home.entity_by_id
        asked = [known[each] for each in query.entity_ids if each in known]
        if not right:
            return self._sentences.sentence(self._none_of(query, asked))
        kind = asked_kind(query.kind, asked)
        so_many = self._naming.so_many(len(right), kind)
        key = "is_one" if len(right) == 1 else "is_many"
        state = self._word(query, right)
        return self._sentences.sentence(self._say(key, what=so_many, state=state))

    def _word(self, query: Query, entities: Sequence[Entity]) -> str:
        """Return what was asked for, as it stands after "is"."""
        test = query.test or Test(word="on")
        if test.word:
            key = self._sentences.known(f"word_{query.kind}_{test.word}", f"word_{test.word}")
            return self._say(key) if key else test.word
        limits = [("above", test.above), ("below", test.below)]
        entity = entities[0]
        return self._sentences.listed(
            [
                self._say(key, value=self._clauses.quantity(number, entity, query))
                for key, number in limits
                if number is not None
            ],
            "clauses_and",
        )

    def _why_not(self, query: Query) -> str:
        """Return why what follows a condition was not done."""
        entities = self._entities(query)
        if not entities:
            return self._nothing(query)
        found = passing(query, self._home)
        right = [entity for entity in entities if found.get(entity.entity_id)]
        wrong = [entity for entity in entities if found.get(entity.entity_id) is False]
        if not right and not wrong:
            return self._told(query, entities)
        if not right and len(wrong) > 1:
            return self._none_of(query, wrong)
        too_low = not right and query.test is not None and query.test.above is not None
        number = self._clauses.number(wrong[0], query) if too_low else None
        if number is not None:
            value = self._clauses.quantity(number, wrong[0], query)
            return self._clauses.are(wrong, self._say("only_at", value=value))
        return self._these(query, right or wrong)
