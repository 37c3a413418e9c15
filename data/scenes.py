"""A scene in which something is said: a house, where the speaker stands, and chance."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
import random

from home_llm_core.actions import ACTIONS, Action, features_needed, supports
from home_llm_core.calls import Call, ResolvedCall, Wanted, resolve
from home_llm_core.formats.tiny_lines import short_word
from home_llm_core.home import Entity, Value
from home_llm_core.parser import Say
from home_llm_core.turns import Turn

from .banks import Group, Pattern
from .domains import domain_of, facts
from .houses import House
from .jotted import jotted
from .mentions import Mentions
from .patterns import Patterns
from .targets import Mention, Target
from .templates import Slot, Spoken
from .values import value

_TRIES = 12
_WHATEVER_PLAYS = ("", "turn_on", "turn_off", "toggle")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What is said, before speech distorts it.

    Args:
        text: the words.
        patterns: the patterns they follow.
        sorts: the sorts of device that they are about.
        values: what is said for each value; noise leaves it alone.

    """

    text: str
    patterns: tuple[Pattern, ...]
    sorts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A request and what is right.

    Args:
        kind: the kind of request.
        sentence: what is said.
        speech: the reply.
        calls: the calls that are right; none where they follow from what is said.
        wanted: what the sentence says, whether it can be done or not; by default, the calls.
        turn: what came of the turn before.
        before: what was said before.

    """

    kind: str
    sentence: Sentence
    speech: str
    calls: tuple[Call, ...] | None = ()
    wanted: tuple[Call | Wanted | Say, ...] = ()
    turn: Turn | None = None
    before: str = ""

    @property
    def said(self) -> tuple[Call | Wanted | Say, ...]:
        """What a model should make of the sentence."""
        return self.wanted or self.calls or ()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a pattern asks to be done.

    Args:
        group: the pattern's group.
        pattern: the pattern.
        sort: the sort of what is meant.
        arguments: the arguments of the call.
        said: what is said for each value, by slot.

    """

    group: Group
    pattern: Pattern
    sort: str
    arguments: Mapping[str, Value]
    said: Mapping[str, str]

    def can(self, entity: Entity) -> bool:
        """Return whether a device can be reached and do this."""
        action = ACTIONS.get(f"{entity.domain}.{self.group.verb}")
        if action is None or not entity.available:
            return False
        return all(supports(entity, f) for f in features_needed(action, self.arguments))

    @property
    def one_by_one(self) -> bool:
        """Whether devices must be named for it."""
        action = ACTIONS.get(f"{domain_of(self.sort)}.{self.group.verb}")
        return action is not None and action.one_by_one

    def calls(self, targets: tuple[Target, ...]) -> tuple[Call, ...]:
        """Return the calls that do this to targets."""
        return tuple(self._done_to(target) for target in targets)

    def _done_to(self, target: Target) -> Call:
        action = self._action(target)
        arguments = self._arguments(action)
        if target.only:
            return Call(action=action.name, devices=target.only, arguments=arguments)
        return Call(
            action=action.name,
            devices=target.devices,
            area=target.area,
            floor=target.floor,
            excluding=target.excluding,
            arguments=arguments,
        )

    def wanted(self, targets: tuple[Target, ...]) -> tuple[Call | Wanted, ...]:
        """Return what a sentence says that asks to do this to targets."""
        return tuple(self._said(target) for target in targets)

    def _said(self, target: Target) -> Call | Wanted:
        action, said = self._action(target), target.said
        arguments = self._arguments(action)
        if not self.group.verb_said:
            return replace(said, action=action.name, arguments=arguments)
        short = {short_word(name): value for name, value in arguments.items()}
        return Wanted(verb=self.group.verb_said, kind=said.kind, target=said, arguments=short)

    def _action(self, target: Target) -> Action:
        return ACTIONS[f"{domain_of(target.sort)}.{self.group.verb}"]

    def _arguments(self, action: Action) -> dict[str, Value]:
        names = (argument.name for argument in action.arguments)
        return {name: self.arguments[name] for name in names if name in self.arguments}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a sentence is said.

    Args:
        house: the house.
        rng: where chance comes from.
        speaker: the id of the area the speaker stands in, if it is known.
        patterns: the patterns that may be used.

    """

    house: House
    rng: random.Random
    speaker: str | None
    patterns: Patterns

    @cached_property
    def mentions(self) -> Mentions:
        """How this speaker refers to things."""
        return Mentions(self.house, self.rng, self.speaker)

    def say(
        self, pattern: Pattern, slots: Mapping[str, str | Spoken], *, plural: bool = False
    ) -> str:
        """Return the sentence of a pattern; ``plural`` is the number that verbs agree with."""
        agreement = self.house.language.agreement

        def fill(slot: Slot) -> str:
            if slot.name in agreement:
                return agreement[slot.name]["many" if plural else "one"]
            found = slots[slot.name]
            return found if isinstance(found, str) else found.form(slot.form)

        return pattern.template.render(self.rng, fill)

    def reply(
        self, key: str, slots: Mapping[str, str | Spoken] | None = None, *, many: bool = False
    ) -> str:
        """Return a reply, with a capital at its beginning."""
        templates = self.house.language.replies[key]["many" if many else "one"]
        text = self.rng.choice(templates).say(self.rng, slots or {})
        return text[:1].upper() + text[1:]

    def listed(self, names: list[str], word: str) -> str:
        """Return names as a list: "a, b or c"; ``word`` is the key of the last joint."""
        text = names[-1]
        for number, name in enumerate(reversed(names[:-1])):
            joint = self.house.language.replies[word if number == 0 else "comma"]["many"]
            text = self.rng.choice(joint).say(self.rng, {"a": name, "b": text})
        return text

    def told_apart(self, entity: Entity) -> str:
        """Return a device's name, with its room where another one is called the same."""
        name = self.house.names[entity.entity_id]
        area = self.house.area_of(entity)
        if area is None or len(self.house.called.get(name.plain, ())) == 1:
            return name.form("the")
        in_area = self.house.language.targets["device_in_area"]["full"][0]
        return in_area.say(self.rng, {"name": name, "area": area})

    def kinds(self, sort: str) -> dict[str, str | Spoken]:
        """Return words for a sort of device, as people may say them."""
        house, rng = self.house, self.rng
        return {"kind": house.kind(sort, "one", rng), "kinds": house.kind(sort, "many", rng)}

    def reply_kinds(self, sort: str) -> dict[str, str | Spoken]:
        """Return words for a sort of device, as replies say them."""
        return {
            "kind": self.house.kind(sort, "one"),
            "kinds": self.house.kind(sort, "many"),
        }

    def wish(self, group: Group, pattern: Pattern, sort: str) -> Wish:
        """Return what a pattern asks for, with values for its slots."""
        arguments: dict[str, Value] = dict(group.arguments)
        said: dict[str, str] = {}
        for slot in sorted(pattern.template.slot_names & facts().slots.keys()):
            argument = facts().slots[slot].argument
            arguments[argument], said[slot] = value(slot, self.house.language, self.rng, pattern)
        self.mentions.playing = group.verb not in _WHATEVER_PLAYS
        return Wish(group=group, pattern=pattern, sort=sort, arguments=arguments, said=said)

    def wish_for(self, sort: str) -> Wish | None:
        """Return a wish with a target that can be wished of a sort, if one came to mind."""
        for _ in range(_TRIES):
            found = self.patterns.command_for(sort, self.rng)
            if found is not None and "target" in found[1].template.slot_names:
                return self.wish(*found, sort)
        return None

    def by_name(
        self, entity: Entity, names: Collection[str], slots: dict[str, str | Spoken]
    ) -> Mention | None:
        """Return a mention of a device by its name alone, if that is enough.

        Args:
            entity: the device.
            names: the slots of the sentence, which may name the place where it is.
            slots: what is said for slots; the place is put there.

        """
        place = next((name for name in ("area", "floor") if name in names), "")
        area = self.house.home.area_by_id.get(entity.area_id or "")
        if place:
            where = area.area_id if area is not None and place == "area" else None
            where = area.floor_id if area is not None and place == "floor" else where
            if where is None:
                return None
            slots[place] = self.house.names[where]
        return self.mentions.named(entity, place)

    def able(self, wish: Wish, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """Return targets without what cannot do a wish, where it is enough that some can."""
        entities = self.house.home.entity_by_id
        devices = self.house.printed.devices

        def can(target: Target) -> Target:
            able = tuple(d for d in target.only if wish.can(entities[devices[d]]))
            return replace(target, only=able) if able else target

        return tuple(map(can, targets))

    def resolve(self, calls: tuple[Call, ...]) -> list[ResolvedCall]:
        """Return what calls come to.

        Raises:
            CallError: one of them may not or cannot be carried out.

        """
        return [resolve(call, self.house.home, self.house.printed) for call in calls]

    def touched(self, calls: tuple[Call, ...]) -> set[str]:
        """Return the ids of the devices that calls reach.

        Raises:
            CallError: one of them may not or cannot be carried out.

        """
        return {entity_id for call in self.resolve(calls) for entity_id in call.entity_ids}

    def sentence(
        self,
        pattern: Pattern,
        slots: Mapping[str, str | Spoken],
        sorts: tuple[str, ...] = (),
        mention: Mention | None = None,
        values: tuple[str, ...] = (),
    ) -> Sentence:
        """Return the sentence of a pattern; verbs agree with ``mention``."""
        text = self.say(pattern, slots, plural=mention is not None and mention.plural)
        return Sentence(text=text, patterns=(pattern,), sorts=sorts, values=values)

    def word(self, name: str) -> str:
        """Return a word of a list."""
        return self.house.namer.listed(name)

    def jotted(self, pool: str) -> str:
        """Return words that somebody notes down: see ``jotted.py``."""
        return jotted(self.house.namer, pool, self.rng)

    def wished(
        self, wish: Wish, mention: Mention, slots: Mapping[str, str | Spoken] | None = None
    ) -> Sentence:
        """Return the sentence of a wish about what is mentioned."""
        said = {"target": mention, **wish.said, **(slots or {})}
        sorts = tuple(dict.fromkeys(target.sort for target in mention.targets))
        return Sentence(
            text=self.say(wish.pattern, said, plural=mention.plural),
            patterns=(wish.pattern,),
            sorts=sorts or (wish.sort,),
            values=tuple(wish.said.values()),
        )
