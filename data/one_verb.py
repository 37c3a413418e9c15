"""Commands that share a verb: "set the kitchen to 20 and the bedroom to 18"."""

from dataclasses import dataclass, replace
from functools import lru_cache
import re

from home_llm_core.calls import Call

from .banks import Group, Pattern
from .commands import carried_out, command_of
from .domains import facts
from .joining import COMMANDS, SLOT, in_one_sentence, is_one_clause, joined
from .one_place import is_of_a_room
from .patterns import Patterns
from .scenes import Draft, Scene
from .templates import Spoken
from .writing import split_words

_TARGET = re.compile(r"\{(?:target|area|floor)[.}]")
_NOT_JOINED = ("exclusion", "several", "house", "satellite", "only_one")
_LONGEST = 4
_TRIES_EACH = 8
_ALIKE = 0.6
_TAIL_SAID_ONCE = 0.85
_ONES = 0.7


@dataclass(frozen=True, kw_only=True)
class _Parted:
    """A pattern in its parts.

    Args:
        group: its group.
        pattern: the whole.
        opening: what comes before that which it is about: the verb.
        rest: all that comes after.
        tail: what comes after the last slot; Japanese has its verb there.

    """

    group: Group
    pattern: Pattern
    opening: str
    rest: str
    tail: str

    @property
    def meaning(self) -> tuple[str, str]:
        """What is done, however it is said."""
        return self.group.verb, str(sorted(self.group.arguments.items()))

    @property
    def has_value(self) -> bool:
        """Whether a value is said that may be another one each time."""
        return not self.pattern.template.slot_names.isdisjoint(facts().slots)

    @property
    def is_alike(self) -> bool:
        """Whether it can be said again with another value, and something else is left out."""
        return self.has_value and bool(self.opening.strip() or self.tail.strip())

    @property
    def is_of_target(self) -> bool:
        """Whether it says after what it is about what is to be done, and names no place."""
        slots = self.pattern.template.slot_names
        return self.rest.startswith("{target") and slots.isdisjoint(("area", "floor"))

    @property
    def without_target(self) -> Pattern:
        """The pattern without its verb and without what it is about."""
        whole = self.said(opens=False, closes=True)
        text = self.rest.partition("}")[2].strip()
        return replace(whole, template=replace(whole.template, source=text))

    def said(self, *, opens: bool, closes: bool) -> Pattern:
        """Return the pattern without the parts that another one says for it."""
        text = (self.opening if opens else "") + self.rest
        text = text if closes else text.removesuffix(self.tail)
        template = replace(self.pattern.template, source=text)
        name = self.pattern.name or self.pattern.template.source
        return replace(self.pattern, template=template, name=name)


def with_one_verb(scene: Scene, count: int) -> Draft | None:
    """Return commands of which the first alone says the verb, or the last."""
    alike = scene.rng.random() < _ALIKE
    first = _first(scene, alike=alike)
    if first is None:
        return None
    closes = not (alike and first.tail and scene.rng.random() < _TAIL_SAID_ONCE)
    drafts: list[Draft] = []
    touched: set[str] = set()
    said: list[_Parted] = []
    for _ in range(count * _TRIES_EACH):
        sort = _some_sort(scene)
        each = first if alike or not drafts else _another(scene, sort, said)
        if each is None or not each.group.fits(sort):
            continue
        closed = closes or len(drafts) == count - 1
        draft = _clause(scene, sort, each, drafts, closes=closed)
        found = scene.touched(draft.calls or ()) if draft is not None else set()
        if draft is None or found & touched:
            continue
        touched |= found
        drafts.append(draft)
        said.append(each)
        if len(drafts) == count:
            joints = [j for j in scene.house.language.shared["joints"] if "} {" not in j.source]
            return joined(scene, drafts, in_one_sentence(scene, drafts, joints))
    return None


