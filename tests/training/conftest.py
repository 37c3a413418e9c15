"""Homes, a tokenizer and a model that are small enough for tests."""

from collections.abc import Callable
import json
from pathlib import Path
import random
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.calls import Call, resolve
from home_llm_core.formats import get_format
from home_llm_core.home import Area, Entity, Home, home_to_dict
from training.choices import TrainingVocabulary
from training.model import Shape, build_model
from training.tokenizer import SegmentEncoder, train_tokenizer

TINY = Shape(hidden=32, layers=2, heads=2, kv_heads=2, feed_forward=64)
WORDS = ("desk", "lamp", "zorvek", "kitchen", "wall", "quill", "bed", "main", "plim", "corner")


def make_home(rng: random.Random, devices: int) -> dict[str, Any]:
    """Return a generated home with two requests for each device, and one for what is not there."""
    format_ = get_format("tiny-3")
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
    names = {entity_id: line for line, entity_id in format_.names(home).devices.items()}
    requests = [_request("open the pod bay doors", (), home)]
    for entity in entities:
        device = (names[entity.entity_id],)
        off = Call(action="light.turn_off", devices=device)
        dim = Call(
            action="light.turn_on", devices=device, arguments={"brightness": rng.randint(1, 100)}
        )
        requests.append(_request(f"turn off the {entity.name}", (off,), home))
        requests.append(_request(f"{entity.name} a bit", (dim,), home))
    return {
        "id": f"home-{rng.random()}",
        "split": "train",
        "language": "en",
        "format": "tiny-3",
        "home": home_to_dict(home),
        "system": format_.system(home),
        "requests": requests,
    }


def _request(text: str, calls: tuple[Call, ...], home: Home) -> dict[str, Any]:
    format_ = get_format("tiny-3")
    reply = format_.reply(calls, "Done." if calls else "I can't find that.")
    record_calls = [
        {
            "action": call.action,
            "devices": list(call.devices),
            "arguments": dict(call.arguments),
            "entity_ids": list(resolve(call, home, format_.names(home)).entity_ids),
        }
        for call in calls
    ]
    return {
        "messages": [
            {"role": "user", "content": format_.user(text, home)},
            {"role": "assistant", "content": reply},
        ],
        "record": {
            "kind": "act" if calls else "absent",
            "domains": ["light"],
            "text": text,
            "calls": record_calls,
        },
    }


@pytest.fixture(scope="session")
def homes() -> list[dict[str, Any]]:
    """Return twelve generated homes of one to four devices."""
    rng = random.Random(7)
    return [make_home(rng, 1 + number % 4) for number in range(12)]


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
def encoder(tokenizer: PreTrainedTokenizerFast) -> SegmentEncoder:
    """Return an encoder with that tokenizer."""
    return SegmentEncoder(tokenizer)


@pytest.fixture(scope="session")
def vocabulary(tokenizer: PreTrainedTokenizerFast, encoder: SegmentEncoder) -> TrainingVocabulary:
    """Return that tokenizer as grammars take it."""
    return TrainingVocabulary(tokenizer, encoder)


@pytest.fixture
def make_model(tokenizer: PreTrainedTokenizerFast) -> Callable[[], LlamaForCausalLM]:
    """Return what makes a small model; every one has the same weights."""
    torch.set_num_threads(2)
    return lambda: build_model(TINY, len(tokenizer), seed=3)
