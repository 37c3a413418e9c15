"""Make pairs of a right and a wrong reply for preference tuning (training/prefer.py).

python3 training/pairs.py MODEL homes.jsonl --contrast 0.2 --out pairs.jsonl

MODEL, a GGUF file or a folder of transformers, answers the requests under the grammars of their
sentences. Where it does something else than what was asked for (wrong), or too little (missed), its
reply is the wrong one of a pair. Where it is right, --contrast makes wrong ones by code: the right
reply with another letter, verb or value, speech instead of a call, or a call instead of speech.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
import json
from pathlib import Path
import random
import sys
from typing import Any

from gguf import GGUFReader
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast

from home_llm_core.actions import ACTIONS
from home_llm_core.chat import Message, Segment, marked
from home_llm_core.formats import TINY, get_format
from home_llm_core.home import home_from_dict
from home_llm_core.turns import turn_from_dict
from training.answering import answer_all
from training.choices import Choices, TrainingVocabulary
from training.contrast import Asked, contrast
from training.dataset import read_lines
from training.errors import TrainingError, run
from training.gguf_file import FORMAT_KEY
from training.preferences import Pair, Reply
from training.prompts import Runtime
from training.scoring import Answer, expected_effects
from training.tokenizer import TURN_END, SegmentEncoder, load_tokenizer, tokenizer_of_gguf


def main() -> None:
    """Read the command line, make the pairs, and print how many there are of each kind."""
    args = _parser().parse_args()
    if not 0 <= args.contrast <= 1:
        raise TrainingError("--contrast is a share, from 0 to 1")
    lines = read_lines(args.data)
    if args.homes is not None and args.homes < len(lines):
        lines = random.Random(args.seed).sample(lines, args.homes)
    read = load_tokenizer if args.model.is_dir() else tokenizer_of_gguf
    maker = PairMaker(partial(read, args.model), _format_of(args.model), args.contrast, args.seed)
    runtime = Runtime(
        model=args.model,
        n_ctx=args.n_ctx,
        n_threads=args.threads,
        max_tokens=args.max_tokens,
    )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    counts = _write(args.out, lines, runtime, args.workers, maker)
    sys.stdout.write(_table(counts))


def _write(
    out: Path, lines: list[str], runtime: Runtime, workers: int, maker: "PairMaker"
) -> Counter[str]:
    """Write the pairs as a whole or not at all, and return counts by kind."""
    counts: Counter[str] = Counter()
    partial = out.with_name(f".partial-{out.name}")
    answers = tqdm(answer_all(lines, runtime, workers), unit=" requests", disable=None)
    try:
        with partial.open("w", encoding="utf-8") as file:
            # A line that is no home is found by the answers, which come first.
            for answer, request in zip(answers, _requests(lines), strict=True):
                counts["requests"] += 1
                pair = maker.pair(answer, request)
                if pair is not None:
                    counts[pair.kind] += 1
                    file.write(pair.to_json())
        if set(counts) <= {"requests"}:
            raise TrainingError("the model is right everywhere: use --contrast, or more homes")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _table(counts: Counter[str]) -> str:
    requests = counts.pop("requests")
    rows = [*counts.most_common(), ("pairs", counts.total()), ("of requests", requests)]
    return "".join(f"{name:<12}{number:>8,}\n" for name, number in rows)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A generated request and its home."""

    home: dict[str, Any]
    request: dict[str, Any]


def _requests(lines: list[str]) -> Iterator[Request]:
    for line in lines:
        home = json.loads(line)
        if "requests" not in home:
            raise TrainingError("pairs are made of homes with requests, not of chats with tools")
        yield from (Request(home=home, request=request) for request in home["requests"])


