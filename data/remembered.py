"""A house as it was when a line of a training set was written, as far as the line tells."""

from collections.abc import Mapping
from functools import lru_cache
import random
from typing import Any

from home_llm_core.home import home_from_dict
from home_llm_core.text import label

from .domains import NO_CLASS, domain_of, sort_of
from .houses import House
from .names import TWIN, Name, Namer, Vocabulary, forms_by
from .schema import load
from .templates import Template

_PLACES = ("area", "floor")


def house_of(line: Mapping[str, Any]) -> House:
    """Return the house of a line.

    What a name's forms are is not written there, but the style that it was built in.

    Raises:
        BankError: there are no banks for its language.
        CoreError: its home cannot be read.

    """
    home, code, styles = home_from_dict(line["home"]), line["language"], line["names"]["styles"]
    texts = {area.area_id: ("area", area.name) for area in home.areas}
    texts |= {floor.floor_id: ("floor", floor.name) for floor in home.floors}
    for entity in home.entities:
        sort = sort_of(entity)
        texts[entity.entity_id] = sort, entity.name
        texts |= {f"alias {label(alias)}": (sort, alias) for alias in entity.aliases}
    names = {key: _name(code, *text, styles.get(key, "")) for key, text in texts.items()}
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


def _name(code: str, kind: str, text: str, style: str) -> Name:
    plain = label(text)
    own = _styles(code, kind).get(style.removeprefix(TWIN), {})
    forms = {**load(code).forms.get(kind, {}), **own}
    said = {key: form.say(random.Random(plain), {"name": plain}) for key, form in forms.items()}
    return Name(text=text, forms={"": plain} | said, style=style)


@lru_cache(maxsize=256)
def _styles(code: str, kind: str) -> Mapping[str, Mapping[str, Template]]:
    """Return the forms of styles of names, as far as they hold nothing but the name."""
    styles, grammar = load(code).styles, load(code).grammar
    domain = kind if kind in _PLACES else domain_of(kind)
    keys = (kind, f"{kind}_{NO_CLASS}", domain)
    words = [
        word for key in keys for each in (key, f"invented_{key}") for word in styles.get(each, ())
    ]
    return {
        word.text.source: {
            key: form
            for key, form in (*forms_by(word.gender, grammar).items(), *word.forms.items())
            if form.slot_names <= {"name"}
        }
        for word in reversed(words)  # What is said of the kind itself comes last.
    }
