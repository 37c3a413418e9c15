"""Counts of outcomes, as a table and as JSON."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from training.scoring import wilson

from .play import Result
from .scenarios import REQUESTS, Outcome

type Counts = Counter[Outcome]
type Groups = Mapping[str, Mapping[str, Counts]]

_OUTCOMES: tuple[Outcome, ...] = ("right", "wrong", "missed")
_ORDER = {name: number for number, name in enumerate(REQUESTS)}
_NAME_WIDTH = 20


def count(results: Iterable[Result]) -> Groups:
    """Return the outcomes of all scenarios, and by kind, domain and language."""
    groups: dict[str, dict[str, Counts]] = defaultdict(lambda: defaultdict(Counter))
    for result in results:
        scenario = result.scenario
        for group, name in (
            ("all", "all"),
            ("kind", scenario.kind),
            ("domain", scenario.domain),
            ("language", scenario.language),
        ):
            groups[group][name][result.outcome] += 1
    return {
        group: {name: counts[name] for name in _in_order(counts)}
        for group, counts in groups.items()
    }


def _in_order(names: Iterable[str]) -> list[str]:
    """Return kinds of requests in their own order, and everything else by the alphabet."""
    return sorted(names, key=lambda name: (_ORDER.get(name, -1), name))


def table(groups: Groups) -> Iterator[str]:
    """Yield the lines of a table with counts, rates and their 95% intervals."""
    heads = (*_OUTCOMES, "all", "rate")
    yield f"{'':{_NAME_WIDTH}}{''.join(f'{head:>8}' for head in heads)}{'95% interval':>18}"
    for group, counts in groups.items():
        if group != "all":
            yield group
        for name, outcomes in counts.items():
            yield _row(name if group == "all" else f"  {name}", outcomes)


def _row(name: str, outcomes: Counts) -> str:
    total, right = outcomes.total(), outcomes["right"]
    low, high = wilson(right, total)
    numbers = (*(outcomes[outcome] for outcome in _OUTCOMES), total)
    return (
        f"{name:{_NAME_WIDTH}}{''.join(f'{number:>8}' for number in numbers)}"
        f"{right / total:>8.1%}{f'{low:.1%} – {high:.1%}':>18}"
    )


def as_dict(groups: Groups) -> dict[str, Any]:
    """Return counts, rates and intervals as JSON has them."""
    return {
        group: {name: _numbers(outcomes) for name, outcomes in counts.items()}
        for group, counts in groups.items()
    }


def _numbers(outcomes: Counts) -> dict[str, Any]:
    total, right = outcomes.total(), outcomes["right"]
    return {
        **{outcome: outcomes[outcome] for outcome in _OUTCOMES},
        "all": total,
        "rate": right / total,
        "interval_95": wilson(right, total),
    }


def result_as_dict(result: Result) -> dict[str, Any]:
    """Return a played scenario as JSON has it."""
    scenario = result.scenario
    return {
        "place": scenario.place,
        "kind": scenario.kind,
        "language": scenario.language,
        "area": scenario.area,
        "before": list(scenario.before),
        "say": scenario.say,
        "outcome": result.outcome,
        "faults": [vars(fault) for fault in result.faults],
        **result.exchange.as_dict(),
    }


def mistakes(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of a list of what was not right, what was wrong first."""
    for outcome in ("wrong", "missed"):
        for result in results:
            if result.outcome == outcome:
                yield from _mistake(result)


def _mistake(result: Result) -> Iterator[str]:
    scenario, exchange = result.scenario, result.exchange
    where = f", {scenario.area}" if scenario.area else ""
    yield f"{result.outcome}: {scenario.place} ({scenario.kind}{where})"
    for sentence in (*scenario.before, scenario.say):
        yield f"  > {sentence}"
    yield f"  {exchange.speech or '(nothing was said)'}"
    for call in exchange.calls:
        data = "".join(f" {name}={value}" for name, value in call.data.items())
        yield f"  call   {call.action}{data} → {', '.join(call.targets) or 'nothing'}"
    for fault in result.faults:
        yield f"  {fault.outcome:6} {fault.text}"
    yield ""
