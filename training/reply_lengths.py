"""Tokens that replies take with JSON calls and with action tokens, for the same requests.

``python3 training/reply_lengths.py homes.jsonl --tokenizer DIR``. A model writes a reply token by
token, so on one machine the time for it grows as their number.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from statistics import fmean
import sys
from typing import Any

from tqdm import tqdm

from data.home_llm import home_llm
from data.houses import FORMAT
from data.remembered import house_of
from data.sources import BankError
from home_llm_core.chat import marked
from home_llm_core.errors import CoreError
from home_llm_core.formats import get_format
from training.dataset import read_lines
from training.errors import TrainingError, run
from training.tokenizer import SegmentEncoder, load_tokenizer

JSON, ACTIONS = "home-llm-3", "home-llm-actions"
_TURN_END = 1


@dataclass(frozen=True, kw_only=True)
class Length:
    """What a reply takes.

    Args:
        tokens: of the whole reply, the end of its turn included.
        speech: those of the sentence alone.
        calls: how many there are.

    """

    tokens: int
    speech: int
    calls: int


def main() -> None:
    """Read the command line, count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help=f"homes that data.generate wrote in {FORMAT.name}")
    parser.add_argument(
        "--tokenizer", type=Path, required=True, help="folder with the tokenizer.json of a model"
    )
    args = parser.parse_args()
    encoder = SegmentEncoder(load_tokenizer(args.tokenizer))
    lines = read_lines(args.data)
    found = {name: list(lengths(args.data, lines, name, encoder)) for name in (JSON, ACTIONS)}
    if not any(length.calls for length in found[JSON]):
        raise TrainingError(f"{args.data}: no reply has a call that the models could make")
    sys.stdout.write(table(found))


def lengths(
    path: Path, lines: Sequence[str], name: str, encoder: SegmentEncoder
) -> Iterator[Length]:
    """Yield what the reply to each request takes that a format has words for.

    Args:
        path: of the lines, for messages.
        lines: homes in our own format.
        name: of the format that they are written in.
        encoder: of the tokenizer that counts.

    Raises:
        TrainingError: a line is not a home in our own format.

    """
    for number, line in enumerate(tqdm(lines, desc=name, unit=" homes", disable=None), start=1):
        try:
            data = json.loads(line)
            if data["format"] != FORMAT.name:
                raise TrainingError(f"{path}:{number}: in {data['format']}, not in {FORMAT.name}")
            homes = home_llm(house_of(data), data, name).lines
        except (ValueError, KeyError, TypeError, AttributeError, CoreError, BankError) as err:
            raise TrainingError(f"{path}:{number}: not a generated home: {err!r}") from err
        for home in homes:
            for request in home["requests"]:
                yield _length(request, get_format(name).tokens, encoder)


def _length(request: Mapping[str, Any], tokens: Sequence[str], encoder: SegmentEncoder) -> Length:
    record = request["record"]
    return Length(
        tokens=count(request["messages"][-1]["content"], tokens, encoder) + _TURN_END,
        speech=count(record["speech"], (), encoder) + _TURN_END,
        calls=sum(len(call["entity_ids"]) for call in record["calls"]),
    )


def count(text: str, tokens: Sequence[str], encoder: SegmentEncoder) -> int:
    """Return the number of tokens of a text, in which some texts are one token each."""
    return sum(1 if part.markup else len(encoder.text(part.text)) for part in marked(text, tokens))


def figures(found: Sequence[Length]) -> Mapping[str, float]:
    """Return numbers of tokens of replies, by what they are of."""
    acting = sorted(each.tokens for each in found if each.calls)
    calls = sum(each.calls for each in found)
    return {
        f"all {len(found):,} replies, mean": fmean(each.tokens for each in found),
        f"the {len(acting):,} with calls, mean": fmean(acting),
        "  half of these at most": acting[len(acting) // 2],
        "  95 % of these at most": acting[len(acting) * 95 // 100],
        f"each of the {calls:,} calls, mean": sum(e.tokens - e.speech for e in found) / calls,
    }


def table(found: Mapping[str, Sequence[Length]]) -> str:
    """Return the figures of two formats side by side, as a table to read."""
    before, after = figures(found[JSON]), figures(found[ACTIONS])
    lines = [f"{'tokens of':<32}{JSON:>12}{ACTIONS:>18}{'ratio':>8}"]
    for name, tokens in before.items():
        shorter = after[name]
        lines.append(f"{name:<32}{tokens:>12.1f}{shorter:>18.1f}{shorter / tokens:>8.2f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    run(main)
