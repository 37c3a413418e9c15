"""Whether prompt lookup would gain: ``script/bench --lookup``.

Prompt lookup guesses that a reply goes on as the prompt did where the last tokens stood there, has
all guesses evaluated at once, and keeps those that turn out right. Counted is how often llama.cpp
must be asked with and without it; measured, how much longer it takes for several tokens than for
one. Guesses are held against replies that are right, as a well-trained model writes them.
Source: https://github.com/apoorvumang/prompt-lookup-decoding
"""

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from statistics import mean
import tempfile
from typing import NamedTuple

from home_llm_core.calls import Call
from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from home_llm_core.home import Home
from home_llm_engine.model import Model
from home_llm_engine.reply import Done, Piece

from .bench_large import LARGE, write_random
from .bench_raw import Raw, Settings
from .bench_requests import READS_HOMES, house
from .bench_table import Cell, Table

_ENTITIES = 60
_LOOKED_FOR = (2, 3, 4)
"""Tokens that must have stood in the prompt, at least: as many as are tried."""
_LONGEST = 4
_GUESSED = (2, 4, 8)


class Reply(NamedTuple):
    """A reply and what came before it, as tokens, and which of it the grammar forces."""

    prompt: list[int]
    written: list[int]
    forced: frozenset[int] = frozenset()


def lookup(model: Path, runs: int, progress: Callable[[], object]) -> Table:
    """Count and measure for the shipped format, and for one that reads the home.

    That one is held against what tokens cost a model of TinyLlama's size, too.
    """
    ours = _costs(model, runs)
    progress()
    name, shape = next(iter(LARGE.items()))
    with tempfile.TemporaryDirectory(prefix="home-llm-bench-") as folder:
        large = _costs(write_random(Path(folder) / "large.gguf", shape, model), runs)
    progress()
    with Model(model, n_threads=1) as loaded:
        found = {
            replies: [reply for number in range(runs) for reply in replies(loaded, number)]
            for replies in (_shipped, _home_llm)
        }
    rows = [
        {"reads": "the sentence alone", "size of": "ours", **_gain(found[_shipped], ours)},
        {"reads": "the home", "size of": "ours", **_gain(found[_home_llm], ours)},
        {"reads": "the home", "size of": name, **_gain(found[_home_llm], large)},
    ]
    return Table(
        title="Prompt lookup, per reply, with the best of its settings",
        rows=rows,
        bar="x as fast",
        names=("reads", "size of"),
    )


def _costs(model: Path, runs: int) -> list[float]:
    """Return what evaluating 1, 2, ... tokens costs, as multiples of one.

    The shortest of several times: other work on the machine only makes them longer.
    """
    with Raw(model, Settings(flash=False, batch=128)) as raw:
        times = [
            min(raw.answer(64 + count, 0, known=64).read_ms for _ in range(2 * runs))
            for count in range(1, max(_GUESSED) + 2)
        ]
    return [spent / times[0] for spent in times]


def _gain(replies: Sequence[Reply], costs: Sequence[float]) -> dict[str, Cell]:
    plain = sum(len(reply.written) - len(reply.forced) for reply in replies)
    cells: list[dict[str, Cell]] = []
    for least, most in product(_LOOKED_FOR, _GUESSED):
        tried = [step for reply in replies for step in _steps(reply, least, most)]
        cells.append(
            {
                "replies": len(replies),
                "tokens": mean(len(reply.written) for reply in replies),
                "forced": mean(len(reply.forced) for reply in replies),
                "asked without": plain / len(replies),
                "asked with": len(tried) / len(replies),
                "looked for": least,
                "guessed": most,
                "x cost with guesses": costs[most],
                "x as fast": plain / sum(costs[guessed] for guessed in tried),
            }
        )
    return max(cells, key=lambda cell: float(cell["x as fast"]))


def _steps(reply: Reply, least: int, most: int) -> list[int]:
    """Return, for each time that llama.cpp is asked, how many guesses go with the token."""
    steps, at = [], 0
    while at < len(reply.written):
        if at in reply.forced:
            at += 1
            continue
        guesses = _guess([*reply.prompt, *reply.written[:at]], least, most)
        right = 0
        for guess, token in zip(guesses, reply.written[at:], strict=False):
            if guess != token:
                break
            right += 1
        steps.append(len(guesses))
        # What follows the last right guess is known, too.
        at += right + 1
    return steps


def _guess(tokens: Sequence[int], least: int, most: int) -> Sequence[int]:
    """Return what followed where the last tokens stood before, the longest match first."""
    for length in range(_LONGEST, least - 1, -1):
        wanted = tokens[-length:]
        for start in range(len(tokens) - length - 1, -1, -1):
            if tokens[start : start + length] == wanted:
                return tokens[start + length : start + length + most]
    return ()


def _requests(home: Home) -> list[tuple[str, Call]]:
    """Return a sentence and the right call for each of a few devices of each kind."""
    return [
        (f"turn on the {e.name}", Call(action=f"{e.domain}.turn_on", devices=(e.entity_id,)))
        for domain in ("light", "fan", "switch")
        for e in home.of_domain(domain)[:3]
    ]


def _shipped(model: Model, number: int) -> list[Reply]:
    """Return what the shipped model writes."""
    home, format_ = house(_ENTITIES, number), get_format(model.metadata["home_llm.format"])
    replies = []
    for said, _ in _requests(home):
        heard = format_.hear(said, home)
        parts = format_.prompt([Message(role="user", content=heard.message)])
        segments = [(part.text, part.markup) for part in parts]
        grammar = heard.grammar.to_dict() if heard.grammar else None
        *pieces, done = model.generate(segments, grammar=grammar, words=heard.words)
        text = "".join(piece.text for piece in pieces if isinstance(piece, Piece))
        if isinstance(done, Done):
            written = list(model.vocabulary.encode(text))
            # Where they stand hardly matters: they are not asked for.
            forced = range(min(done.stats.forced_tokens, len(written)))
            replies.append(Reply(model.tokenize(segments), written, frozenset(forced)))
    return replies


def _home_llm(model: Model, number: int) -> list[Reply]:
    """Return what a Home-LLM model should write."""
    home, format_ = house(_ENTITIES, number), get_format(READS_HOMES)
    system = Message(role="system", content=format_.system(home))
    replies = []
    for said, call in _requests(home):
        heard = format_.hear(said, home)
        parts = format_.prompt([system, Message(role="user", content=heard.message)])
        prompt = model.tokenize([(part.text, part.markup) for part in parts])
        name = home.entity_by_id[call.devices[0]].name
        text = heard.reply([call], f"turning on the {name} for you now")
        replies.append(Reply(prompt, list(model.vocabulary.encode(text))))
    return replies
