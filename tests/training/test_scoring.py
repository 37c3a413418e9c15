"""Replies judged by what they do."""

from collections import Counter
from typing import Any

import pytest

from home_llm_core.formats import TINY
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
HOOD = expected(("fan.toggle", ("fan.hood",), {}))
NOTHING: list[dict[str, Any]] = []

SENTENCE = "study upstairs kitchen desk wall gone hood"
STUDY, UPSTAIRS, KITCHEN, DESK, WALL, GONE, HOOD_FAN = "ABCDEFG"
"""The letters of what it names."""


def outcome_of(record: list[dict[str, Any]], *written: str, sentence: str = SENTENCE) -> str:
    """Return the judgement of lines that a model wrote about a sentence."""
    parser = TINY.hear(sentence, HOME).parser()
    events = [*parser.feed("".join(f"> {line}\n" for line in written)), *parser.close()]
    return judge(read_reply(events, HOME, TINY.names(HOME)), expected_effects(record))


def test_the_letters() -> None:
    message = "area A floor B area C light D light E light F fan G"
    assert TINY.hear(SENTENCE, HOME).message == message


@pytest.mark.parametrize(
    ("lines", "record", "outcome"),
    [
        # The same entities, named in different ways.
        ([f"on light: {STUDY}"], STUDY_ON, "exact"),
        ([f"on light: {UPSTAIRS}"], STUDY_ON, "exact"),
        ([f"on light {WALL}; {DESK}"], STUDY_ON, "exact"),
        ([f"on light {WALL}", f"on light {DESK}"], STUDY_ON, "exact"),
        # Too little, too much, something else.
        ([f"on light {WALL}"], STUDY_ON, "missed"),
        ([f"on light: {STUDY}; but {DESK}"], STUDY_ON, "missed"),
        ([], STUDY_ON, "missed"),
        ([f"on light: {KITCHEN}"], STUDY_ON, "wrong"),
        (["on light: all"], STUDY_ON, "wrong"),
        ([f"on light: {STUDY}", f"on light {WALL}"], STUDY_ON, "wrong"),
        ([f"off light: {STUDY}"], STUDY_ON, "wrong"),
        # Arguments count.
        ([f"on light {DESK} = brightness 30"], DESK_30, "exact"),
        ([f"on light {DESK} = brightness 60"], DESK_30, "wrong"),
        ([f"on light {DESK}"], DESK_30, "wrong"),
        # Twice is not once.
        ([f"toggle fan {HOOD_FAN}"], HOOD, "exact"),
        ([f"toggle fan {HOOD_FAN}", "toggle fan: all"], HOOD, "wrong"),
        # Where nothing is to be done.
        ([], NOTHING, "exact"),
        (["say absent"], NOTHING, "exact"),
        ([f"state light {DESK}"], NOTHING, "exact"),
        ([f"on light {DESK}"], NOTHING, "wrong"),
        # Words are no deeds.
        (["say thanks"], DESK_30, "missed"),
        ([f"state light {DESK}"], DESK_30, "missed"),
        # It has to be asked which light is meant.
        (["on light"], DESK_30, "missed"),
        (["on light"], NOTHING, "exact"),
    ],
)
def test_outcome(lines: list[str], record: list[dict[str, Any]], outcome: str) -> None:
    assert outcome_of(record, *lines) == outcome


UNREACHABLE = f"on light {GONE}"
IMPOSSIBLE = f"on light {WALL} = brightness 30"
OUT_OF_RANGE = f"on light {DESK} = brightness 130"
NOT_THERE = f"on fan: {STUDY}"


@pytest.mark.parametrize("line", [UNREACHABLE, IMPOSSIBLE, OUT_OF_RANGE, NOT_THERE])
def test_what_the_checks_refuse_is_explained(line: str) -> None:
    """People are told why it cannot be done: right where nothing can be done, else too little."""
    good = f"on light {DESK} = brightness 30"
    assert outcome_of(NOTHING, line) == "exact"
    assert outcome_of(DESK_30, line) == "missed"
    assert outcome_of(DESK_30, good, line) == "missed"
    assert outcome_of(NOTHING, good, line) == "wrong"


@pytest.mark.parametrize("line", ["oops", "on light Z", f"on light {KITCHEN}", f"on light: {DESK}"])
def test_a_line_that_makes_no_sense_is_never_right(line: str) -> None:
    good = f"on light {DESK} = brightness 30"
    assert outcome_of(DESK_30, good) == "exact"
    assert outcome_of(DESK_30, good, line) == "missed"
    assert outcome_of(NOTHING, line) == "missed"


def test_refused_and_explained_are_counted_apart() -> None:
    parser = TINY.hear(SENTENCE, HOME).parser()
    events = [*parser.feed(f"> {UNREACHABLE}\n> {NOT_THERE}\n> oops\n"), *parser.close()]
    reply = read_reply(events, HOME, TINY.names(HOME))
    assert (reply.effects, reply.explained, reply.refused) == (Counter(), 2, 1)


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
