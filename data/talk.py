"""Words that ask for nothing the home could do."""

from home_llm_core.parser import Say

from .banks import Group, Pattern
from .domains import domain_of, facts, sort_of
from .scenes import Draft, Scene
from .targets import Mention
from .templates import Spoken
from .values import duration, value

_ABOUT_A_ROOM = 0.3
_NEVER_SWITCHED = (
    *("sensor", "binary_sensor", "person", "weather", "calendar", "todo", "button"),
    *("input_button", "number", "input_number", "select", "input_select"),
)
_NOW = {"time": "some_time", "date": "some_date"}
"""The keys of what replies say that tell the time or the date."""


def talk(scene: Scene, kind: str) -> Draft | None:
    """Return talk of a kind: ``not_a_request`` or ``small_talk``."""
    house, rng = scene.house, scene.rng
    group, pattern = scene.patterns.talk(rng, kind)
    slots: dict[str, str | Spoken] = {}
    mention: Mention | None = None
    if "area" in pattern.template.slot_names:
        if not house.home.areas:
            return None
        slots["area"] = house.names[rng.choice(house.home.areas).area_id]
    slots |= _values(scene, pattern)
    if "target" in pattern.template.slot_names:
        fitting = [entity for entity in house.home.entities if _fits(group, sort_of(entity))]
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
    said = scene.house.language.replies
    now = {slot: said[key]["one"][0].source for slot, key in _NOW.items() if key in said}
    speech = scene.reply(group.talk, now)
    return Draft(kind=group.kind, sentence=sentence, speech=speech, wanted=(Say(key=group.talk),))


def _fits(group: Group, sort: str) -> bool:
    """Return whether words can be about a sort; most of them are about what can be switched."""
    return group.is_about(sort) if group.about else domain_of(sort) not in _NEVER_SWITCHED


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
