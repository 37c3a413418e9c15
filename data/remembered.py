"""A house as it was when a line of a training set was written, as far as the line tells."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
import random
import re
from typing import Any

from home_llm_core.home import home_from_dict
from home_llm_core.text import label

from .domains import NO_CLASS, domain_of, sort_of
from .houses import House
from .names import Name, Namer, Vocabulary
from .schema import load
from .templates import Template

_SLOT = re.compile(r"\\\{[a-z_.]+\\\}")
_PLACES = ("area", "floor")


def house_of(line: Mapping[str, Any]) -> House:
    """Return the house of a line.

    Which article a name takes is not written there; it is read off the styles of names.

    Raises:
        BankError: there are no banks for its language.
        CoreError: its home cannot be read.

    """
    home, code = home_from_dict(line["home"]), line["language"]
    names = {area.area_id: _name(code, "area", area.name) for area in home.areas}
    names |= {floor.floor_id: _name(code, "floor", floor.name) for floor in home.floors}
    for entity in home.entities:
        sort = sort_of(entity)
        names[entity.entity_id] = _name(code, sort, entity.name)
        names |= {f"alias {label(alias)}": _name(code, sort, alias) for alias in entity.aliases}
    return House(
        home=home,
        language=load(code),
        split=line["split"],
        namer=Namer(_vocabulary(code, line["split"]), random.Random(str(line["id"])), 0.0),
        names=names,
        known=dict.fromkeys(line["domains"], 1.0),
    )


@lru_cache(maxsize=8)
def _vocabulary(code: str, split: str) -> Vocabulary:
    return Vocabulary(load(code), split)


def _name(code: str, kind: str, text: str) -> Name:
    plain = label(text)
    forms = dict(load(code).forms.get(kind, {}))
    for pattern, own in _styles(code, kind):
        if pattern.fullmatch(plain):
            forms |= own
            break
    said = {key: form.say(random.Random(plain), {"name": plain}) for key, form in forms.items()}
    return Name(text=text, forms={"": plain} | said)


@lru_cache(maxsize=256)
def _styles(code: str, kind: str) -> tuple[tuple[re.Pattern[str], Mapping[str, Template]], ...]:
    """Return the styles of names that take other forms than most: how they look, and the forms."""
    styles, domain = load(code).styles, kind if kind in _PLACES else domain_of(kind)
    keys = (kind, f"{kind}_{NO_CLASS}", domain)
    words = [
        word for key in keys for each in (key, f"invented_{key}") for word in styles.get(each, ())
    ]
    return tuple(
        (re.compile("|".join(_expressions(word.text))), own)
        for word in words
        if (own := {k: form for k, form in word.forms.items() if form.slot_names <= {"name"}})
    )


def _expressions(template: Template) -> Iterator[str]:
    for skeleton in template.skeletons():
        yield _SLOT.sub(".+", re.escape(skeleton.lower()))
