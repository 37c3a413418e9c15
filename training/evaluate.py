"""Evaluate a model: ``python3 training/evaluate.py MODEL homes/test.jsonl``.

The model is a GGUF file or a folder of transformers; the file is a split that data.generate wrote
in any of its formats. What ``script/judge --json`` found can be shown beside it, or alone.
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
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

from training.answering import answer_all
from training.errors import TrainingError, run
from training.prompts import Runtime
from training.score_report import Groups, Scenarios, as_dict, read_scenarios, score, table
from training.scoring import Answer
from training.tool_lines import NAME as TOOLS

_PARTS = (".safetensors", ".bin", ".json", ".jinja", ".model", ".txt")
"""Files of a folder of transformers that make the model, by how their names end."""


def main() -> None:
    """Read the command line, evaluate, and print the scores."""
    args = _parser().parse_args()
    if args.data is None and args.scenarios is None:
        raise TrainingError("there is nothing to evaluate on: name a split, or --scenarios")
    model_hash = _model_hash(args.model)
    scenarios = read_scenarios(args.scenarios) if args.scenarios else None
    lines, data_hash = _read(args.data) if args.data else ([], None)
    if args.homes is not None and args.homes < len(lines):
        lines = random.Random(args.seed).sample(lines, args.homes)
    started = time.monotonic()
    answers = _answers(lines, args)
    result = {
        "model": args.model.name,
        "model_sha256": model_hash,
        "data": args.data.name if args.data else None,
        "data_sha256": data_hash,
        "homes": len(lines),
        "seed": args.seed,
        "formats": sorted({json.loads(line).get("format", TOOLS) for line in lines}),
        "grammar": args.grammar,
        "commit": commit(),
        "seconds": round(time.monotonic() - started, 1),
    }
    _tell(args, result, score(answers), scenarios)
    if args.mistakes:
        mistakes = (asdict(answer) for answer in answers if answer.outcome != "exact")
        write(args.mistakes, "".join(json.dumps(m, ensure_ascii=False) + "\n" for m in mistakes))


def _answers(lines: Sequence[str], args: argparse.Namespace) -> list[Answer]:
    runtime = Runtime(
        model=args.model,
        n_ctx=args.n_ctx,
        n_threads=args.threads,
        use_grammar=args.grammar,
        max_tokens=args.max_tokens,
        batch=args.batch,
    )
    found = answer_all(lines, runtime, args.workers)
    return list(tqdm(found, unit=" requests", disable=None)) if lines else []


def _tell(
    args: argparse.Namespace, result: dict[str, Any], groups: Groups, scenarios: Scenarios | None
) -> None:
    """Print the tables, and write them as JSON and as a picture where that is wanted."""
    parts = {f"{args.model.name} on {args.data.name}": groups} if groups else {}
    if scenarios is not None:
        parts["scenarios"] = scenarios.groups
        result["scenarios"] = scenarios.to_dict()
    sys.stdout.write("\n".join(table(each, title) for title, each in parts.items()))
    if args.json:
        write(args.json, json.dumps(result | {"scores": as_dict(groups)}, indent=2) + "\n")
    if args.chart:
        from training.score_chart import draw_scores  # noqa: PLC0415 - workers need no matplotlib

        draw_scores(parts, args.chart)


def _read(path: Path) -> tuple[list[str], str]:
    """Return the lines of a JSONL file, and the hash of the file."""
    from training.dataset import read_lines  # noqa: PLC0415 - workers need no transformers

    return read_lines(path), hashlib.sha256(path.read_bytes()).hexdigest()


def _model_hash(path: Path) -> str:
    """Return the hash of a GGUF file, or of the files of a folder with their names."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if not (path / "config.json").is_file():
        raise TrainingError(f"there is no model {path}")
    digest = hashlib.sha256()
    for part in sorted(each for each in path.iterdir() if each.suffix in _PARTS):
        with part.open("rb") as file:
            digest.update(
                f"{part.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
            )
    return digest.hexdigest()


def commit() -> str | None:
    """Return the commit of this checkout, if it is one."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - the git of whoever runs this
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() or None


def write(path: Path, text: str) -> None:
    """Write a text file, as a whole or not at all.

    Raises:
        TrainingError: it cannot be written there.

    """
    partial = path.with_name(f".partial-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as err:
        with suppress(OSError):
            partial.unlink()
        raise TrainingError(f"{path} cannot be written: {err.strerror}") from err


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("model", type=Path, help="GGUF file, or folder of transformers")
    add("data", type=Path, nargs="?", help="a split of data.generate, JSONL")
    add(
        "--scenarios",
        type=Path,
        metavar="JUDGE.json",
        help="what script/judge --json wrote about this model, for the same report",
    )
    add("--homes", type=int, help="how many lines, drawn at random (default: all)")
    add("--seed", type=int, default=1, help="of that draw (default: %(default)s)")
    add(
        "--grammar",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="bind replies by the grammar of their sentence, if the format has one (default: on)",
    )
    add("--n-ctx", type=int, default=4096, help="context in tokens (default: %(default)s)")
    add("--max-tokens", type=int, default=256, help="longest reply (default: %(default)s)")
    add(
        "--threads",
        type=int,
        default=1,
        help="threads of each worker, of a GGUF file (default: %(default)s)",
    )
    add("--workers", type=int, default=2, help="processes, of a GGUF file (default: %(default)s)")
    add(
        "--batch",
        type=int,
        default=16,
        help="prompts at once, of a folder of transformers (default: %(default)s)",
    )
    add("--json", type=Path, help="file for the result")
    add("--chart", type=Path, help="PNG file for a picture of it")
    add("--mistakes", type=Path, help="JSONL file for the answers that were not exact")
    return parser


if __name__ == "__main__":
    run(main)
