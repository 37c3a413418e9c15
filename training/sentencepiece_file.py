"""The tokenizer of a Llama or Gemma as sentencepiece writes it down, for llama.cpp's converter.

transformers keeps such a tokenizer as ``tokenizer.json``: pieces, and pairs of pieces that are
merged, the earlier the better. llama.cpp merges whatever gives the piece of the highest score, and
its converter wants these scores from a ``tokenizer.model``. A folder that transformers saved has no
such file, and one from the hub knows nothing of tokens that were added. So it is made anew: a
piece's score is the rank of its first merge, negative.

Source: Kudo and Richardson 2018 (arXiv:1808.06226); sentencepiece_model.proto.
"""

import json
from pathlib import Path
import re
from typing import Any

from sentencepiece import sentencepiece_model_pb2

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_UNKNOWN = "<unk>"

# Its classes are made when it is imported, so no type checker sees them.
proto: Any = sentencepiece_model_pb2
_KINDS = proto.ModelProto.SentencePiece


def write_pieces(tokenizer: Path, out: Path) -> bool:
    """Write the pieces of a tokenizer, if it is one with pieces.

    Args:
        tokenizer: a ``tokenizer.json``.
        out: the ``tokenizer.model`` to write.

    Returns:
        whether there was something to write: byte-level tokenizers have no pieces.

    """
    saved = json.loads(tokenizer.read_text(encoding="utf-8"))
    model = saved["model"]
    if model.get("type") != "BPE" or not model.get("byte_fallback"):
        return False
    file = proto.ModelProto()
    file.trainer_spec.model_type = proto.TrainerSpec.BPE
    file.trainer_spec.byte_fallback = True
    added = {token["content"]: token for token in saved["added_tokens"]}
    ids = model["vocab"] | {text: token["id"] for text, token in added.items()}
    ranks = _ranks(model["merges"])
    # A number that no piece has gets one that no text can hold, so that the others keep theirs.
    by_id = {number: text for text, number in ids.items()}
    for number in range(max(by_id) + 1):
        text = by_id.get(number, f"[PAD{number}]")
        kind = _kind(text, added) if number in by_id else _KINDS.UNUSED
        file.pieces.add(piece=text, score=-float(ranks.get(text, len(ranks))), type=kind)
    out.write_bytes(file.SerializeToString())
    return True


def _ranks(merges: list[Any]) -> dict[str, int]:
    """Return the rank of the first merge that gives each piece."""
    ranks: dict[str, int] = {}
    for merge in merges:
        # Older files have both halves in one text.
        text = merge.replace(" ", "") if isinstance(merge, str) else "".join(merge)
        ranks.setdefault(text, len(ranks))
    return ranks


def _kind(text: str, added: dict[str, dict[str, Any]]) -> int:
    if text == _UNKNOWN:
        return int(_KINDS.UNKNOWN)
    if _BYTE.fullmatch(text):
        return int(_KINDS.BYTE)
    if text not in added:
        return int(_KINDS.NORMAL)
    return int(_KINDS.CONTROL if added[text]["special"] else _KINDS.USER_DEFINED)
