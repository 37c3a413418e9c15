"""The tokens of a loaded model: text to ids and back, and which ids never come from text."""

from collections.abc import Collection, Iterable, Mapping
import ctypes
from functools import cached_property, lru_cache
import re
from typing import NamedTuple

from llama_cpp import llama_cpp
import numpy as np
from numpy.typing import NDArray

from .quoted import QuotedTokens
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


class Speech(NamedTuple):
    """What a reply without a grammar is made of."""

    tokens: TokenIds
    """What it may hold, and what ends it."""

    shown: Mapping[int, bytes]
    """The special tokens among them, with their texts."""


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
        self.string = lru_cache(maxsize=8192)(self._within_text)
        self.speech = lru_cache(maxsize=4)(self._speech)

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

    def _within_text(self, text: str) -> tuple[int, ...]:
        """Return the ids of plain text that follows other text."""
        tokens = self.encode(text)
        data = text.encode("utf-8", "replace")
        if self._bytes(tokens) != b" " + data:
            return tokens
        # SentencePiece's models often put a space before every text; here it goes before a line.
        tokens = self.encode(f"\n{text}")
        while tokens and self._bytes(tokens) != data:
            tokens = tokens[1:]
        return tokens

    def _bytes(self, tokens: Iterable[int]) -> bytes:
        return b"".join(self.pieces[token] for token in tokens)

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

    @property
    def bos(self) -> str:
        """The token that chat templates begin prompts with; nothing if prompts get it anyway."""
        token = llama_cpp.llama_vocab_bos(self._pointer)
        return "" if token < 0 or self._adds_bos() else self._marker(token)

    @property
    def eos(self) -> str:
        """The token that chat templates end replies with."""
        token = llama_cpp.llama_vocab_eos(self._pointer)
        return "" if token < 0 else self._marker(token)

    def _speech(self, spoken: frozenset[str] = frozenset()) -> Speech:
        """Return what replies without a grammar are made of.

        Args:
            spoken: special tokens, beside those of the file, that may be among it.

        """
        found = {t for t in self.special - self.ends if self._marker(t) in spoken}
        shown = {token: self._marker(token).encode() for token in found | self._spoken}
        tokens = sorted({*self._ordinary, *shown, *self.ends})
        return Speech(np.array(tokens, dtype=np.intp), shown)

    @cached_property
    def quoted(self) -> QuotedTokens:
        """The tokens that text between quotes is made of."""
        return QuotedTokens(self.pieces, self._ordinary)

    @cached_property
    def _ordinary(self) -> tuple[int, ...]:
        """The tokens that stand for text, and are nothing else."""
        return tuple(
            token
            for token, piece in enumerate(self.pieces)
            if piece and token not in self.special and not self._attributes(token) & _HIDDEN
        )
