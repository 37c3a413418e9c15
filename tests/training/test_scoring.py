"""Replies judged by what they do."""

from collections import Counter
from typing import Any

import pytest

from home_llm_core.formats import get_format
from home_llm_core.home import Area, Entity, Floor, Home
from training.scoring import Score, expected_effects, judge, read_reply, wilson

HOME = Home(
    floors=(Floor(floor_id="up", name="Upstairs"),),
    areas=(
        Area(area_id="kitchen", name="Kitchen"),
        Area(area_id="study", name="Study", floor_id="up"),
    ),
    entities=(
        Entity(
            entity_id="light.desk",
            name="desk",
            area_id="study",
            state="off",
            features=frozenset({"dim"}),
        ),
        Entity(entity_id="light.wall", name="wall", area_id="study", state="off"),
        Entity(entity_id="light.hob", name="hob", area_id="kitchen", state="off"),
        Entity(entity_id="light.gone", name="gone", area_id="kitchen", state="unavailable"),
        Entity(entity_id="fan.hood", name="hood", area_id="kitchen", state="off"),
    ),
)


def expected(*calls: tuple[str, tuple[str, ...], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a record's calls."""
    return [
        {"action": action, "entity_ids": list(ids), "arguments": arguments}
        for action, ids, arguments in calls
    ]


STUDY_ON = expected(("light.turn_on", ("light.desk", "light.wall"), {}))
DESK_30 = expected(("light.turn_on", ("light.desk",), {"brightness": 30}))
NOTHING: list[dict[str, Any]] = []


@pytest.mark.parametrize(
    ("calls", "record", "outcome"),
    [
        # The same entities, named in different ways.
        (["light: area study"], STUDY_ON, "exact"),
        (["light: floor upstairs"], STUDY_ON, "exact"),
        (["light wall; light desk"], STUDY_ON, "exact"),
        (["light wall", "light desk"], STUDY_ON, "exact"),
        # Too little, too much, something else.
        (["light wall"], STUDY_ON, "missed"),
        ([], STUDY_ON, "missed"),
        (["light: area kitchen"], STUDY_ON, "wrong"),
        (["light: all"], STUDY_ON, "wrong"),
        (["light: area study", "light wall"], STUDY_ON, "wrong"),
        # Arguments count.
        (["light desk = brightness 30"], DESK_30, "exact"),
        (["light desk = brightness 31"], DESK_30, "wrong"),
        (["light desk"], DESK_30, "wrong"),
        # What the checks refuse does nothing.
        (["light moon"], DESK_30, "missed"),
        (["light gone"], NOTHING, "missed"),
        (["light desk = brightness 130"], DESK_30, "missed"),
        (
            ["light desk = brightness 30", "light moon"],
            DESK_30,
            "missed",
        ),
        # Where nothing is to be done.
        ([], NOTHING, "exact"),
        (["light desk"], NOTHING, "wrong"),
    ],
)
def test_outcome(calls: list[str], record: list[dict[str, Any]], outcome: str) -> None:
    text = "".join(f"> on {call}\n" for call in calls) + "Sure."
    assert _judge(text, record) == outcome


def _judge(text: str, record: list[dict[str, Any]]) -> str:
    format_ = get_format("tiny-3")
    parser = format_.parser()
    events = [*parser.feed(text), *parser.close()]
    return judge(read_reply(events, HOME, format_.names(HOME)), expected_effects(record))


def test_a_line_that_is_no_call() -> None:
    good = "> on light desk = brightness 30\n"
    assert _judge(good, DESK_30) == "exact"
    assert _judge(f"{good}> oops\n", DESK_30) == "missed"


def test_another_action_on_the_same_device() -> None:
    assert _judge("> off light desk\n", DESK_30) == "wrong"


def test_twice_is_not_once() -> None:
    toggle = "> toggle fan hood\n"
    record = expected(("fan.toggle", ("fan.hood",), {}))
    assert _judge(toggle, record) == "exact"
    assert _judge(toggle + "> toggle fan: all\n", record) == "wrong"


def test_expected_effects() -> None:
    assert expected_effects(DESK_30) == Counter(
        {("light.turn_on", "light.desk", (("brightness", 30),)): 1}
    )


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Values of statsmodels' proportion_confint(..., method="wilson").
        (90, 100, 0.825632, 0.944771),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (1, 3, 0.061492, 0.792345),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-5)


def test_score_counts() -> None:
    score = Score()
    for outcome in ("exact", "wrong", "missed", "exact"):
        score = score.add(outcome)  # type: ignore[arg-type]
    counts = score.to_dict()
    assert {key: counts[key] for key in ("requests", "exact", "wrong", "missed")} == {
        "requests": 4,
        "exact": 2,
        "wrong": 1,
        "missed": 1,
    }
    assert counts["exact_rate"] == 0.5
    assert counts["interval_95"] == pytest.approx(list(wilson(2, 4)))