class PairMaker:
    """Makes a pair of a request and its answer.

    Args:
        read_tokenizer: returns the tokenizer of the model; used where there are grammars.
        format_name: of the prompts that it was trained on; none if the file does not say.
        share: of the right answers to which a wrong one is made by code.
        seed: of what is drawn.

    """

    def __init__(
        self,
        read_tokenizer: Callable[[], PreTrainedTokenizerFast],
        format_name: str | None,
        share: float,
        seed: int,
    ) -> None:
        self._read_tokenizer = read_tokenizer
        self._format_name, self._share = format_name, share
        self._rng = random.Random(seed)

    @cached_property
    def _tools(self) -> tuple[SegmentEncoder, Choices]:
        tokenizer = self._read_tokenizer()
        encoder = SegmentEncoder(tokenizer)
        return encoder, Choices(TrainingVocabulary(tokenizer, encoder))

    def pair(self, answer: Answer, request: Request) -> Pair | None:
        """Return a pair; none where nothing can be learned."""
        if not answer.expected:
            return None
        asked = self._asked(request)
        if answer.outcome != "exact":
            # A reply that was cut off is none that a model decided for.
            if answer.reply == asked.right or not asked.allows(answer.reply):
                return None
            return self._made(answer.outcome, answer.reply, asked, request)
        changed = contrast(asked, self._rng) if self._rng.random() < self._share else None
        return None if changed is None else self._made(*changed, asked, request)

    def _asked(self, request: Request) -> Asked:
        data, record = request.home, request.request["record"]
        format_ = get_format(data["format"])
        if self._format_name not in (None, format_.name):
            raise TrainingError(
                f"the model reads {self._format_name}, the homes are written in {format_.name}"
            )
        if self._share and format_.name != TINY.name:
            raise TrainingError(f"--contrast knows the replies of {TINY.name} alone")
        home = home_from_dict(data["home"])
        allowed = frozenset(
            name
            for name, action in ACTIONS.items()
            if not action.targets or action.domain in data["domains"]
        )
        area = home.area_by_id.get(record["speaker_area"] or "")
        turn = turn_from_dict(record["turn"], home)
        return Asked(
            heard=format_.hear(record["text"], home, area, allowed, turn),
            home=home,
            names=format_.names(home),
            allowed=allowed,
            effects=expected_effects(record["calls"]),
            right=request.request["messages"][-1]["content"],
        )

    def _made(self, kind: str, wrong: str, asked: Asked, request: Request) -> Pair:
        format_ = get_format(request.home["format"])
        turns = [
            Message(role=m["role"], content=m["content"]) for m in request.request["messages"][:-1]
        ]
        return Pair(
            kind=kind,
            prompt=format_.prompt(turns),
            chosen=self._reply(asked.right, asked, format_.tokens),
            rejected=self._reply(wrong, asked, format_.tokens),
        )

    def _reply(self, text: str, asked: Asked, tokens: tuple[str, ...]) -> Reply:
        segments = (*marked(text, tokens), Segment(text=TURN_END, markup=True))
        grammar = asked.heard.grammar
        if grammar is None:
            return Reply(segments=segments)
        encoder, choices = self._tools
        along = choices.along(grammar, tuple(encoder.encode(segments)), asked.heard.words)
        return Reply(segments=segments, allowed=tuple(along))


def _format_of(model: Path) -> str | None:
    """Return the format that a model names; a folder of transformers names none."""
    if model.is_dir():
        return None
    if not model.is_file():
        raise TrainingError(f"there is no model {model}")
    try:
        field = GGUFReader(model).fields.get(FORMAT_KEY)
    except (OSError, ValueError, IndexError) as err:
        raise TrainingError(f"{model} is no GGUF file that can be read") from err
    return str(field.contents()) if field is not None else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("model", type=Path, help="GGUF file, or folder of transformers")
    add("data", type=Path, help="generated homes, JSONL")
    add("--out", type=Path, required=True, help="JSONL file to write")
    add(
        "--contrast",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of the right answers that get a wrong one made by code (default: 0)",
    )
    add("--homes", type=int, help="how many homes, drawn at random (default: all)")
    add("--seed", type=int, default=1, help="of what is drawn (default: 1)")
    add("--n-ctx", type=int, default=4096, help="context in tokens (default: 4096)")
    add("--max-tokens", type=int, default=256, help="longest reply (default: 256)")
    add("--threads", type=int, default=1, help="of each process (default: 1)")
    add("--workers", type=int, default=2, help="processes, of a GGUF file (default: 2)")
    return parser


if __name__ == "__main__":
    run(main)