def in_two_places(scene: Scene) -> Draft | None:
    """Return two wishes for the same sort: "lights on in the kitchen and off in the hall"."""
    rng, house, sort = scene.rng, scene.house, _some_sort(scene)
    ways = house.language.shared.get("each", ())
    pool = [each for each in _parted(scene.patterns, sort) if each.is_of_target]
    areas = house.areas_with(sort)
    if not (ways and pool and is_of_a_room(sort)) or len(areas) < 2:  # noqa: PLR2004 - a pair
        return None
    first = rng.choice(pool)
    alike = first.has_value and rng.random() < _ALIKE
    second = first if alike else _another(scene, sort, [first])
    if second is None or not second.is_of_target:
        return None
    drafts = []
    patterns = first.said(opens=True, closes=True), second.without_target
    for each, pattern, area_id in zip((first, second), patterns, rng.sample(areas, 2), strict=True):
        mention = scene.mentions.kind_in(sort, area_id=area_id)
        wish = scene.wish(each.group, pattern, sort)
        draft = carried_out(scene, wish, mention, {}, plain=True) if mention is not None else None
        if draft is None or not draft.calls:
            return None
        slots: dict[str, str | Spoken] = {"a": draft.sentence.text, "area": house.names[area_id]}
        text = rng.choice(ways).say(rng, slots)
        drafts.append(replace(draft, sentence=replace(draft.sentence, text=text)))
    joints = [j for j in house.language.shared["joints"] if "} {" not in j.source]
    return joined(scene, drafts, in_one_sentence(scene, drafts, joints))


def _first(scene: Scene, *, alike: bool) -> _Parted | None:
    """Return a pattern from which others can borrow; ``alike`` if they are the same one."""
    pool = _parted(scene.patterns, _some_sort(scene))
    found = [each for each in pool if (each.is_alike if alike else each.opening.strip())]
    return scene.rng.choice(found) if found else None


def _some_sort(scene: Scene) -> str:
    return scene.rng.choices(scene.house.sorts, cum_weights=scene.house.sort_weights)[0]


def _clause(
    scene: Scene, sort: str, each: _Parted, before: list[Draft], *, closes: bool
) -> Draft | None:
    """Return a command without the words that another one says for it."""
    pattern = each.said(opens=not before, closes=closes)
    draft = None
    if before and scene.rng.random() < _ONES:
        draft = _ones_elsewhere(scene, before[-1], each.group, pattern)
    if draft is None:
        draft = command_of(scene, sort, each.group, pattern, plain=True)
    return draft if draft and draft.calls and draft.kind not in _NOT_JOINED else None


def _ones_elsewhere(scene: Scene, before: Draft, group: Group, pattern: Pattern) -> Draft | None:
    """Return a command for the same sort in another room: "… and those in the hall to 30"."""
    sort, said = before.sentence.sorts[0], before.said[0]
    if not isinstance(said, Call) or not said.area or len(before.said) > 1:
        return None
    if not group.fits(sort) or "target" not in pattern.template.slot_names:
        return None
    areas = [a for a in scene.house.areas_with(sort) if scene.house.area_line[a] != said.area]
    if not areas:
        return None
    area_id = scene.rng.choice(areas)
    those = scene.mentions.those_in(area_id, sort)
    if those is None:
        return None
    mention = replace(those, targets=scene.mentions.implied_in(area_id, sort).targets)
    return carried_out(scene, scene.wish(group, pattern, sort), mention, {}, plain=True)


def _another(scene: Scene, sort: str, said: list[_Parted]) -> _Parted | None:
    """Return a pattern that begins as those that were said, and means something else."""
    meant = {each.meaning for each in said}
    found = [
        each
        for each in _parted(scene.patterns, sort)
        if each.opening == said[0].opening and each.meaning not in meant
    ]
    return scene.rng.choice(found) if found else None


@lru_cache(maxsize=2048)
def _parted(patterns: Patterns, sort: str) -> tuple[_Parted, ...]:
    """Return the patterns of commands for a sort that can share a verb with others."""
    every = patterns.commands_for(sort)
    found = (
        _parts(*each) for each in every if each[0].kind in COMMANDS and each[0].verb != "toggle"
    )
    return tuple(each for each in found if each is not None)


def _parts(group: Group, pattern: Pattern) -> _Parted | None:
    source = pattern.template.source
    target = _TARGET.search(source)
    if target is None or not is_one_clause(source):
        return None
    opening, rest = source[: target.start()], source[target.start() :]
    tail = rest[rest.rindex("}") + 1 :]
    if "{" in opening or not _is_whole(opening) or rest.partition("}")[2].strip() == "":
        return None
    tail = tail if _is_whole(tail) else ""
    if max(len(split_words(opening)), len(split_words(SLOT.sub(" ", tail)))) > _LONGEST:
        return None
    return _Parted(group=group, pattern=pattern, opening=opening, rest=rest, tail=tail)


def _is_whole(text: str) -> bool:
    """Return whether every bracket of a part is closed in it."""
    depth = 0
    for each in text:
        depth += (each in "([") - (each in ")]")
        if depth < 0 or (depth == 0 and each == "|"):
            return False
    return depth == 0
