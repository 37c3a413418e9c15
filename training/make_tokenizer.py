"""Make a tokenizer: ``python3 training/make_tokenizer.py --data train.jsonl --out DIR``."""

import argparse
from collections.abc import Iterator
import json
from pathlib import Path
import random
import sys

from home_llm_core.chat import marked
from home_llm_core.formats import FORMATS, TINY
from training.corpus import multilingual, wire_format
from training.dataset import read_lines
from training.errors import TrainingError, run
from training.tokenizer import VOCAB_SIZE, tokenizer_of_gguf, train_tokenizer


def main() -> None:
    """Learn a tokenizer and save it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="generated homes, JSONL")
    parser.add_argument("--homes", type=int, default=2000, help="homes to use of each file")
    parser.add_argument("--vocab-size", type=int, default=VOCAB_SIZE, help="number of tokens")
    parser.add_argument("--seed", type=int, default=1, help="of everything drawn at random")
    parser.add_argument("--out", type=Path, required=True, help="folder to save it in")
    parser.add_argument("--from-gguf", type=Path, help="take over the tokenizer of a model file")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=TINY.name,
        help=f"prompt format whose special tokens are added (default: {TINY.name}, which has none)",
    )
    args = parser.parse_args()
    if args.from_gguf:
        tokenizer = tokenizer_of_gguf(args.from_gguf)
        tokenizer.add_tokens(list(FORMATS[args.format].tokens), special_tokens=True)
        tokenizer.save_pretrained(args.out)
        sys.stdout.write(f"the tokenizer of {args.from_gguf}: {args.out}\n")
        return
    rng = random.Random(args.seed)
    texts = [*multilingual(rng), *wire_format()]
    for path in args.data:
        texts += generated_texts(path, args.homes)
    tokenizer = train_tokenizer(texts, args.vocab_size)
    tokenizer.add_tokens(list(FORMATS[args.format].tokens), special_tokens=True)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(args.out)
    sys.stdout.write(f"{len(tokenizer):,} tokens from {len(texts):,} lines: {args.out}\n")


def generated_texts(path: Path, homes: int) -> Iterator[str]:
    """Yield the lines of generated requests and replies.

    Raises:
        TrainingError: a line is not a generated home.

    """
    for number, line in enumerate(read_lines(path)[:homes], start=1):
        try:
            home = json.loads(line)
            tokens = FORMATS[home["format"]].tokens
            for request in home["requests"]:
                for message in request["messages"]:
                    # What is a token of its own needs no merges.
                    for part in marked(message["content"], tokens):
                        yield from () if part.markup else part.text.splitlines()
        except (ValueError, KeyError, TypeError) as err:
            raise TrainingError(f"{path}:{number}: not a generated home: {err!r}") from err


if __name__ == "__main__":
    run(main)
