"""A GGUF file says what the model of transformers says, and reads text as it does."""

from pathlib import Path
import random
import subprocess
import sys
from typing import Any
import unicodedata

from gguf import GGUFReader
import llama_cpp
import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from home_llm_core.chat import Message
from home_llm_core.formats import TINY
from training.checkpoint import save_model
from training.corpus import invented_words, multilingual, wire_format
from training.errors import TrainingError
from training.export import export
from training.gguf_file import Description
from training.model import Shape, build_model
from training.quantization import QUANTIZATIONS
from training.tokenizer import (
    CHAT_TEMPLATE,
    SegmentEncoder,
    tokenizer_of_gguf,
    train_tokenizer,
)

SHAPE = Shape(hidden=256, layers=2, heads=4, kv_heads=2, feed_forward=512)
DESCRIPTION = Description(
    name="A model", license="apache-2.0", prompt_format="tiny-6", domains=("light", "cover")
)
LINES = 10_000


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of full size."""
    return train_tokenizer([*multilingual(random.Random(1)), *wire_format()])


@pytest.fixture(scope="module")
def model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    model = build_model(SHAPE, len(tokenizer), seed=1)
    # Random weights hardly differ from one another in what they say; larger ones do.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(3)
    return model


@pytest.fixture(scope="module")
def folder(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, model, tokenizer)
    return folder


@pytest.fixture(scope="module")
def gguf(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "model.gguf"
    export(folder, path, "f32", DESCRIPTION)
    return path


@pytest.fixture(scope="module")
def llama(gguf: Path) -> llama_cpp.Llama:
    return llama_cpp.Llama(
        str(gguf),
        n_ctx=1024,
        n_threads=2,
        logits_all=True,
        type_k=llama_cpp.GGML_TYPE_F32,
        type_v=llama_cpp.GGML_TYPE_F32,
        flash_attn=False,
        verbose=False,
    )


def test_logits_agree(
    homes: list[dict[str, Any]],
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    llama: llama_cpp.Llama,
) -> None:
    encoder = SegmentEncoder(tokenizer)
    for home in homes[:4]:
        turns = [turn for request in home["requests"] for turn in request["messages"]]
        ids = encoder.encode(TINY.prompt([Message(**turn) for turn in turns]))
        with torch.no_grad():
            expected = model(torch.tensor([ids])).logits[0].numpy()
        llama.reset()
        llama.eval(ids)
        assert len(ids) > 40
        assert np.abs(expected).max() > 1
        assert np.abs(llama.scores[: len(ids)] - expected).max() <= 1e-3


def test_tokenizer_can_be_taken_back(tokenizer: PreTrainedTokenizerFast, gguf: Path) -> None:
    """The tokenizer of a model file is enough to go on training it."""
    taken = SegmentEncoder(tokenizer_of_gguf(gguf))
    encoder = SegmentEncoder(tokenizer)
    assert taken.turn_end == encoder.turn_end
    assert [text for text in lines() if taken.text(text) != encoder.text(text)] == []


def test_a_file_without_a_tokenizer(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="no tokenizer that can be read"):
        tokenizer_of_gguf(path)


def lines() -> list[str]:
    """Return lines of all languages, invented words, emoji, and letters of every script."""
    rng = random.Random(5)
    texts = sorted(set(multilingual(rng)))
    chosen = rng.sample(texts, LINES - 3000) + list(invented_words(rng, 1000))
    emoji = [chr(code) for code in (*range(0x1F300, 0x1F650), *range(0x1F900, 0x1F9FF), 0x200D)]
    letters = [
        chr(code)
        for code in range(0x20, 0x2FA20)
        if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")
    ]
    for _ in range(1000):
        words = rng.choice(chosen).split(" ") + rng.choices(emoji, k=3)
        rng.shuffle(words)
        chosen.append(rng.choice(["", " ", "\t", "\n"]).join(words))
    chosen += ["".join(rng.choices(letters, k=12)) for _ in range(1000)]
    return chosen


def test_token_ids_agree(tokenizer: PreTrainedTokenizerFast, llama: llama_cpp.Llama) -> None:
    encoder, texts = SegmentEncoder(tokenizer), lines()
    assert len(texts) == LINES
    different = [
        text
        for text in texts
        if encoder.text(text) != llama.tokenize(text.encode(), add_bos=False, special=False)
    ]
    assert different == []


def test_special_tokens_are_control_tokens(gguf: Path, llama: llama_cpp.Llama) -> None:
    fields = GGUFReader(gguf).fields
    assert fields["tokenizer.ggml.token_type"].contents()[:4] == [3, 3, 3, 1]
    markup = b"<|im_start|>user\nhi<|im_end|>"
    assert set(llama.tokenize(markup, add_bos=False, special=True)) >= {1, 2}
    assert not set(llama.tokenize(markup, add_bos=False, special=False)) & {0, 1, 2}
    assert llama.token_eos() == 2
    assert not llama_cpp.llama_vocab_get_add_bos(llama._model.vocab)


def test_metadata(gguf: Path) -> None:
    fields = GGUFReader(gguf).fields
    expected = {
        "general.name": "A model",
        "general.license": "apache-2.0",
        "home_llm.format": "tiny-6",
        "home_llm.domains": "light,cover",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.eos_token_id": 2,
        "llama.context_length": 4096,
    }
    assert {key: fields[key].contents() for key in expected} == expected
    assert fields["tokenizer.chat_template"].contents() == CHAT_TEMPLATE


@pytest.mark.parametrize("kind", ["f16", *QUANTIZATIONS])
def test_fewer_bits(folder: Path, gguf: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "small.gguf"
    export(folder, out, kind, DESCRIPTION)
    assert out.stat().st_size < 0.7 * gguf.stat().st_size
    small = llama_cpp.Llama(str(out), n_ctx=64, n_threads=1, logits_all=True, verbose=False)
    small.eval([5, 6, 7])
    assert np.isfinite(small.scores[:3]).all()
    assert GGUFReader(out).fields["home_llm.format"].contents() == "tiny-6"
    assert [file.name for file in tmp_path.iterdir()] == ["small.gguf"]


def test_what_cannot_be_exported_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in folder.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "model.safetensors").write_bytes(b"\0" * 64)
    out = tmp_path / "out"
    for model in (tmp_path / "missing", broken):
        for kind in ("f32", "q8_0"):
            with pytest.raises(TrainingError):
                export(model, out / "model.gguf", kind, DESCRIPTION)
    assert not out.exists() or not list(out.iterdir())


def test_command(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "training/export.py", str(folder), "--out"]
    done = subprocess.run(
        [*command, str(tmp_path / "model.gguf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model.gguf").stat().st_size > 1e6
    done = subprocess.run(
        [*command, str(tmp_path / "model.bin")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
