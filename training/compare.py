"""Compare GGUF files: ``python3 training/compare.py A.gguf B.gguf --data homes/test.jsonl``.

Prints size, speed and accuracy of each as a Markdown table. All are measured in one run: what they
do with the same requests (``scoring.py``), and how long the same prompts and replies take them
(``speed.py``). Speed stands beside that of the first file, which is the one to compare with.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
import random
import sys
from typing import Any

from tqdm import tqdm

from training.answering import answer_all
from training.errors import TrainingError, run
from training.evaluate import commit, write
from training.prompts import Runtime
from training.scoring import Answer, Score
from training.tool_lines import NAME as TOOLS


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was found about a file.

    Args:
        file: its name.
        sha256: of it.
        size: in bytes.
        bits: bits per weight.
        types: how many matrices are of which type.
        prompt: tokens of prompts per second.
        reply: tokens of replies per second.
        ratio: speed, of that of the first file.
        same: share of the requests to which it writes the same as the first file.
        score: of its replies.

    """

    file: str
    sha256: str
    size: int
    bits: float
    types: str
    prompt: float
    reply: float
    ratio: float
    same: float
    score: Score

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        return asdict(self) | {"score": self.score.to_dict()}


def main() -> None:
    """Read the command line, measure, and print the table."""
    args = _parser().parse_args()
    if min(args.rounds, args.chats) < 1:
        raise TrainingError("speed takes at least one of --rounds and of --chats")
    # Not above: the processes of --workers, which import this file, have no use for transformers.
    from training.dataset import read_lines  # noqa: PLC0415

    lines = read_lines(args.data)
    if args.homes is not None and args.homes < len(lines):
        lines = random.Random(args.seed).sample(lines, args.homes)
    rows = compare(lines, args)
    sys.stdout.write(table(rows))
    if args.json:
        result = {
            "data": args.data.name,
            "data_sha256": hashlib.sha256(args.data.read_bytes()).hexdigest(),
            "homes": len(lines),
            "seed": args.seed,
            "formats": sorted({json.loads(line).get("format", TOOLS) for line in lines}),
            "rounds": args.rounds,
            "chats": args.chats,
            "threads": args.threads,
            "commit": commit(),
            "models": [row.to_dict() for row in rows],
        }
        write(args.json, json.dumps(result, indent=2) + "\n")


def compare(lines: Sequence[str], args: argparse.Namespace) -> list[Row]:
    """Return what is found about each of the files.

    Raises:
        TrainingError: a file cannot be run, or a line is not a generated home.

    """
    from training.chat_files import read_chats  # noqa: PLC0415 - as above
    from training.quantization import read_contents  # noqa: PLC0415
    from training.speed import measure_speed  # noqa: PLC0415

    contents = [read_contents(model) for model in args.models]
    chats = read_chats(args.data)
    chosen = random.Random(args.seed).sample(chats, min(args.chats, len(chats)))
    speeds = measure_speed(args.models, chosen, args.rounds, args.threads)
    answers = [_answers(model, lines, args) for model in args.models]
    return [
        Row(
            file=model.name,
            sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
            size=held.size,
            bits=held.bits,
            types=held.types,
            prompt=speed.prompt,
            reply=speed.reply,
            ratio=speed.ratio,
            same=_same(answers[0], found),
            score=_score(found),
        )
        for model, held, speed, found in zip(args.models, contents, speeds, answers, strict=True)
    ]


def _answers(model: Path, lines: Sequence[str], args: argparse.Namespace) -> list[Answer]:
    runtime = Runtime(model=model, n_ctx=args.n_ctx, n_threads=args.threads)
    found = answer_all(lines, runtime, args.workers)
    return list(tqdm(found, unit=" requests", desc=model.name, disable=None))


def _same(first: Sequence[Answer], other: Sequence[Answer]) -> float:
    equal = sum(a.reply == b.reply for a, b in zip(first, other, strict=True))
    return equal / max(len(first), 1)


def _score(answers: Sequence[Answer]) -> Score:
    score = Score()
    for answer in answers:
        score = score.add(answer.outcome)
    return score


def table(rows: Sequence[Row]) -> str:
    """Return the rows as Markdown, with Wilson's 95% intervals."""
    heads = ["file", "MB", "bits per weight", "prompt tokens/s", "reply tokens/s", "speed"]
    heads += ["exact", "95% interval", "wrong", f"replies as {rows[0].file}", "matrices"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 2), "---"], *map(_cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(row: Row) -> list[str]:
    told = row.score.to_dict()
    low, high = told["interval_95"]
    return [
        row.file,
        f"{row.size / 1e6:.2f}",
        f"{row.bits:.2f}",
        f"{row.prompt:,.0f}",
        f"{row.reply:,.0f}",
        f"{row.ratio:.2f}",
        f"{told['exact_rate']:.1%}",
        f"{low * 100:.1f} - {high * 100:.1f}%",
        f"{told['wrong_rate']:.1%}",
        f"{row.same:.1%}",
        row.types,
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add(
        "models",
        type=Path,
        nargs="+",
        metavar="MODEL.gguf",
        help="files; the first is compared with",
    )
    add("--data", type=Path, required=True, help="a split of data.generate, JSONL")
    add("--homes", type=int, help="how many lines of it, drawn at random (default: all)")
    add(
        "--chats",
        type=int,
        default=40,
        help="requests that speed is measured on (default: %(default)s)",
    )
    add("--rounds", type=int, default=9, help="how often, for the median (default: %(default)s)")
    add("--seed", type=int, default=1, help="of both draws (default: %(default)s)")
    add("--n-ctx", type=int, default=4096, help="context in tokens (default: %(default)s)")
    add("--threads", type=int, default=1, help="threads that evaluate (default: %(default)s)")
    add("--workers", type=int, default=1, help="processes that answer (default: %(default)s)")
    add("--json", type=Path, help="file for the result")
    return parser


if __name__ == "__main__":
    run(main)
