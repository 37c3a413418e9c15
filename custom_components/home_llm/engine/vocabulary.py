"""The tokens of a loaded model: text to ids and back, and which ids never come from text."""

from collections.abc import Collection
import ctypes
from functools import lru_cache
import re

from llama_cpp import llama_cpp
import numpy as np
from numpy.typing import NDArray

from .reply import Segments

TokenIds = NDArray[np.intp]

_HIDDEN = (
    llama_cpp.LLAMA_TOKEN_ATTR_CONTROL
    | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
    | llama_cpp.LLAMA_TOKEN_ATTR_UNUSED
)
# Arguments of llama.cpp's functions, which take no names.
_ADD_SPECIAL = False
_SHOW_SPECIAL = False
_STRIP = 0


class Vocabulary:
    """The vocabulary of a model.

    Args:
        pointer: llama.cpp's vocabulary; it must outlive this object.
        spoken: special tokens that replies may hold, where they are shown as their text.

    """

    def __init__(self, pointer: llama_cpp.llama_vocab_p, spoken: Collection[str] = ()) -> None:
        self._pointer = pointer
        self.size = llama_cpp.llama_vocab_n_tokens(pointer)
        tokens = range(self.size)
        self.ends = frozenset(t for t in tokens if llama_cpp.llama_vocab_is_eog(pointer, t))
        self.special = frozenset(t for t in tokens if self._is_special(t))
        self._spoken = frozenset(t for t in self.special if self._marker(t) in spoken)
        self.pieces = tuple(self._piece(token) for token in tokens)
        # llama.cpp finds user-defined tokens in any text; a cut in their midst hides them.
        markers = sorted(filter(None, map(self._marker, self.special)), key=len, reverse=True)
        self._markers = re.compile("|".join(map(re.escape, markers))) if markers else None
        # Most of a prompt stays as it was. A grammar's strings are many, but short.
        self._prompt_text = lru_cache(maxsize=32)(self.encode)
        self.string = lru_cache(maxsize=8192)(self.encode)

    def prompt(self, segments: Segments) -> list[int]:
        """Return the ids of a prompt, each segment tokenized on its own.

        Args:
            segments: pieces of text; only in those that are markup special tokens are meant.

        """
        pointer = self._pointer
        tokens = [llama_cpp.llama_vocab_bos(pointer)] if self._adds_bos() else []
        for text, markup in segments:
            tokens.extend(self._tokenize(text, special=True) if markup else self._prompt_text(text))
        return tokens

    def _adds_bos(self) -> bool:
        return bool(llama_cpp.llama_vocab_get_add_bos(self._pointer))

    def encode(self, text: str) -> tuple[int, ...]:
        """Return the ids of plain text; no special token is ever among them."""
        tokens = self._tokenize(text, special=False)
        if self.special.isdisjoint(tokens):
            return tuple(tokens)
        parts = [self._tokenize(part, special=False) for part in self._cut(text)]
        return tuple(t for part in parts for t in part if t not in self.special)

    def _cut(self, text: str) -> list[str]:
        """Cut a text so that no part holds a special token's text."""
        if self._markers is None:
            return [text]
        parts, start, position = [], 0, 0
        while match := self._markers.search(text, position):
            position = match.start() + 1
            parts.append(text[start:position])
            start = position
        return [*parts, text[start:]]

    def _tokenize(self, text: str, *, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 1
        while True:
            buffer = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(
                self._pointer, data, len(data), buffer, room, _ADD_SPECIAL, special
            )
            if count >= 0:
                return buffer[:count]
            room = -count

    def _piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for in a reply; nothing for most special tokens."""
        if token in self._spoken:
            return self._marker(token).encode()
        room = 32
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = llama_cpp.llama_token_to_piece(
                self._pointer, token, buffer, room, _STRIP, _SHOW_SPECIAL
            )
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def _attributes(self, token: int) -> int:
        return int(llama_cpp.llama_vocab_get_attr(self._pointer, token))

    def _is_special(self, token: int) -> bool:
        attributes = self._attributes(token)
        if attributes & llama_cpp.LLAMA_TOKEN_ATTR_CONTROL or token in self.ends:
            return True
        # Runs of spaces are user-defined tokens in some files; a turn's marker is not blank.
        return bool(attributes & llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED) and bool(
            self._marker(token).strip()
        )

    def _marker(self, token: int) -> str:
        text = llama_cpp.llama_vocab_get_text(self._pointer, token).decode("utf-8", "replace")
        return text if len(text) > 1 else ""

    def speech(self) -> TokenIds:
        """Return the ids that replies without a grammar are made of, and those that end them."""
        said = self.ends | self._spoken
        tokens = [
            token
            for token, piece in enumerate(self.pieces)
            if token in said
            or (piece and token not in self.special and not self._attributes(token) & _HIDDEN)
        ]
        return np.array(tokens, dtype=np.intp)
