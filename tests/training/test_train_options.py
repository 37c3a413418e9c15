"""Options of the fine-tuning command: command line over file over preset."""

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.presets import PRESETS
from training.train_options import BaseModel, Lora, parse

KNOWN_COMMAND = (
    *("--run_name", "home-3b", "--base_model", "microsoft/phi-2", "--add_pad_token"),
    *("--add_chatml_tokens", "--bf16"),
    *("--train_dataset", "data/home_assistant_alpaca_merged_train.json"),
    *("--learning_rate", "1e-5", "--save_steps", "1000", "--micro_batch_size", "2"),
    *("--gradient_checkpointing", "--ctx_size", "2048", "--group_by_length", "--use_lora"),
    *("--lora_rank", "32", "--lora_alpha", "64", "--lora_modules", "fc1,fc2,q_proj,v_proj,dense"),
    *("--lora_modules_to_save", "embed_tokens,lm_head", "--lora_merge"),
)
GIVEN = ["--run_name", "a", "--train_dataset", "b.json"]


def test_the_command_that_home_llm_users_know() -> None:
    options = parse(KNOWN_COMMAND)

    assert options.out == Path("models/home-3b")
    assert options.base == BaseModel(
        name="microsoft/phi-2", bf16=True, pad_token=True, chatml_tokens=True
    )
    assert options.lora == Lora(
        rank=32,
        alpha=64,
        dropout=0.05,
        modules=("fc1", "fc2", "q_proj", "v_proj", "dense"),
        modules_to_save=("embed_tokens", "lm_head"),
    )
    assert options.merge
    assert (options.context, options.learning_rate, options.save_steps) == (2048, 1e-5, 1000)
    assert (options.checkpointing, options.by_length, options.packing) == (True, True, False)


def test_a_preset_says_what_that_command_says() -> None:
    known = parse(KNOWN_COMMAND)
    asked = ["--preset", "phi-2", "--run_name", "home-3b", "--train_dataset", str(known.train)]

    assert parse([*asked, "--save_steps", "1000"]) == known


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_everything_but_the_data(preset: str) -> None:
    options = parse(["--preset", preset, *GIVEN])

    assert options.base.name
    assert options.accumulation(1) > 0
    # What is trained as a whole needs more than bfloat16 keeps.
    assert options.base.bf16 == (options.lora is not None)


def test_the_command_line_wins_over_the_file_and_this_over_the_preset(tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text("learning_rate: 1e-3\nlora_rank: 8\nlora_merge: false\ntrain_dataset: c.json")
    common = ["--preset", "phi-2", "--config", str(config), "--run_name", "a"]
    options = parse([*common, "--lora_rank", "4"])

    assert options.lora is not None
    assert (options.lora.rank, options.lora.alpha, options.merge) == (4, 64, False)
    assert (options.learning_rate, options.train) == (1e-3, Path("c.json"))


def test_lists_in_a_file(tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text(
        "base_model: b\nuse_lora: true\nlora_modules: [q_proj, v_proj]\n"
        "lora_modules_to_save: embed_tokens, lm_head\nadd_tokens: <|beep|>\n"
        "resume_from_checkpoint: true\n"
    )
    options = parse(["--config", str(config), *GIVEN])

    assert options.lora is not None
    assert options.lora.modules == ("q_proj", "v_proj")
    assert options.lora.modules_to_save == ("embed_tokens", "lm_head")
    assert options.base.more_tokens == ("<|beep|>",)
    assert options.resume == Path()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learning_rat: 1", "there is no option 'learning_rat'"),
        ("lora_rank: many", "lora_rank cannot be 'many'"),
        ("lora_rank: 0", "lora_rank cannot be 0"),
        ("lora_merge: maybe", "lora_merge cannot be 'maybe'"),
        ("format: prose", "format cannot be 'prose'"),
        ("seed:", "seed cannot be None"),
        ("preset: phi-2", "there is no option 'preset'"),
        ("lora_rank", "it should hold options"),
        ("a: [", "this is not YAML"),
        (None, "No such file"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str | None, message: str) -> None:
    config = tmp_path / "run.yaml"
    if text is not None:
        config.write_text(text)
    with pytest.raises(TrainingError, match=message):
        parse(["--config", str(config), *GIVEN])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--run_name", "a", "--base_model", "b"], "--train_dataset is missing"),
        ([*GIVEN], "--base_model is missing"),
        ([*GIVEN, "--base_model", "b", "--lora_merge"], "--lora_merge without --use_lora"),
        ([*GIVEN, "--base_model", "b", "--tokenizer", "c"], "--tokenizer is for --preset tiny"),
    ],
)
def test_what_is_missing(changes: list[str], message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        parse(changes)


@pytest.mark.parametrize(
    "option", ["--batch_size", "--micro_batch_size", "--ctx_size", "--learning_rate", "--epochs"]
)
def test_numbers_that_have_no_meaning(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse([*GIVEN, "--base_model", "b", option, "0"])
    assert end.value.code == 2
    assert f"argument {option}: it is" in capsys.readouterr().err


def test_batches_come_out_even() -> None:
    options = parse([*GIVEN, "--base_model", "b", "--batch_size", "8", "--micro_batch_size", "2"])

    assert [options.accumulation(processes) for processes in (1, 2, 4)] == [4, 2, 1]
    for processes in (3, 8):
        with pytest.raises(TrainingError, match="no multiple"):
            options.accumulation(processes)
