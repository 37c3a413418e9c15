"""Generated homes as token ids: for each request its prompt, the reply, and the end of the turn."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from home_llm_core.actions import ACTIONS
from home_llm_core.chat import Message, marked
from home_llm_core.errors import CoreError
from home_llm_core.formats import get_format
from home_llm_core.home import home_from_dict
from training.choices import Allowed, Choices
from training.errors import TrainingError
from training.tokenizer import SegmentEncoder


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request.

    Args:
        ids: token ids; the last is the end of the turn.
        prompt: how many of them belong to the prompt (at least one).
        allowed: for each token of the reply, what the grammar allows there (``choices.py``).

    """

    ids: tuple[int, ...]
    prompt: int
    allowed: tuple[Allowed, ...]


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


def encode_home(home: dict[str, Any], encoder: SegmentEncoder, choices: Choices) -> list[Request]:
    """Return the requests of a generated home as token ids, but those without a reply.

    Raises:
        TrainingError: a field is missing, or the prompt format is not known.

    """
    try:
        return _encode(home, encoder, choices)
    except (KeyError, TypeError, IndexError) as err:
        raise TrainingError(f"not a generated home: {err!r}") from err
    except CoreError as err:
        raise TrainingError(str(err)) from err


def _encode(home: dict[str, Any], encoder: SegmentEncoder, choices: Choices) -> list[Request]:
    format_ = get_format(home["format"])
    snapshot = home_from_dict(home["home"])
    actions = frozenset(
        name
        for name, action in ACTIONS.items()
        if not action.targets or action.domain in home["domains"]
    )
    requests = []
    for request in home["requests"]:
        *turns, reply = (Message(role=m["role"], content=m["content"]) for m in request["messages"])
        if not reply.content:
            continue
        record = request["record"]
        area = snapshot.area_by_id.get(record["speaker_area"] or "")
        heard = format_.hear(record["text"], snapshot, area, actions)
        prompt = encoder.encode(format_.prompt(turns))
        ids = (*encoder.encode(marked(reply.content, format_.tokens)), encoder.turn_end)
        allowed = choices.along(heard.grammar, ids, heard.words)
        requests.append(Request(ids=(*prompt, *ids), prompt=len(prompt), allowed=tuple(allowed)))
    return requests
