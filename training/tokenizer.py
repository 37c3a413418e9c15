"""The tokenizer: byte-level BPE over single digits, for all of our languages.

Text is cut by digits and GPT-2's word boundaries, which llama.cpp knows by the name ``smollm``.
While the merges are learned, every Chinese and Japanese character is a word of its own, so that no
merge ever spans two of them; the saved tokenizer needs no such rule to give the same tokens.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from gguf import GGUFReader
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from home_llm_core.chat import Segment
from training.errors import TrainingError

PRE_TOKENIZER = "smollm"
"""The name by which llama.cpp knows these word boundaries."""

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = (END_OF_TEXT, TURN_START, TURN_END)
"""Control tokens, with ids 0, 1 and 2."""

VOCAB_SIZE = 8192

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}"
    "{{ '<|im_start|>' + message['content'] + '\n' }}"
    "{% elif message['role'] == 'assistant' %}"
    "{{ message['content'] + '<|im_end|>' }}"
    "{% endif %}"
    "{% endfor %}"
)
"""What ``TinyFormat.prompt`` renders, for programs that read GGUF files without it."""

# Exactly the characters whose UTF-8 begins with the bytes e3 to e9: kana, Han, CJK punctuation.
_CJK = "[\u3000-\u9fff]"


def train_tokenizer(texts: Iterable[str], vocab_size: int = VOCAB_SIZE) -> PreTrainedTokenizerFast:
    """Learn merges from texts.

    Args:
        texts: lines in any language; their numbers are their weight.
        vocab_size: number of tokens, special tokens and the 256 bytes included.

    """
    tokenizer = Tokenizer(models.BPE())
    isolated = pre_tokenizers.Split(Regex(_CJK), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([isolated, *_words()])
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return _finished(tokenizer)


def tokenizer_of_gguf(file: Path) -> PreTrainedTokenizerFast:
    """Return the tokenizer of a GGUF file that training/export.py wrote.

    Raises:
        TrainingError: the file cannot be read, or its tokenizer is of another kind.

    """
    try:
        fields = GGUFReader(file).fields
        tokens, merges, kind = (
            fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges", "pre")
        )
    except (OSError, ValueError, KeyError) as err:
        raise TrainingError(f"{file} holds no tokenizer that can be read") from err
    if kind != PRE_TOKENIZER:
        raise TrainingError(f"{file} cuts words as {kind!r}, ours are cut as {PRE_TOKENIZER!r}")
    pairs = [tuple(merge.split(" ", 1)) for merge in merges]
    tokenizer = Tokenizer(models.BPE({token: n for n, token in enumerate(tokens)}, pairs))
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return _finished(tokenizer)


def _words() -> list[pre_tokenizers.PreTokenizer]:
    return [
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ]


def _finished(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(_words())
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=TURN_END,
        pad_token=END_OF_TEXT,
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=4096,
    )


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Load a tokenizer that was saved by ``save_pretrained``, or that of a GGUF file.

    Args:
        folder: where it was saved, or the file.

    Raises:
        TrainingError: there is none.

    """
    if folder.suffix == ".gguf":
        return tokenizer_of_gguf(folder)
    if not (folder / "tokenizer.json").is_file():
        raise TrainingError(
            f"there is no tokenizer.json in {folder}; training/make_tokenizer.py makes one"
        )
    return cast("PreTrainedTokenizerFast", PreTrainedTokenizerFast.from_pretrained(folder))


class SegmentEncoder:
    """Turns segments into token ids as the engine does: each on its own, markup apart from text.

    Args:
        tokenizer: of any model.

    Attributes:
        begin: what the model's texts begin with, ``(0 or 1,)``; llama.cpp puts it before prompts.

    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        bos = tokenizer.bos_token_id
        begins = bos is not None and tokenizer("")["input_ids"][:1] == [bos]
        self.begin: list[int] = [bos] if begins else []
        self._special: Mapping[str, int] = tokenizer.get_added_vocab()
        # Text that looks like markup stays text; and most of a prompt comes again and again.
        self._plain = _without_special_tokens(tokenizer)
        self._text = lru_cache(maxsize=256)(self._encode_text)

    @property
    def turn_end(self) -> int:
        """The id of the token that ends a turn.

        Raises:
            TrainingError: the tokenizer has none.

        """
        return self._id(TURN_END)

    def text(self, text: str) -> list[int]:
        """Return the ids of text that is not markup, whatever it looks like."""
        return list(self._text(text))

    def _encode_text(self, text: str) -> tuple[int, ...]:
        return tuple(self._plain.encode(text, add_special_tokens=False).ids)

    def encode(self, segments: Sequence[Segment]) -> list[int]:
        """Return the ids of rendered segments; ``begin`` is not among them.

        Raises:
            TrainingError: a markup segment is not a special token.

        """
        ids: list[int] = []
        for segment in segments:
            ids += [self._id(segment.text)] if segment.markup else self._text(segment.text)
        return ids

    def prompt(self, segments: Sequence[Segment]) -> list[int]:
        """Return the ids of a prompt, with what the model's texts begin with.

        Raises:
            TrainingError: a markup segment is not a special token.

        """
        return [*self.begin, *self.encode(segments)]

    def _id(self, token: str) -> int:
        if token not in self._special:
            raise TrainingError(f"{token!r} is no special token of this model")
        return self._special[token]


def _without_special_tokens(tokenizer: PreTrainedTokenizerBase) -> Tokenizer:
    """Return a copy that takes no text for a special token."""
    plain = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    plain.encode_special_tokens = True
    plain.no_padding()
    plain.no_truncation()
    return plain
