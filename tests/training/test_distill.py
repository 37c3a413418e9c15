"""The command that distills, from its options to a student that can be exported."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
import sys

import pytest
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from training import allocator, distill
from training.checkpoint import save_model
from training.errors import TrainingError
from training.gguf_file import Description, convert
from training.model import Shape, build_model
from training.tokenizer import train_tokenizer

SHAPE = Shape(hidden=48, layers=1, heads=3, kv_heads=3, feed_forward=64)
Command = Callable[..., None]


@pytest.fixture(scope="module")
def teacher(tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of transformers."""
    folder = tmp_path_factory.mktemp("teacher")
    save_model(folder, build_model(SHAPE, len(tokenizer), seed=9), tokenizer)
    return folder


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command, run in this process, which is not to be started anew."""
    monkeypatch.setenv(allocator._MARK, "tests")

    def run(*arguments: str | Path) -> None:
        monkeypatch.setattr(sys, "argv", ["distill.py", *map(str, arguments)])
        distill.main()

    return run


def test_from_teachers_to_a_student(
    command: Command, teacher: Path, homes_file: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    run, file = tmp_path / "run", tmp_path / "teacher.gguf"
    convert(teacher, file, "f32", Description(name="T", license="mit", prompt_format="tiny-6"))
    data = ["--tokenizer", tokenizer_folder, "--batch-tokens", "1024", "--no-compile", "--no-bf16"]
    common = ["--teacher", teacher, file, "--alpha", "0.7", "--temperature", "3", *data]
    common += ["--train", f"{homes_file}:1", f"{homes_file}:2", "--valid", homes_file]
    common += ["--warm-start", teacher, "--layers", "2", "--out", run]
    command(*common, "--steps", "2")
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")
    command(*common, "--steps", "3", "--resume")
    records = [json.loads(line) for line in (run / "log.jsonl").open(encoding="utf-8")]
    assert [record["step"] for record in records] == [1, 2, 2, 3, 3]
    assert [record["stage"] for record in records if "stage" in record] == [0, 1, 1]
    grown = LlamaForCausalLM.from_pretrained(run / "model")
    assert (grown.config.hidden_size, grown.config.num_hidden_layers) == (48, 2)
    new = tmp_path / "new"
    small = ["--teacher", file, "--train", homes_file, "--preset", "4m", "--steps", "1"]
    command(*small, *data, "--out", new)
    student = LlamaForCausalLM.from_pretrained(new / "model")
    assert (student.config.hidden_size, student.config.vocab_size) == (192, 400)


@pytest.fixture
def options(teacher: Path, homes_file: Path, tokenizer_folder: Path, tmp_path: Path) -> list[str]:
    given = {"--teacher": teacher, "--train": homes_file, "--tokenizer": tokenizer_folder}
    given |= {"--out": tmp_path / "run"}
    return [*(str(part) for option in given.items() for part in option), "--steps", "1"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--alpha", "1.5"], "--alpha is from 0 to 1"),
        (["--alpha", "nan"], "--alpha is from 0 to 1"),
        (["--temperature", "0"], "--temperature is a number above 0"),
        (["--temperature", "inf"], "--temperature is a number above 0"),
        (["--minutes", "1"], "either --steps, --epochs or --minutes"),
        (["--preset", "9g"], "--preset is one of 4m, 6m, 7m"),
        (["--teacher", "nowhere"], "no teacher at nowhere"),
        (["--teacher", "training/errors.py"], "errors.py holds no tokenizer"),
        (["--teacher", "training"], "no tokenizer.json in training"),
    ],
)
def test_what_cannot_be_used(
    command: Command, options: list[str], tmp_path: Path, changes: list[str], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        command(*options, *changes)
    assert not (tmp_path / "run").exists()


def test_a_teacher_that_does_not_fit(
    command: Command,
    options: list[str],
    teacher: Path,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path: Path,
) -> None:
    other = train_tokenizer(["six seven eight nine ten eleven twelve " * 9], len(tokenizer))
    save_model(tmp_path / "other", build_model(SHAPE, len(other), seed=9), other)
    with pytest.raises(TrainingError, match="other has another tokenizer than the student"):
        command(*options, "--teacher", tmp_path / "other")
    save_model(tmp_path / "larger", build_model(SHAPE, 401, seed=9), tokenizer)
    with pytest.raises(TrainingError, match="larger knows 401 tokens, but its tokenizer has 400"):
        command(*options, "--teacher", teacher, tmp_path / "larger")
    phi = shutil.copytree(teacher, tmp_path / "phi")
    config = json.loads((phi / "config.json").read_text(encoding="utf-8"))
    (phi / "config.json").write_text(json.dumps(config | {"model_type": "phi"}), encoding="utf-8")
    with pytest.raises(TrainingError, match="of the architecture phi, not a Llama"):
        command(*options, "--teacher", phi)
    (phi / "config.json").unlink()
    with pytest.raises(TrainingError, match="phi holds no model"):
        command(*options, "--teacher", phi)
    assert not (tmp_path / "run").exists()


def test_one_line_and_exit_code_2(options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "training/distill.py", *options, "--alpha", "-1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "error: --alpha is from 0 to 1\n"
