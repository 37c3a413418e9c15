"""Words that ask for nothing the home could do."""

from home_llm_core.parser import Say

from .banks import Pattern
from .domains import facts, sort_of
from .mentions import Mention
from .scenes import Draft, Scene
from .templates import Spoken
from .values import duration, value

_ABOUT_A_ROOM = 0.3
_NOW = {"time": "half past seven", "date": "Saturday"}


def talk(scene: Scene, kind: str) -> Draft | None:
    """Return talk of a kind: ``not_a_request`` or ``small_talk``."""
    house, rng = scene.house, scene.rng
    group, pattern = scene.patterns.talk(rng, kind)
    if any(entity.domain in group.without for entity in house.home.entities):
        return None
    slots: dict[str, str | Spoken] = {}
    mention: Mention | None = None
    if "area" in pattern.template.slot_names:
        if not house.home.areas:
            return None
        slots["area"] = house.names[rng.choice(house.home.areas).area_id]
    slots |= _values(scene, pattern)
    if "target" in pattern.template.slot_names:
        fitting = [e for e in house.home.entities if not group.about or group.is_about(sort_of(e))]
        if not fitting:
            return None
        entity = rng.choice(fitting)
        if entity.area_id is not None and rng.random() < _ABOUT_A_ROOM:
            mention = scene.mentions.area(entity.area_id, sort_of(entity))
        else:
            mention = scene.mentions.device(entity)
        if mention is None:
            return None
        slots["target"] = mention
    sentence = scene.sentence(pattern, slots, mention=mention)
    if mention is None and house.names_in(sentence.text):
        return None  # "Good night" is a scene here.
    speech = scene.reply(group.talk, _NOW)
    return Draft(kind=group.kind, sentence=sentence, speech=speech, wanted=(Say(key=group.talk),))


def _values(scene: Scene, pattern: Pattern) -> dict[str, str | Spoken]:
    """Return what is said for the values of a pattern; nobody is to do anything with them."""
    language, rng = scene.house.language, scene.rng
    said: dict[str, str | Spoken] = {
        slot: value(slot, language, rng)[1]
        for slot in sorted(pattern.template.slot_names & facts().slots.keys())
    }
    if "duration" in pattern.template.slot_names:
        form = pattern.template.form_of("duration")
        said["duration"] = duration(language, rng, form)[1]
    return said
