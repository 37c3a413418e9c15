"""Fine-tuning small random models of the real classes, from a file of chats to a GGUF file."""

from dataclasses import replace
import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any

from llama_cpp import Llama
from peft import PeftModel
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.training.small_models import write_small_model
from training.chat_files import read_chats
from training.chats import ChatEncoder
from training.errors import TrainingError
from training.export import export
from training.fine_tuning import fine_tune
from training.gguf_file import Description
from training.train_options import TrainOptions, parse

RECORDS = [
    {"instruction": "You are Al.", "input": f"turn {state} the {room} lamp", "output": reply}
    for room in ("kitchen", "bedroom", "hall")
    for state, reply in (("on", "It is on now."), ("off", "It is off now."))
]


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    path = tmp_path / "chats.json"
    path.write_text(json.dumps(RECORDS))
    return path


def options(chats: Path, base: Path, *more: str) -> TrainOptions:
    common = ["--run_name", "run", "--output_dir", str(chats.parent), "--base_model", str(base)]
    common += ["--train_dataset", str(chats), "--ctx_size", "256", "--batch_size", "2"]
    return parse([*common, "--learning_rate", "5e-3", "--logging_steps", "1", *more])


def history(run: Path) -> list[dict[str, Any]]:
    states = sorted(run.glob("checkpoint-*/trainer_state.json"), key=lambda p: p.stat().st_mtime)
    found: list[dict[str, Any]] = json.loads(states[-1].read_text())["log_history"]
    return found


def losses(run: Path) -> list[float]:
    return [line["loss"] for line in history(run) if "loss" in line]


