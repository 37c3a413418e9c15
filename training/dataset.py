"""Generated homes as token ids: one document a home, one branch a request.

A document is what its requests have in common (the prompt up to where they part) followed by one
branch for each request: the rest of its prompt, the reply, and the token that ends the turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import hashlib
import json
from multiprocessing import get_context
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from home_llm_core.actions import ACTIONS
from home_llm_core.chat import Message
from home_llm_core.errors import CoreError
from home_llm_core.formats import get_format
from home_llm_core.grammar import Grammar
from home_llm_core.home import home_from_dict
from training.choices import Allowed, Choices, TrainingVocabulary
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder, load_tokenizer

Ints = npt.NDArray[np.int64]

_VERSION = 6
_CHUNK = 64


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One request, from where it parts from the home's other requests.

    Args:
        ids: token ids; the last is the end of the turn.
        prompt: how many of them still belong to the prompt (at least one).
        allowed: for each token of the reply, what the grammar allows there (``choices.py``).

    """

    ids: tuple[int, ...]
    prompt: int
    allowed: tuple[Allowed, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A home: the prompt that all its requests share, and the requests."""

    prefix: tuple[int, ...]
    branches: tuple[Branch, ...]


def read_lines(path: Path) -> list[str]:
    """Return the lines of a JSONL file.

    Raises:
        TrainingError: it is not there, or has no line.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as err:
        raise TrainingError(f"{path}: {err.strerror}") from err
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise TrainingError(f"{path}: the file is empty")
    return lines


def encode_home(home: dict[str, Any], encoder: SegmentEncoder, choices: Choices) -> Document:
    """Return a generated home as token ids.

    Raises:
        TrainingError: a field is missing, or the prompt format is not known.

    """
    try:
        format_ = get_format(home["format"])
        snapshot = home_from_dict(home["home"])
        allowed = frozenset(
            n for n, a in ACTIONS.items() if not a.targets or a.domain in home["domains"]
        )
        prompts, replies, bounds = [], [], []
        for request in home["requests"]:
            turns = [Message(role=m["role"], content=m["content"]) for m in request["messages"]]
            if not turns[-1].content:
                continue
            area = snapshot.area_by_id.get(request["record"]["speaker_area"] or "")
            heard = format_.hear(request["record"]["text"], snapshot, area, allowed)
            prompts.append(encoder.encode(format_.prompt(turns[:-1])))
            replies.append(turns[-1].content)
            bounds.append((heard.grammar, heard.words))
    except (KeyError, TypeError, IndexError) as err:
        raise TrainingError(f"not a generated home: {err!r}") from err
    except CoreError as err:
        raise TrainingError(str(err)) from err
    shared = _shared_length(prompts)
    branches = [
        _branch(prompt[shared:], encoder.text(reply), bound, encoder, choices)
        for prompt, reply, bound in zip(prompts, replies, bounds, strict=True)
    ]
    return Document(prefix=tuple(prompts[0][:shared]) if prompts else (), branches=tuple(branches))


def _shared_length(prompts: Sequence[list[int]]) -> int:
    """Return the length of the common prefix; every prompt keeps its last token for itself."""
    if not prompts:
        return 0
    limit = min(map(len, prompts)) - 1
    # What the first and the last in order share, all share.
    first, last = min(prompts), max(prompts)
    return next((i for i in range(limit) if first[i] != last[i]), limit)


def _branch(
    prompt: Sequence[int],
    reply: Sequence[int],
    bound: tuple[Grammar | None, tuple[str, ...]],
    encoder: SegmentEncoder,
    choices: Choices,
) -> Branch:
    ids = (*reply, encoder.turn_end)
    return Branch(
        ids=(*prompt, *ids),
        prompt=len(prompt),
        allowed=tuple(choices.along(bound[0], ids, bound[1])),
    )


@dataclass(frozen=True, kw_only=True)
class TokenFile:
    """The documents of a JSONL file in flat arrays.

    Args:
        ids: all token ids, ``(tokens,)``: for each document its prefix, then its branches.
        documents: ``(documents, 3)``: where it starts in ``ids``, length of the prefix, number of
            the first branch. One more row marks the end.
        branches: ``(branches, 4)``: where it starts, its length, prompt tokens, and the number of
            the first token of its reply among those of all replies.
        allowed: what is allowed at each token of a reply, one after the other.
        allowed_at: ``(tokens of replies + 1,)``: where that starts.

    """

    ids: npt.NDArray[np.uint16]
    documents: Ints
    branches: Ints
    allowed: npt.NDArray[np.uint16]
    allowed_at: Ints

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.documents) - 1

    def document(self, number: int) -> Document:
        """Return a document by number."""
        start, length, first = self.documents[number]
        branches = self.branches[first : self.documents[number + 1][2]]
        return Document(
            prefix=tuple(self.ids[start : start + length].tolist()),
            branches=tuple(
                Branch(
                    ids=tuple(self.ids[at : at + size].tolist()),
                    prompt=prompt,
                    allowed=tuple(self._allowed(first + n) for n in range(size - prompt)),
                )
                for at, size, prompt, first in branches.tolist()
            ),
        )

    def _allowed(self, number: int) -> Allowed:
        return tuple(self.allowed[self.allowed_at[number] : self.allowed_at[number + 1]].tolist())


