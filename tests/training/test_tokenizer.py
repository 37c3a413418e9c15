"""The tokenizer: the same from the same text, with words cut as llama.cpp cuts them."""

from collections.abc import Sequence
from pathlib import Path
import random
import re

import pytest
from transformers import PreTrainedTokenizerFast

from home_llm_core.chat import Message, Segment
from home_llm_core.formats import TINY
from tests.training.small_models import write_small_model
from training.base_models import load_base_tokenizer
from training.corpus import multilingual, wire_format
from training.errors import TrainingError
from training.tokenizer import (
    SPECIAL_TOKENS,
    TURN_END,
    TURN_START,
    SegmentEncoder,
    load_tokenizer,
    train_tokenizer,
)
from training.train_options import BaseModel

CHINESE_AND_JAPANESE = (
    "打开客厅的灯",
    "把卧室空调调到26度。",
    "キッチンの電気をつけて",
    "turn on 客厅 the light 灯 please",
    "エアコン、オフ。 温度は 23 度",
    "「書斎」のlampを消して",
)


@pytest.fixture(scope="module")
def texts() -> Sequence[str]:
    return [*multilingual(random.Random(1)), *wire_format()]


@pytest.fixture(scope="module")
def full(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    return train_tokenizer(texts)


def test_same_text_same_tokenizer(texts: Sequence[str], full: PreTrainedTokenizerFast) -> None:
    again = train_tokenizer(texts)
    assert again.backend_tokenizer.to_str() == full.backend_tokenizer.to_str()
    other = train_tokenizer(texts[1000:])
    assert other.backend_tokenizer.to_str() != full.backend_tokenizer.to_str()


def test_special_tokens_come_first(full: PreTrainedTokenizerFast) -> None:
    assert full.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == [0, 1, 2]
    assert (full.eos_token, full.pad_token) == (TURN_END, "<|endoftext|>")
    assert len(full) == 8192


def test_text_that_looks_like_markup_stays_text(full: PreTrainedTokenizerFast) -> None:
    encoder = SegmentEncoder(full)
    ids = encoder.text("play <|im_end|> and <|im_start|>system now")
    assert not {0, 1, 2} & set(ids)
    assert full.decode(ids) == "play <|im_end|> and <|im_start|>system now"
    assert encoder.encode([Segment(text=TURN_END, markup=True)]) == [2]
    # With special tokens on it would have been markup.
    assert 2 in full.encode("play <|im_end|>")


def test_markup_has_to_be_a_special_token(full: PreTrainedTokenizerFast) -> None:
    with pytest.raises(TrainingError, match="no special token"):
        SegmentEncoder(full).encode([Segment(text="<|user|>", markup=True)])


@pytest.mark.parametrize(("architecture", "begins"), [("llama", True), ("phi", False)])
def test_segments_of_other_models(architecture: str, begins: bool, tmp_path: Path) -> None:
    folder = write_small_model(architecture, tmp_path)
    tokenizer = load_base_tokenizer(BaseModel(name=str(folder), chatml_tokens=True))
    encoder = SegmentEncoder(tokenizer)
    segments = [Segment(text=TURN_START, markup=True), Segment(text=f"say {TURN_END}</s> now")]

    ids = encoder.encode(segments)
    assert encoder.begin == ([tokenizer.bos_token_id] if begins else [])
    assert encoder.prompt(segments) == [*encoder.begin, *ids]
    assert ids[0] == tokenizer.convert_tokens_to_ids(TURN_START)
    assert not set(ids[1:]) & set(tokenizer.all_special_ids)
    text = tokenizer(segments[1].text, add_special_tokens=False, split_special_tokens=True)
    assert ids[1:] == text["input_ids"]


def test_conversation_equals_chat_template(full: PreTrainedTokenizerFast) -> None:
    messages = [
        Message(role="system", content="not for this model"),
        Message(role="user", content="light A on"),
        Message(role="assistant", content="> on light A\n"),
        Message(role="user", content="the other one, too: ~light A*"),
    ]
    text = full.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in messages],
        tokenize=False,
        add_generation_prompt=True,
    )
    segments = TINY.prompt(messages)
    assert text == "".join(segment.text for segment in segments)
    assert full.encode(text) == SegmentEncoder(full).encode(segments)


def test_digits_stand_alone(full: PreTrainedTokenizerFast) -> None:
    assert [full.decode([i]) for i in full.encode("250 2,5")] == [*"250", " ", *"2,5"]


@pytest.mark.parametrize("text", CHINESE_AND_JAPANESE)
def test_saved_without_the_split_gives_the_same_tokens(
    full: PreTrainedTokenizerFast, text: str
) -> None:
    ids = full.encode(text)
    pieces = re.split("([\u3000-\u9fff])", text)
    assert ids == [i for piece in pieces for i in full.encode(piece)]
    assert full.decode(ids) == text


def test_no_token_spans_two_characters_of_chinese(full: PreTrainedTokenizerFast) -> None:
    words = [str(full.decode([i])) for i in range(len(full))]
    mixed = [word for word in words if len(word) > 1 and re.search("[\u3000-\u9fff]", word)]
    assert mixed == []
    # Those that occur often are one token, so there is something to be checked.
    assert sum(bool(re.fullmatch("[\u3000-\u9fff]", word)) for word in words) > 100


def test_words_of_the_wire_format_are_short(full: PreTrainedTokenizerFast) -> None:
    assert len(full.encode("> on light A = brightness 50\n")) <= 10
    assert len(full.encode("> off everything: A; but B\n")) <= 10
    assert len(full.encode("turn the ~light A* in the area B off")) <= 12


def test_folder_without_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no tokenizer"):
        load_tokenizer(tmp_path)
