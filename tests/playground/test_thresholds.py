"""What a needed confidence stops, counted."""

from pathlib import Path

from playground.dialogue import Exchange, Timings
from playground.play import Result
from playground.scenarios import Fault, Scenario
from playground.thresholds import STEPS, best, stopped, table

_SCENARIO = Scenario(path=Path("x.yaml"), line=1, language="en", kind="direct", say="hello")
_FAULT = Fault(outcome="missed", text="nothing was done")


def _result(confidence: float | None, *, right: bool, misunderstood: bool = False) -> Result:
    exchange = Exchange(
        speech="",
        error=None,
        calls=(),
        changed={},
        timings=Timings(total=1),
        conversation_id=None,
        confidence=confidence,
        misunderstood=misunderstood,
    )
    return Result(scenario=_SCENARIO, exchange=exchange, faults=() if right else (_FAULT,))


_RESULTS = [
    *(_result(confidence / 100, right=True) for confidence in range(40, 100)),
    *(_result(confidence, right=False) for confidence in (0.1, 0.41, 0.42, 0.9)),
    # Another agent is asked about these anyway, and nothing is known of that.
    _result(0.2, right=True, misunderstood=True),
    _result(None, right=False),
]


def test_what_each_threshold_stops() -> None:
    by_threshold = {each.threshold: each for each in stopped(_RESULTS)}
    assert tuple(by_threshold) == STEPS
    half = by_threshold[0.5]
    assert (half.right, half.all_right, half.others, half.all_others) == (10, 60, 3, 4)
    assert (half.right_share, half.others_share) == (10 / 60, 0.75)


def test_the_best_leaves_nearly_all_of_what_is_right() -> None:
    chosen = best(stopped(_RESULTS))
    assert chosen is not None
    # 0.45 would stop two more of the others, and five of sixty right ones.
    assert (chosen.threshold, chosen.others, chosen.right) == (0.3, 1, 0)


def test_nothing_is_best_where_nothing_is_known() -> None:
    tried = stopped([_result(None, right=True)])
    assert best(tried) is None
    assert tried[0].right_share == tried[0].others_share == 0


def test_the_table_marks_the_best() -> None:
    lines = list(table(_RESULTS))
    assert len(lines) == len(STEPS) + 1
    assert [line.split() for line in lines if "best" in line] == [
        [*("0.30", "1", "of", "4", "(25.0%)"), *("0", "of", "60", "(0.0%)", "<-", "best")]
    ]