def token_file(path: Path, tokenizer_folder: Path, cache: Path) -> TokenFile:
    """Return a JSONL file as token ids, from the cache if it was tokenized before.

    Args:
        path: generated homes, one a line.
        tokenizer_folder: where the tokenizer was saved.
        cache: folder for token ids; made if need be.

    """
    lines = read_lines(path)
    digest = hashlib.sha256(f"{_VERSION}".encode())
    digest.update((tokenizer_folder / "tokenizer.json").read_bytes())
    digest.update("\n".join(lines).encode())
    stored = cache / f"{path.stem}-{digest.hexdigest()[:16]}.npz"
    if not stored.is_file():
        tokens = _flatten(_encode_all(lines, path, tokenizer_folder))
        cache.mkdir(parents=True, exist_ok=True)
        partial = stored.with_suffix(".partial.npz")
        np.savez(partial, **vars(tokens))
        partial.replace(stored)
    with np.load(stored) as arrays:
        return TokenFile(**arrays)


def _flatten(documents: Iterable[Document]) -> TokenFile:
    ids: list[npt.NDArray[np.uint16]] = []
    document_rows: list[tuple[int, int, int]] = []
    branch_rows: list[tuple[int, int, int, int]] = []
    allowed: list[npt.NDArray[np.uint16]] = []
    sizes = [0]
    at = 0
    for document in documents:
        document_rows.append((at, len(document.prefix), len(branch_rows)))
        at += len(document.prefix)
        ids.append(np.array(document.prefix, dtype=np.uint16))
        for branch in document.branches:
            row = (at, len(branch.ids), branch.prompt, len(sizes) - 1)
            branch_rows.append(row)
            allowed += [np.array(choices, dtype=np.uint16) for choices in branch.allowed]
            sizes += map(len, branch.allowed)
            at += len(branch.ids)
            ids.append(np.array(branch.ids, dtype=np.uint16))
    document_rows.append((at, 0, len(branch_rows)))
    return TokenFile(
        ids=np.concatenate([*ids, np.array([], dtype=np.uint16)]),
        documents=np.array(document_rows, dtype=np.int64),
        branches=np.array(branch_rows, dtype=np.int64).reshape(-1, 4),
        allowed=np.concatenate([*allowed, np.array([], dtype=np.uint16)]),
        allowed_at=np.cumsum(sizes),
    )


def _encode_all(lines: list[str], path: Path, tokenizer_folder: Path) -> Iterator[Document]:
    chunks = [(i, lines[i : i + _CHUNK]) for i in range(0, len(lines), _CHUNK)]
    workers = min(os.cpu_count() or 1, len(chunks))
    if workers == 1:
        worker = _Worker(path, tokenizer_folder)
        for chunk in chunks:
            yield from worker(chunk)
        return
    # Not forked: torch's threads may already run here.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (path, tokenizer_folder)) as pool:
        for documents in pool.map(_work, chunks):
            yield from documents


class _Worker:
    """Encodes lines of a file."""

    def __init__(self, path: Path, tokenizer_folder: Path) -> None:
        self._path = path
        tokenizer = load_tokenizer(tokenizer_folder)
        self._encoder = SegmentEncoder(tokenizer)
        self._choices = Choices(TrainingVocabulary(tokenizer, self._encoder))

    def __call__(self, chunk: tuple[int, list[str]]) -> list[Document]:
        first, lines = chunk
        return [self._encode(number, line) for number, line in enumerate(lines, start=first + 1)]

    def _encode(self, number: int, line: str) -> Document:
        try:
            return encode_home(json.loads(line), self._encoder, self._choices)
        except (ValueError, TrainingError) as err:
            raise TrainingError(f"{self._path}:{number}: {err}") from err


# Of a worker process: what its initializer made.
_worker: list[_Worker] = []


def _start(path: Path, tokenizer_folder: Path) -> None:
    _worker.append(_Worker(path, tokenizer_folder))


def _work(chunk: tuple[int, list[str]]) -> list[Document]:
    return _worker[0](chunk)
