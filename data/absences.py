"""Requests for devices, kinds and rooms that are not there, though something like them may be."""

from home_llm_core.calls import EVERYWHERE
from home_llm_core.home import Entity
from home_llm_core.parser import Say
from home_llm_core.vocabulary import EVERY_LANGUAGE

from .domains import domain_of, sort_of
from .names import Name
from .patterns import literals
from .questions import looked_for
from .scenes import Draft, Scene, Wish
from .targets import Mention, Target
from .templates import Spoken, tidy
from .writing import is_character, split_words

ABSENT = (Say(key="absent"),)

_TRIES = 12
_WITH_A_ROOM = 0.3
_NEAR = 0.5
_IN_A_ROOM = 0.75
_ON_A_FLOOR = 0.3
_ENDING = "'s"

_ONLY_FOR = {"light": ("color_name", "color_temp_kelvin"), "climate": ("temperature",)}
_UNLIKE = {
    "lock": ("cover", "light", "media_player"),
    "light": ("cover", "fan", "lock", "media_player", "vacuum", "valve", "climate"),
    "climate": ("switch", "lock", "vacuum"),
}
"""Domains that nobody means by what is only said of locks, of colours, or of degrees."""


def absent_device(scene: Scene) -> Draft | None:
    """Return a request for a device that is not there, though one may be called much like it."""
    sort = _any_sort(scene)
    wish = scene.wish_for(sort)
    name = _absent_name(scene, sort)
    if wish is None or name is None:
        return None
    many = scene.house.is_plural(name)
    mention = Mention(forms=scene.mentions.say("device", {"name": name})[0], plural=many)
    speech = scene.reply("absent_device", {"thing": name.plain}, many=many)
    sentence = scene.wished(wish, mention)
    return Draft(kind="absent_device", sentence=sentence, speech=speech, wanted=ABSENT)


def absent_asked(scene: Scene) -> Draft | None:
    """Return a question about a device that is not there."""
    group, pattern = scene.patterns.question(scene.rng)
    sorts = [sort for sort in scene.house.known if group.is_about(sort)]
    is_of_one = "target" in pattern.template.slot_names and group.scope != "room"
    if not sorts or not is_of_one:
        return None
    sort = scene.rng.choice(sorts)
    name = _absent_name(scene, sort)
    if name is None:
        return None
    many = scene.house.is_plural(name)
    mention = Mention(forms=scene.mentions.say("device", {"name": name})[0], plural=many)
    said = looked_for(scene, group, pattern)[1]
    slots: dict[str, str | Spoken] = {**scene.kinds(sort), "target": mention, **said}
    sentence = scene.sentence(pattern, slots, (sort,), mention)
    speech = scene.reply("absent_device", {"thing": name.plain}, many=many)
    return Draft(kind="absent_device", sentence=sentence, speech=speech, wanted=ABSENT)


def _absent_name(scene: Scene, sort: str) -> Name | None:
    house, rng = scene.house, scene.rng
    areas = house.home.areas
    alike = [e for e in house.home.entities if len(house.names[e.entity_id].words) > 1]
    for _ in range(_TRIES):
        with_room = areas and rng.random() < _WITH_A_ROOM
        area = house.names[rng.choice(areas).area_id] if with_room else None
        name: Name | None = house.namer.name(sort, area)
        if name is not None and alike and rng.random() < _NEAR:
            name = _near(scene, house.names[rng.choice(alike).entity_id], name)
        if name is not None and not _could_be_meant(scene, name, sort):
            return name
    return None


def _near(scene: Scene, old: Name, other: Name) -> Name | None:
    """Return a name that differs from a present one in a word that matters."""
    house, parts = scene.house, scene.house.language.parts
    words = parts(old.plain)
    kinds = frozenset[str]().union(*(house.kind_words(sort) for sort in house.sorts))
    telling = [n for n, word in enumerate(words) if word not in kinds and _ENDING not in word]
    fresh = [w for w in parts(other.plain) if w not in house.words | kinds and _ENDING not in w]
    if not telling:
        return None
    at = scene.rng.choice(telling)
    # A number takes the place of a number: "lamp 3" where there is a "lamp 2".
    fresh = [word for word in fresh if word.isdigit() == words[at].isdigit()]
    if not fresh:
        return None
    words[at] = scene.rng.choice(fresh)
    return old.renamed(tidy(" ".join(words)), house.language.grammar)


def _could_be_meant(scene: Scene, name: Name, sort: str) -> bool:
    """Return whether a sensible person could find something in the house that is so called."""
    house = scene.house
    lists = house.language.lists.get(f"{sort}_kind", ())
    kinds = {part for word in lists for part in split_words(word.text.source)}
    words = {word.removesuffix(_ENDING) for word in name.words}
    unknown = words - kinds - house.kind_words(sort) - house.words
    return not any(_is_strange(word, house.words) for word in unknown)


def _is_strange(word: str, known: frozenset[str]) -> bool:
    """Return whether a word is not a slip of the tongue or the keyboard for a known one."""
    if is_character(word):
        return word not in known | EVERY_LANGUAGE.vague_words
    return not any(_alike(word, other) for other in known)


