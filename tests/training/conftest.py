"""Homes, a tokenizer and a model that are small enough for tests."""

from collections.abc import Callable
import json
from pathlib import Path
import random
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call, resolve
from home_llm_core.formats import TINY
from home_llm_core.home import Area, Entity, Home, home_to_dict
from home_llm_core.parser import Say
from training.checkpoint import save_model
from training.choices import Choices, TrainingVocabulary
from training.export import export
from training.gguf_file import Description
from training.model import Shape, build_model
from training.token_file import TokenFile, token_file
from training.tokenizer import SegmentEncoder, train_tokenizer

SHAPE = Shape(hidden=32, layers=2, heads=2, kv_heads=2, feed_forward=64)
ALLOWED = frozenset(
    name for name, action in ACTIONS.items() if action.domain == "light" or not action.targets
)
WORDS = ("desk", "lamp", "zorvek", "hall", "wall", "quill", "bed", "main", "plim", "corner")
COURTESIES = ("", "please ", "good evening dear house, would you be so very kind and ")
"""How the requests of a home begin: so some are short, and some are long."""


def make_home(rng: random.Random, devices: int, courtesy: str = "") -> dict[str, Any]:
    """Return a generated home: something absent, a room, and two requests for each device."""
    area = Area(area_id="kitchen", name="Kitchen")
    entities = tuple(
        Entity(
            entity_id=f"light.n{number}",
            name=f"{rng.choice(WORDS)} {rng.choice(WORDS)} {number}",
            area_id="kitchen",
            state="off",
            features=frozenset({"dim"}),
        )
        for number in range(devices)
    )
    home = Home(entities=entities, areas=(area,))
    names = {entity_id: line for line, entity_id in TINY.names(home).devices.items()}
    wanted: list[tuple[str, Say | Call]] = [
        ("open the pod bay doors", Say(key="absent")),
        ("make the kitchen dark", Call(action="light.turn_off", area="area kitchen")),
    ]
    for entity in entities:
        device = (names[entity.entity_id],)
        level = {"brightness": rng.randint(10, 100)}
        dim = Call(action="light.turn_on", devices=device, arguments=level)
        wanted.append((f"switch off {entity.name}", Call(action="light.turn_off", devices=device)))
        wanted.append((f"{entity.name} at {level['brightness']} percent", dim))
    return {
        "id": f"home-{rng.random()}",
        "split": "train",
        "language": "en",
        "format": TINY.name,
        "domains": ["light"],
        "home": home_to_dict(home),
        "requests": [_request(courtesy + text, each, home) for text, each in wanted],
    }


def _request(text: str, wanted: Say | Call, home: Home) -> dict[str, Any]:
    heard = TINY.hear(text, home, allowed=ALLOWED)
    calls = [wanted] if isinstance(wanted, Call) else []
    record_calls = [
        {
            "action": call.action,
            "arguments": dict(call.arguments),
            "entity_ids": list(resolve(call, home, TINY.names(home)).entity_ids),
        }
        for call in calls
    ]
    return {
        "messages": [
            {"role": "user", "content": heard.message},
            {"role": "assistant", "content": heard.reply([wanted])},
        ],
        "record": {
            "kind": "act" if calls else "absent",
            "domains": ["light"],
            "text": text,
            "speaker_area": None,
            "calls": record_calls,
            "turn": None,
        },
    }


@pytest.fixture(scope="session")
def homes() -> list[dict[str, Any]]:
    """Return twelve generated homes of one to four devices."""
    rng = random.Random(7)
    return [make_home(rng, 1 + number % 4, COURTESIES[number % 3]) for number in range(12)]


@pytest.fixture(scope="session")
def homes_file(homes: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a JSONL file of them."""
    path = tmp_path_factory.mktemp("homes") / "homes.jsonl"
    path.write_text("".join(json.dumps(home) + "\n" for home in homes), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tokenizer(homes: list[dict[str, Any]]) -> PreTrainedTokenizerFast:
    """Return a tokenizer of few tokens."""
    return train_tokenizer([json.dumps(home, ensure_ascii=False) for home in homes], 400)


@pytest.fixture(scope="session")
def tokenizer_folder(
    tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder in which it is saved."""
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def data(
    homes_file: Path, tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> TokenFile:
    """Return the file of homes as token ids."""
    return token_file(homes_file, tokenizer_folder, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def encoder(tokenizer: PreTrainedTokenizerFast) -> SegmentEncoder:
    """Return an encoder with that tokenizer."""
    return SegmentEncoder(tokenizer)


@pytest.fixture(scope="session")
def vocabulary(tokenizer: PreTrainedTokenizerFast, encoder: SegmentEncoder) -> TrainingVocabulary:
    """Return that tokenizer as grammars take it."""
    return TrainingVocabulary(tokenizer, encoder)


@pytest.fixture(scope="session")
def choices(vocabulary: TrainingVocabulary) -> Choices:
    """Return what tells what is allowed along replies."""
    return Choices(vocabulary)


@pytest.fixture
def make_model(tokenizer: PreTrainedTokenizerFast) -> Callable[[], LlamaForCausalLM]:
    """Return what makes a small model; every one has the same weights."""
    torch.set_num_threads(2)
    return lambda: build_model(SHAPE, len(tokenizer), seed=3)


@pytest.fixture(scope="session")
def random_gguf(
    tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a GGUF file of random weights, unquantized, beside the ``model`` it was made of."""
    folder = tmp_path_factory.mktemp("random") / "model"
    save_model(folder, build_model(SHAPE, len(tokenizer), seed=3), tokenizer)
    description = Description(
        name="Random", license="apache-2.0", prompt_format=TINY.name, domains=("light",)
    )
    export(folder, folder.parent / "model.f32.gguf", "f32", description)
    return folder.parent / "model.f32.gguf"
