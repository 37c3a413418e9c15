"""Words that ask for nothing the home could do."""

from home_llm_core.parser import Say

from .domains import sort_of
from .mentions import Mention
from .scenes import Draft, Scene
from .templates import Spoken

_ABOUT_A_ROOM = 0.3


def talk(scene: Scene, kind: str) -> Draft | None:
    """Return talk of a kind: ``not_a_request``, ``small_talk``, or a wish for another domain."""
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
    if "target" in pattern.template.slot_names:
        entity = rng.choice(house.home.entities)
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
    # What the house does not have is missing like any other thing.
    key = group.talk if group.talk in Say.KEYS else "absent"
    speech = scene.reply(group.talk)
    return Draft(kind=group.kind, sentence=sentence, speech=speech, wanted=(Say(key=key),))
