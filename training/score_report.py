"""Scores by kind, domain and language: counted or read, as a table and as JSON."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.scoring import Answer, Score

Groups = Mapping[str, Mapping[str, Score]]
"""Scores by the name of a group (``kind``), and by what there is of it (``direct``)."""

_NAME_WIDTH = 32


@dataclass(frozen=True, kw_only=True)
class Scenarios:
    """What ``script/judge --json`` found.

    Args:
        file: that it wrote.
        sha256: of the file.
        agent: who was spoken to; this repository's assistant if none.
        played: hashes of the files of scenarios and houses, by path.
        groups: the scores.

    """

    file: str
    sha256: str
    agent: str | None
    played: Mapping[str, str]
    groups: Groups

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "agent": self.agent,
            "files_sha256": dict(self.played),
            "scores": as_dict(self.groups),
        }


def score(answers: Iterable[Answer]) -> Groups:
    """Return the scores of all answers, and by kind, domain and language."""
    groups: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for answer in answers:
        places = {
            "all": "all",
            "kind": answer.kind,
            "domain": "+".join(sorted(answer.domains)) or "none",
            "language": answer.language,
        }
        for name, key in places.items():
            groups[name][key] = groups[name][key].add(answer.outcome)
    return {name: dict(sorted(group.items())) for name, group in groups.items()}


def read_scenarios(path: Path) -> Scenarios:
    """Return what ``script/judge --json`` wrote.

    Raises:
        TrainingError: it cannot be read, or is something else.

    """
    try:
        data = path.read_bytes()
        told = json.loads(data)
        return Scenarios(
            file=path.name,
            sha256=hashlib.sha256(data).hexdigest(),
            agent=told["agent"],
            played=dict(told["files_sha256"]),
            groups={
                name: {key: _score(counts) for key, counts in group.items()}
                for name, group in told["counts"].items()
            },
        )
    except OSError as err:
        raise TrainingError(f"{path}: {err.strerror}") from err
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise TrainingError(f"{path} is not what script/judge --json writes") from err


def _score(counts: Mapping[str, int]) -> Score:
    return Score(requests=counts["all"], exact=counts["right"], wrong=counts["wrong"])


def as_dict(groups: Groups) -> dict[str, Any]:
    """Return scores as JSON has them."""
    return {
        name: {key: value.to_dict() for key, value in group.items()}
        for name, group in groups.items()
    }


def table(groups: Groups, title: str = "") -> str:
    """Return scores as a table to read, with Wilson's 95% intervals.

    Args:
        groups: the scores.
        title: what stands in its corner.

    """
    named = [
        (name if name == key else f"{name} {key}", each)
        for name, group in groups.items()
        for key, each in group.items()
    ]
    width = max([_NAME_WIDTH, len(title), *(len(name) for name, _ in named)])
    heads = f"{'requests':>10}{'exact':>8}{'95% interval':>16}{'missed':>8}{'wrong':>7}"
    lines = [f"{title:<{width}}{heads}{'of all':>8}{'95% interval':>16}"]
    return "\n".join([*lines, *(f"{name:<{width}}{_row(each)}" for name, each in named)]) + "\n"


def _row(score: Score) -> str:
    told = score.to_dict()
    return (
        f"{score.requests:>10}{told['exact_rate']:>8.1%}{_between(told['interval_95']):>16}"
        f"{told['missed']:>8}{score.wrong:>7}"
        f"{told['wrong_rate']:>8.1%}{_between(told['wrong_interval_95']):>16}"
    )


def _between(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{low * 100:.1f} - {high * 100:.1f}%"