def _alike(first: str, second: str) -> bool:
    longer = max(len(first), len(second))
    if abs(len(first) - len(second)) > 2:  # noqa: PLR2004 - slips are small
        return False
    head = sum(a == b for a, b in zip(first, second, strict=False))
    tail = sum(a == b for a, b in zip(reversed(first), reversed(second), strict=False))
    return max(head, tail) >= longer - 2 or (longer > 3 and head + tail >= longer - 1)  # noqa: PLR2004


def _any_sort(scene: Scene) -> str:
    sorts = scene.house.known
    return scene.rng.choices(tuple(sorts), tuple(sorts.values()))[0]


def absent_kind(scene: Scene) -> Draft | None:
    """Return a request for a kind of device that a room, or the whole house, does not have."""
    house, rng = scene.house, scene.rng
    sort = _any_sort(scene)
    wish = scene.wish_for(sort)
    if wish is None:
        return None
    # Who asks for blinds where there are curtains may well mean those.
    domain = domain_of(sort)
    without = [a.area_id for a in house.home.areas if not house.home.in_area(a.area_id, domain)]
    slots = scene.kinds(sort)
    replies = scene.reply_kinds(sort)
    if without and rng.random() < _IN_A_ROOM:
        without_it = rng.choice(without)
        area = house.names[without_it]
        forms, plural = scene.mentions.say("area", slots | {"area": area})
        speech = scene.reply("absent_kind", replies | {"place": area.form("in")})
        telling = area.words
        target = Target(sort=sort, area=house.area_line[without_it])
    elif not house.home.of_domain(domain):
        scope = rng.choice(("kind", "house"))
        forms, plural = scene.mentions.say(scope, slots)
        speech = scene.reply("absent_kind_here", replies)
        telling = house.kind_words(sort)
        target = Target(sort=sort, devices=(EVERYWHERE,) if scope == "house" else ())
    else:
        return None
    # A device whose name holds the words could be meant after all.
    if any(telling & set(split_words(name)) for name in house.called):
        return None
    sentence = scene.wished(wish, Mention(forms=forms, plural=plural))
    said = wish.wanted((target,))
    return Draft(kind="absent_device", sentence=sentence, speech=speech, wanted=said)


def absent_verb(scene: Scene) -> Draft | None:
    """Return a request for what no device of the kind that is named can do: to lock a blind."""
    sort = scene.rng.choice(tuple(_UNLIKE))
    wishes = (scene.wish_for(sort) for _ in range(_TRIES))
    wish = next((each for each in wishes if each and _is_only_for(sort, each)), None)
    others = [e for e in scene.house.home.entities if e.domain in _UNLIKE[sort] and e.available]
    if wish is None or not others:
        return None
    entity = scene.rng.choice(others)
    # "Shut it" is said of locks and of blinds, and in Chinese lamps are opened.
    known = scene.patterns.said_to(sort_of(entity))
    if sort == "lock" and (wish.group.verb != "lock" or literals(wish.pattern) <= known):
        return None
    mention = scene.mentions.device(entity)
    # Who asks for a door to be locked means the lock there.
    if mention is None or (sort == "lock" and _has_a_lock(scene, entity)):
        return None
    speech = scene.reply("cannot", {"subject": mention.subject}, many=mention.many)
    sentence = scene.wished(wish, mention)
    return Draft(kind="absent_ability", sentence=sentence, speech=speech, wanted=ABSENT)


def _has_a_lock(scene: Scene, entity: Entity) -> bool:
    """Return whether there is a lock in the same room, or one that is called alike."""
    names = scene.house.names
    own = names[entity.entity_id].words
    return any(
        lock.area_id == entity.area_id or own & names[lock.entity_id].words
        for lock in scene.house.home.of_domain("lock")
    )


def _is_only_for(sort: str, wish: Wish) -> bool:
    return sort not in _ONLY_FOR or not wish.arguments.keys().isdisjoint(_ONLY_FOR[sort])


def absent_room(scene: Scene) -> Draft | None:
    """Return a request for a room or a floor that is not there."""
    house = scene.house
    place = "floor" if scene.rng.random() < _ON_A_FLOOR else "area"
    area = house.namer.name(place)
    unknown = {word.removesuffix(_ENDING) for word in area.words} - house.words
    if not any(_is_strange(word, house.words) for word in unknown):
        return None
    group, pattern = scene.patterns.command(scene.rng)
    names = pattern.template.slot_names
    known = house.known
    sorts = [sort for sort in known if group.fits(sort)]
    if not sorts:
        return None
    sort = scene.rng.choices(sorts, [known[sort] for sort in sorts])[0]
    slots: dict[str, str | Spoken] = {place: area}
    mention = Mention(forms={})
    if "target" in names:
        slots |= scene.kinds(sort)
        forms, plural = scene.mentions.say(place, slots)
        mention = Mention(forms=forms, plural=plural)
    elif place not in names:
        return None
    wish = scene.wish(group, pattern, sort)
    speech = scene.reply("absent_room", {"thing": area.plain})
    sentence = scene.wished(wish, mention, slots)
    return Draft(kind="absent_room", sentence=sentence, speech=speech, wanted=ABSENT)
