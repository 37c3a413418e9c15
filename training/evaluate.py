"""Evaluate a GGUF file: ``python3 training/evaluate.py MODEL.gguf data/out/test.jsonl``."""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
import hashlib
import json
from pathlib import Path
import random
import subprocess
import sys
import time
from typing import Any

from tqdm import tqdm

from training.answering import Answer, Runtime, answer_all
from training.dataset import read_lines
from training.errors import TrainingError, run
from training.scoring import Score

Groups = dict[str, dict[str, Score]]


def main() -> None:
    """Read the command line, evaluate, and print the scores."""
    args = _parser().parse_args()
    lines = read_lines(args.data)
    data_hash = hashlib.sha256(args.data.read_bytes()).hexdigest()
    if not args.model.is_file():
        raise TrainingError(f"there is no model {args.model}")
    if args.homes is not None and args.homes < len(lines):
        lines = random.Random(args.seed).sample(lines, args.homes)
    runtime = Runtime(
        model=args.model,
        n_ctx=args.n_ctx,
        n_threads=args.threads,
        use_grammar=args.grammar,
    )
    started = time.monotonic()
    answers = list(tqdm(answer_all(lines, runtime, args.workers), unit=" requests", disable=None))
    groups = score(answers)
    sys.stdout.write(table(groups))
    result = {
        "model": args.model.name,
        "model_sha256": hashlib.sha256(args.model.read_bytes()).hexdigest(),
        "data": args.data.name,
        "data_sha256": data_hash,
        "homes": len(lines),
        "seed": args.seed,
        "formats": sorted({json.loads(line)["format"] for line in lines}),
        "grammar": args.grammar,
        "commit": _commit(),
        "seconds": round(time.monotonic() - started, 1),
        "scores": {
            name: {key: value.to_dict() for key, value in group.items()}
            for name, group in groups.items()
        },
    }
    if args.json:
        _write(args.json, json.dumps(result, indent=2) + "\n")
    if args.mistakes:
        mistakes = (asdict(answer) for answer in answers if answer.outcome != "exact")
        _write(args.mistakes, "".join(json.dumps(m, ensure_ascii=False) + "\n" for m in mistakes))


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


def table(groups: Groups) -> str:
    """Return scores as a table to read."""
    lines = [f"{'':<34}{'requests':>9}{'exact':>8}{'95% interval':>18}{'wrong':>8}{'missed':>8}"]
    for name, group in groups.items():
        for key, value in group.items():
            counts: dict[str, Any] = value.to_dict()
            low, high = counts["interval_95"]
            lines.append(
                f"{name if name == key else f'{name} {key}':<34}{value.requests:>9}"
                f"{counts['exact_rate']:>8.1%}{f'{low:.1%} - {high:.1%}':>18}"
                f"{value.wrong:>8}{counts['missed']:>8}"
            )
    return "\n".join(lines) + "\n"


def _commit() -> str | None:
    """Return the commit of this checkout, if it is one."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607 - the git of whoever runs this
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{path.name}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("model", type=Path, help="GGUF file")
    add("data", type=Path, help="a split of generated homes, JSONL")
    add("--homes", type=int, help="how many homes, drawn at random (default: all)")
    add("--seed", type=int, default=1, help="of that draw")
    add("--grammar", action=argparse.BooleanOptionalAction, default=True)
    add("--n-ctx", type=int, default=4096, help="context in tokens")
    add("--threads", type=int, default=1, help="threads of each worker")
    add("--workers", type=int, default=2, help="processes")
    add("--json", type=Path, help="file for the result")
    add("--mistakes", type=Path, help="JSONL file for the answers that were not exact")
    return parser


if __name__ == "__main__":
    run(main)
