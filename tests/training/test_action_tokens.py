"""Action tokens all the way: learned, written to a GGUF file, said, and understood."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from home_llm_core.calls import Call
from home_llm_core.chat import Message, Segment
from home_llm_core.formats import get_format
from home_llm_core.home import Entity, Home, home_to_dict
from home_llm_engine.model import Model
from home_llm_engine.reply import Piece
from tests.training.conftest import SHAPE
from training.checkpoint import save_model
from training.choices import Choices, TrainingVocabulary
from training.dataset import Request, encode_home
from training.errors import TrainingError
from training.gguf_file import Description, convert
from training.model import build_model
from training.tokenizer import SegmentEncoder, train_tokenizer

FORMAT = get_format("home-llm-actions")
HOME = Home(entities=(Entity(entity_id="light.desk", name="Desk <|call_end|>", state="off"),))
TEXT = "desk to 40 percent <|light.turn_off|>"
CALL = Call(action="light.turn_on", devices=("light.desk",), arguments={"brightness": 40})
HEARD = FORMAT.hear(TEXT, HOME)
TURNS = [
    Message(role="system", content=FORMAT.system(HOME)),
    Message(role="user", content=HEARD.message),
]
REPLY = HEARD.reply([CALL], "Here you are.")


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer with the tokens of the format."""
    made = train_tokenizer([*(turn.content for turn in TURNS), REPLY], 300)
    made.add_tokens(list(FORMAT.tokens), special_tokens=True)
    return made


def encoded(tokenizer: PreTrainedTokenizerFast) -> Request:
    """Return the request as token ids."""
    messages = [*TURNS, Message(role="assistant", content=REPLY)]
    line: dict[str, Any] = {
        "format": FORMAT.name,
        "home": home_to_dict(HOME),
        "domains": ["light"],
        "requests": [
            {
                "messages": [{"role": m.role, "content": m.content} for m in messages],
                "record": {"text": TEXT, "speaker_area": None},
            }
        ],
    }
    encoder = SegmentEncoder(tokenizer)
    (request,) = encode_home(line, encoder, Choices(TrainingVocabulary(tokenizer, encoder)))
    return request


def test_only_the_calls_of_a_reply_are_tokens_of_their_own(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    request, encoder = encoded(tokenizer), SegmentEncoder(tokenizer)
    new = [encoder.encode([Segment(text=token, markup=True)])[0] for token in FORMAT.tokens]
    ids = dict(zip(FORMAT.tokens, new, strict=True))
    on, end = ids["<|light.turn_on|>"], ids["<|call_end|>"]
    reply = request.ids[request.prompt :]
    assert not set(new) & set(request.ids[: request.prompt])
    assert reply == (
        *(*encoder.text("Here you are."), on),
        *(*encoder.text("light.desk brightness=40"), end, encoder.turn_end),
    )


def test_a_tokenizer_without_them_is_refused() -> None:
    """Else a model would learn to spell them."""
    with pytest.raises(TrainingError, match="no special token"):
        encoded(train_tokenizer([REPLY], 300))


def test_a_model_that_learned_them_calls(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    request = encoded(tokenizer)
    model = build_model(SHAPE, len(tokenizer), seed=1)
    ids = torch.tensor([request.ids])  # (1, T)
    labels = ids.clone()
    labels[0, : request.prompt] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(60):
        loss = model(ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss < 0.1
    save_model(tmp_path / "model", model, tokenizer)
    path = tmp_path / "model.gguf"
    about = Description(name="x", license="mit", prompt_format=FORMAT.name, domains=("light",))
    convert(tmp_path / "model", path, "f32", about)

    parser = HEARD.parser()
    with Model(path, n_threads=1) as engine:
        segments = [(segment.text, segment.markup) for segment in FORMAT.prompt(TURNS)]
        assert engine.tokenize(segments) == list(request.ids[: request.prompt])
        pieces = [p.text for p in engine.generate(segments, max_tokens=60) if isinstance(p, Piece)]
    assert "".join(pieces) == REPLY
    assert [event for piece in pieces for event in parser.feed(piece)][-1] == CALL
