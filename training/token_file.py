"""The requests of a JSONL file as flat arrays, made once and then read from a cache."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import gc
import hashlib
import json
from multiprocessing import get_context
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.choices import FREE, Allowed, Choices, TrainingVocabulary
from training.dataset import Request, encode_home, read_lines
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder, load_tokenizer

Ints = npt.NDArray[np.int64]

_VERSION = 7
_CHUNK = 64
_OBJECTS = 200_000


@dataclass(frozen=True, kw_only=True)
class TokenFile:
    """Requests, one after the other. Sets of allowed tokens that are equal are kept once.

    Args:
        ids: all token ids, ``(tokens,)``.
        allowed: ``(tokens,)`` for each of them the number of the set that the grammar allows there;
            number 0 means every token, and is that of all tokens of prompts.
        starts: ``(requests + 1,)`` where each request starts in these.
        prompts: ``(requests,)`` how many of its tokens belong to the prompt.
        sets: the tokens of all sets, one after the other.
        sets_at: ``(sets + 1,)`` where each set starts there.

    """

    ids: npt.NDArray[np.uint16]
    allowed: npt.NDArray[np.uint32]
    starts: Ints
    prompts: Ints
    sets: npt.NDArray[np.uint16]
    sets_at: Ints

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self.prompts)

    def request(self, number: int) -> Request:
        """Return a request by number."""
        start, end = self.starts[number : number + 2]
        prompt = int(self.prompts[number])
        return Request(
            ids=tuple(self.ids[start:end].tolist()),
            prompt=prompt,
            allowed=tuple(self.set(n) for n in self.allowed[start + prompt : end].tolist()),
        )

    def set(self, number: int) -> Allowed:
        """Return a set of allowed tokens by number."""
        return tuple(self.sets[self.sets_at[number] : self.sets_at[number + 1]].tolist())


def token_file(path: Path, tokenizer_folder: Path, cache: Path) -> TokenFile:
    """Return a JSONL file as token ids, from the cache if it was tokenized before.

    Args:
        path: generated homes, one a line.
        tokenizer_folder: where the tokenizer was saved, or a GGUF file that has it.
        cache: folder for token ids; made if need be.

    """
    lines = read_lines(path)
    digest = hashlib.sha256(f"{_VERSION}".encode())
    is_file = tokenizer_folder.suffix == ".gguf"
    tokenizer = tokenizer_folder if is_file else tokenizer_folder / "tokenizer.json"
    digest.update(tokenizer.read_bytes())
    digest.update("\n".join(lines).encode())
    stored = cache / f"{path.stem}-{digest.hexdigest()[:16]}.npz"
    if not stored.is_file():
        tokens = _joined(_encode_all(lines, path, tokenizer_folder))
        cache.mkdir(parents=True, exist_ok=True)
        partial = stored.with_suffix(".partial.npz")
        np.savez(partial, **vars(tokens))
        partial.replace(stored)
    with np.load(stored) as arrays:
        return TokenFile(**arrays)


def _flatten(requests: Sequence[Request]) -> TokenFile:
    table: dict[Allowed, int] = {FREE: 0}
    allowed = [
        number
        for request in requests
        for number in (
            *[0] * request.prompt,
            *(table.setdefault(few, len(table)) for few in request.allowed),
        )
    ]
    return TokenFile(
        ids=np.array([token for request in requests for token in request.ids], dtype=np.uint16),
        allowed=np.array(allowed, dtype=np.uint32),
        starts=_starts(len(request.ids) for request in requests),
        prompts=np.array([request.prompt for request in requests], dtype=np.int64),
        sets=np.array([token for few in table for token in few], dtype=np.uint16),
        sets_at=_starts(map(len, table)),
    )


def _starts(sizes: Iterable[int]) -> Ints:
    """Return where parts of these sizes start, and where the last of them ends."""
    return np.cumsum([0, *sizes], dtype=np.int64)


def _joined(parts: Iterable[TokenFile]) -> TokenFile:
    table: dict[Allowed, int] = {FREE: 0}
    ids, allowed, sizes, prompts = [], [], [], []
    for part in parts:
        sets = (part.set(number) for number in range(len(part.sets_at) - 1))
        numbers = np.array([table.setdefault(few, len(table)) for few in sets], dtype=np.uint32)
        ids.append(part.ids)
        allowed.append(numbers[part.allowed])
        sizes.append(np.diff(part.starts))
        prompts.append(part.prompts)
    return TokenFile(
        ids=np.concatenate(ids),
        allowed=np.concatenate(allowed),
        starts=_starts(np.concatenate(sizes).tolist()),
        prompts=np.concatenate(prompts),
        sets=np.array([token for few in table for token in few], dtype=np.uint16),
        sets_at=_starts(map(len, table)),
    )


def _encode_all(lines: list[str], path: Path, tokenizer_folder: Path) -> Iterator[TokenFile]:
    chunks = [(i, lines[i : i + _CHUNK]) for i in range(0, len(lines), _CHUNK)]
    workers = min(os.cpu_count() or 1, len(chunks))
    if workers == 1:
        yield from map(_Worker(path, tokenizer_folder), chunks)
        return
    # Not forked: torch's threads may already run here.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (path, tokenizer_folder)) as pool:
        yield from pool.map(_work, chunks)


class _Worker:
    """Encodes lines of a file."""

    def __init__(self, path: Path, tokenizer_folder: Path) -> None:
        self._path = path
        tokenizer = load_tokenizer(tokenizer_folder)
        self._encoder = SegmentEncoder(tokenizer)
        self._choices = Choices(TrainingVocabulary(tokenizer, self._encoder))

    def __call__(self, chunk: tuple[int, list[str]]) -> TokenFile:
        first, lines = chunk
        requests: list[Request] = []
        for number, line in enumerate(lines, start=first + 1):
            try:
                requests += encode_home(json.loads(line), self._encoder, self._choices)
            except (ValueError, TrainingError) as err:
                raise TrainingError(f"{self._path}:{number}: {err}") from err
        return _flatten(requests)


# Of a worker process: what its initializer made.
_worker: list[_Worker] = []


def _start(path: Path, tokenizer_folder: Path) -> None:
    _worker.append(_Worker(path, tokenizer_folder))
    # Grammars are kept: to look through them for garbage again and again takes a fifth of the time.
    gc.freeze()
    gc.set_threshold(_OBJECTS)


def _work(chunk: tuple[int, list[str]]) -> TokenFile:
    return _worker[0](chunk)
