"""Wrong replies made by code: allowed, near the right one, and wrong."""

import random
from typing import Any

from home_llm_core.calls import Call, resolve
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home, home_from_dict
from home_llm_core.parser import Say
from tests.training.conftest import ALLOWED
from training.contrast import Asked, contrast
from training.scoring import expected_effects

HOME = Home(
    entities=tuple(
        Entity(
            entity_id=f"light.{name}",
            name=f"{name} lamp",
            area_id=area,
            state="off",
            features=frozenset({"dim"}),
        )
        for name, area in (("desk", "office"), ("floor", "office"), ("bed", "attic"))
    ),
    areas=(Area(area_id="office", name="Office"), Area(area_id="attic", name="Attic")),
)
NAMES = {entity_id: line for line, entity_id in TINY.names(HOME).devices.items()}
DESK, FLOOR = (NAMES[f"light.{name}"] for name in ("desk", "floor"))


def asked_in(home: Home, text: str, wanted: Call | Say | None, right: str = "") -> Asked:
    """Return a request; its right reply is that of the call, unless it is given."""
    heard, names, calls = TINY.hear(text, home, allowed=ALLOWED), TINY.names(home), []
    if isinstance(wanted, Call):
        resolved = resolve(wanted, home, names)
        ids, arguments = list(resolved.entity_ids), dict(wanted.arguments)
        calls = [{"action": wanted.action, "entity_ids": ids, "arguments": arguments}]
    return Asked(
        heard=heard,
        home=home,
        names=names,
        allowed=ALLOWED,
        effects=expected_effects(calls),
        right=right or heard.reply([wanted] if wanted is not None else []),
    )


def contrasts(asked: Asked) -> dict[str, set[str]]:
    """Return wrong replies by what was changed, over many draws."""
    found: dict[str, set[str]] = {}
    for seed in range(60):
        drawn = contrast(asked, random.Random(seed))
        assert drawn is not None
        kind, text = drawn
        assert asked.allows(text)
        assert asked.outcome(text) != "exact"
        found.setdefault(kind, set()).add(text)
    return found


def test_a_call_with_another_letter_verb_or_value() -> None:
    call = Call(action="light.turn_on", devices=(DESK,), arguments={"brightness": 30})
    asked = asked_in(HOME, "the desk lamp at 30 percent, not the floor lamp", call)
    found = contrasts(asked)

    assert asked.right == "> on light A = brightness 30\n"
    assert found["letter"] == {"> on light B = brightness 30\n"}
    assert found["value"] <= {f"> on light A = brightness {n}\n" for n in (31, 29, 40, 20, 3)}
    assert len(found["value"]) > 1
    assert "verb" not in found  # Nothing else takes a brightness.
    assert all(text.startswith("> say ") for text in found["speech"])
    # Most of what is learned to be avoided is a wrong action.
    assert set(found) == {"letter", "value", "speech"}


def test_each_of_several_lines_is_changed_on_its_own() -> None:
    text = "the desk lamp off and the floor lamp on"
    right = "> off light A\n> on light B\n"
    off = Call(action="light.turn_off", devices=(DESK,))
    asked = asked_in(HOME, text, off, right)
    found = contrasts(asked)

    for changed in found["letter"] | found["verb"]:
        pairs = zip(changed.splitlines(), right.splitlines(), strict=True)
        assert sum(line != was for line, was in pairs) == 1


def test_a_question_about_another_day() -> None:
    weather = Entity(entity_id="weather.home", name="Forecast Home", state="rainy")
    right = "> forecast weather = day tomorrow\n"
    asked = asked_in(Home(entities=(weather,)), "how will it be tomorrow", None, right)
    days = contrasts(asked)["value"]
    assert "> forecast weather = day monday\n" in days
    assert all(text.startswith("> forecast weather = day ") for text in days)


def test_what_comes_to_the_same_is_no_contrast(homes: list[dict[str, Any]]) -> None:
    home = home_from_dict(homes[0]["home"])
    asked = asked_in(
        home, "make the kitchen dark", Call(action="light.turn_off", area="area kitchen")
    )

    assert asked.right == "> off light: A\n"
    assert asked.allows("> off light: all\n")
    assert asked.outcome("> off light: all\n") == "exact"
    assert "letter" not in contrasts(asked)


def test_a_call_where_nothing_is_to_be_done() -> None:
    asked = asked_in(HOME, "do not switch the desk lamp off", Say(key="nothing"))
    found = contrasts(asked)

    assert set(found) == {"call"}
    assert "> off light A\n" in found["call"]
    assert {asked.outcome(text) for text in found["call"]} == {"wrong"}


def test_a_question_is_changed_to_another_one() -> None:
    asked = asked_in(HOME, "is the desk lamp off", None, "> is light A = off\n")
    found = contrasts(asked)

    assert "> is light A = on\n" in found["value"]
    assert {text.split()[1] for text in found["verb"]} <= {"any", "all", "count", "which", "state"}
    assert asked.outcome("> is light A = on\n") == "missed"


def test_the_same_seed_gives_the_same() -> None:
    call = Call(action="light.turn_on", devices=(FLOOR,), arguments={"brightness": 80})
    asked = asked_in(HOME, "floor lamp at 80 percent", call)
    drawn = [[contrast(asked, random.Random(seed)) for seed in range(5)] for _ in range(2)]
    assert drawn[0] == drawn[1]