@pytest.mark.parametrize("architecture", ["phi", "llama", "gemma", "qwen"])
def test_adapters_from_chats_to_a_gguf_file(architecture: str, chats: Path, tmp_path: Path) -> None:
    base = write_small_model(architecture, tmp_path / "base")
    markers = ["--add_pad_token", "--add_chatml_tokens"]
    saved = ["--lora_modules_to_save", "embed_tokens,lm_head", *markers]
    lora = ["--use_lora", "--lora_rank", "8", "--lora_merge", "--max_steps", "30"]
    run = options(chats, base, *lora, *(saved if architecture == "phi" else []))

    model = fine_tune(replace(run, test=chats))

    learned = losses(run.out)
    assert learned[-1] < 0.6 * learned[0]
    assert (run.out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert list(run.out.glob("runs/*/events*"))
    assert any("eval_loss" in line for line in history(run.out))
    _check_merged(run, model)
    file = tmp_path / "model.gguf"
    export(model, file, "f32", Description(name="Al", license="mit", prompt_format="home-llm-3"))
    assert _answer(file, run)


def _check_merged(run: TrainOptions, model: Path) -> None:
    """Check that the merged model says what base and adapter say together."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    ids = torch.tensor([tokenizer("turn on the lamp")["input_ids"]])
    merged = AutoModelForCausalLM.from_pretrained(model)
    apart = AutoModelForCausalLM.from_pretrained(run.base.name)
    apart.resize_token_embeddings(merged.get_input_embeddings().num_embeddings)
    apart = PeftModel.from_pretrained(apart, run.out / "adapter").eval()
    with torch.no_grad():
        torch.testing.assert_close(merged(ids).logits, apart(ids).logits, atol=1e-3, rtol=1e-3)


def _answer(file: Path, run: TrainOptions) -> str:
    """Return what the GGUF file answers to what it has learned."""
    tokenizer = AutoTokenizer.from_pretrained(run.out / "model")
    style = "chatml" if run.base.chatml_tokens else "template"
    (example,) = ChatEncoder(tokenizer, style).encode(read_chats(run.train)[0])
    prompt = [t for t, label in zip(example.input_ids, example.labels, strict=True) if label < 0]
    llama = Llama(str(file), n_ctx=256, n_threads=1, verbose=False)
    ids = []
    for token in llama.generate(prompt, temp=0.0):
        ids.append(token)
        if len(ids) == 8 or token == llama.token_eos():
            break
    return llama.detokenize(ids).decode(errors="replace").strip()


def test_all_weights_go_on_as_if_they_had_not_stopped(chats: Path, tmp_path: Path) -> None:
    base = write_small_model("llama", tmp_path / "base")
    length = ["--max_steps", "6", "--save_steps", "3"]
    run = options(chats, base, *length)
    fine_tune(run)
    whole = losses(run.out)
    with pytest.raises(TrainingError, match="holds a run: use --resume_from_checkpoint"):
        fine_tune(run)

    fine_tune(replace(run, resume=run.out / "checkpoint-3"))
    assert losses(run.out)[3:] == pytest.approx(whole[3:], abs=1e-6)
    shutil.rmtree(run.out / "checkpoint-6")
    fine_tune(options(chats, base, *length, "--resume_from_checkpoint"))
    assert losses(run.out)[3:] == pytest.approx(whole[3:], abs=1e-6)

    assert len(whole) == 6
    assert whole[3:] != pytest.approx(whole[:3], abs=1e-3)
    AutoModelForCausalLM.from_pretrained(run.out / "model")


def test_small_steps_are_not_lost_in_bfloat16(
    chats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layers that are trained as a whole move by about the learning rate in a step."""
    # It is so on GPUs; here, too, if slowly.
    monkeypatch.setattr("training.fine_tuning.is_bf16_fast", lambda: True)
    base = write_small_model("llama", tmp_path / "base")
    lora = ["--use_lora", "--lora_modules_to_save", "embed_tokens,lm_head", "--bf16"]
    run = options(chats, base, *lora, "--max_steps", "1", "--learning_rate", "1e-5")
    fine_tune(replace(run, warmup=0.0))

    before = AutoModelForCausalLM.from_pretrained(base)
    plain = AutoModelForCausalLM.from_pretrained(base)
    after = PeftModel.from_pretrained(plain, run.out / "adapter")
    # The base itself was rounded to bfloat16; what moved from there is a step of Adam.
    rounded = before.get_output_embeddings().weight.bfloat16().float()
    moved = after.get_output_embeddings().weight - rounded
    assert moved.abs().median().item() == pytest.approx(1e-5, rel=0.1)


def test_what_cannot_be_learned_is_counted(
    chats: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = write_small_model("llama", tmp_path / "base")
    marked = RECORDS[0] | {"output": "It is</s> on."}
    long = RECORDS[0] | {"output": "on and on " * 100}
    chats.write_text(json.dumps([*RECORDS, marked, long]))
    fine_tune(options(chats, base, "--max_steps", "1"))

    said = capsys.readouterr().err
    assert f"{chats}: 1 of 8 chats hold a special token of the model and are left out" in said
    assert f"{chats}: 1 of 7 replies do not fit" in said

    chats.write_text(json.dumps([marked]))
    with pytest.raises(TrainingError, match="no chat that can be learned"):
        fine_tune(options(chats, base, "--run_name", "other"))


def test_chats_in_one_row_do_not_mix(chats: Path, tmp_path: Path) -> None:
    base = write_small_model("llama", tmp_path / "base")
    lengths = ["--max_steps", "1", "--batch_size", "6", "--micro_batch_size", "6"]
    alone = options(chats, base, *lengths)
    fine_tune(alone)
    row = [*lengths[:2], "--batch_size", "1", "--micro_batch_size", "1", "--packing"]
    row.append("--group_by_length")
    packed = options(chats, base, *row, "--run_name", "packed", "--ctx_size", "512")
    fine_tune(packed)

    assert losses(packed.out) == pytest.approx(losses(alone.out), abs=1e-4)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--base_model", "nobody/there-is-none"], "the model hub does not give it"),
        (["--base_model", "."], ". holds no model of transformers"),
        (["--ctx_size", "8"], "no chat fits into --ctx_size 8; the shortest has"),
        (["--ctx_size", "4096"], "--ctx_size 4096 is more than the 512"),
        (["--train_dataset", "none.json"], "none.json: No such file"),
        (["--use_lora", "--lora_modules", "fc9"], "the base model has no layer 'fc9'"),
        (["--load_in_4bit"], "--load_in_4bit needs an NVIDIA GPU"),
        (["--chat", "chatml"], "is no special token of this model"),
        (["--resume_from_checkpoint"], "there is no checkpoint in"),
    ],
)
def test_what_cannot_be_used(
    chats: Path, tmp_path: Path, more: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    base = write_small_model("llama", tmp_path / "base")
    with pytest.raises(TrainingError, match=message):
        fine_tune(options(chats, base, *more))
    assert not list(tmp_path.glob("run/*/*.safetensors"))


def test_the_command(chats: Path, tmp_path: Path) -> None:
    base = write_small_model("phi", tmp_path / "base")
    command = [sys.executable, "training/train.py", "--run_name", "run"]
    command += ["--output_dir", str(tmp_path), "--base_model", str(base), "--max_steps", "1"]
    command += ["--ctx_size", "256"]
    done = subprocess.run(
        [*command, "--train_dataset", str(chats)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last == "error: the base model knows no chats: use --add_chatml_tokens"
    done = subprocess.run(
        [*command, "--train_dataset", str(chats), "--add_chatml_tokens"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(tmp_path / "run" / "model")
