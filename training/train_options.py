"""The options of ``training/train.py``: from preset, file and command line, in this order."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from home_llm_core.formats import FORMATS
from training.errors import TrainingError
from training.presets import PRESETS
from training.train_parser import train_parser


@dataclass(frozen=True, kw_only=True)
class Lora:
    """Low-rank adapters (Hu et al. 2021, arXiv:2106.09685).

    Args:
        rank: of the adapters.
        alpha: their scale is ``alpha / rank``.
        dropout: share of their inputs that is dropped.
        modules: names of the linear layers that get one; none for all but the output layer.
        modules_to_save: names of the layers that are trained as a whole.

    """

    rank: int
    alpha: int
    dropout: float
    modules: tuple[str, ...] = ()
    modules_to_save: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """What is fine-tuned.

    Args:
        name: a folder of transformers, or the name of a repository of the hub.
        bf16: whether weights are held in bfloat16.
        four_bits: whether they are held in four bits (QLoRA, Dettmers et al. 2023).
        pad_token: whether a token for padding is added.
        chatml_tokens: whether the markers of ChatML are added.
        more_tokens: other tokens to add.

    """

    name: str
    bf16: bool = False
    four_bits: bool = False
    pad_token: bool = False
    chatml_tokens: bool = False
    more_tokens: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """Everything that makes a fine-tuning run.

    Args:
        out: folder of the run.
        base: the model that it begins with.
        lora: its adapters; none for full fine-tuning.
        merge: whether the adapters are merged into the model at the end.
        train: file of chats to learn from.
        test: file to evaluate on, if any.
        chat: how chats are written down; none for what the model knows.
        context: longest chat, in tokens; longer ones are left out.
        epochs: how often every chat is seen, unless
        max_steps: says the number of optimizer steps; none for epochs.
        batch_size: chats in an optimizer step.
        micro_batch_size: chats computed at once, on one device.
        learning_rate: at its highest.
        schedule: its course.
        warmup: share of the run in which it rises.
        weight_decay: of AdamW.
        clip: largest norm of the gradient.
        checkpointing: whether activations are computed again instead of kept.
        by_length: whether chats of about one length are put together.
        packing: whether chats share rows, without attention across them.
        bf16: whether matrix products are computed in bfloat16.
        save_steps: steps between checkpoints.
        save_total_limit: how many of these are kept.
        eval_steps: steps between evaluations.
        logging_steps: steps between lines of the log.
        seed: of adapters and of the data's order.
        resume: checkpoint to go on from; ``Path()`` is the newest.

    """

    out: Path
    base: BaseModel
    lora: Lora | None
    merge: bool
    train: Path
    test: Path | None
    chat: Literal["chatml", "template"] | None
    context: int
    epochs: float
    max_steps: int | None
    batch_size: int
    micro_batch_size: int
    learning_rate: float
    schedule: str
    warmup: float
    weight_decay: float
    clip: float
    checkpointing: bool
    by_length: bool
    packing: bool
    bf16: bool
    save_steps: int
    save_total_limit: int
    eval_steps: int
    logging_steps: int
    seed: int
    resume: Path | None

    def accumulation(self, processes: int) -> int:
        """Return how many micro batches each process computes for an optimizer step.

        Raises:
            TrainingError: they do not come out even.

        """
        count, rest = divmod(self.batch_size, self.micro_batch_size * processes)
        if rest or not count:
            raise TrainingError(
                f"--batch_size {self.batch_size} is no multiple of --micro_batch_size"
                f" {self.micro_batch_size} on {processes} device(s)"
            )
        return count


def given_options(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the options that a command line and its file name, by name; it wins over the file.

    Args:
        arguments: the command line; none for that of the program.

    Raises:
        TrainingError: the file of options cannot be used.

    """
    parser = train_parser()
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way
        action.default = argparse.SUPPRESS
    given = vars(parser.parse_args(arguments))
    file = given.pop("config", None)
    return {**(_read_file(file, parser) if file is not None else {}), **given}


def _read_file(path: Path, parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Return the options of a YAML file, as the command line would give them."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise TrainingError(f"{path}: {err.strerror}") from err
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise TrainingError(f"{path}: this is not YAML") from err
    if not isinstance(found, Mapping):
        raise TrainingError(f"{path}: it should hold options, such as 'learning_rate: 1e-5'")
    actions = {action.dest: action for action in parser._actions}  # noqa: SLF001 - see above
    options = {}
    for name, value in found.items():
        action = actions.get(name)
        if action is None or name in ("help", "config", "preset"):
            raise TrainingError(f"{path}: there is no option {name!r}")
        try:
            options[name] = _read(action, value)
        except (ValueError, argparse.ArgumentTypeError) as err:
            raise TrainingError(f"{path}: {name} cannot be {value!r}") from err
    return options


def _read(action: argparse.Action, value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Return the value of an option in a file as the command line would give it."""
    if isinstance(value, bool) and action.nargs in (0, "?"):
        return value if action.nargs == 0 else action.const if value else None
    if value is None or action.nargs == 0:
        raise ValueError(value)
    texts = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if action.choices is not None and any(text not in action.choices for text in texts):
        raise ValueError(value)
    if action.nargs == "+":
        return texts
    return action.type(",".join(texts)) if callable(action.type) else texts[0]


def parse(arguments: Sequence[str] | None = None) -> TrainOptions:
    """Return the options of a fine-tuning run from a command line.

    Raises:
        TrainingError: something is missing, or a file of options cannot be used.

    """
    return train_options(given_options(arguments))


def train_options(given: Mapping[str, Any]) -> TrainOptions:
    """Return the options of a fine-tuning run.

    Args:
        given: what ``given_options`` returns; the rest is of the preset, or the default.

    Raises:
        TrainingError: something is missing or has no meaning.

    """
    defaults = vars(train_parser().parse_args([]))
    return _options(
        argparse.Namespace(**{**defaults, **PRESETS.get(given.get("preset", ""), {}), **given})
    )


def _lora(given: argparse.Namespace) -> Lora | None:
    if not (given.use_lora or given.load_in_4bit):
        if given.lora_merge:
            raise TrainingError("--lora_merge without --use_lora merges nothing")
        return None
    return Lora(
        rank=given.lora_rank,
        alpha=given.lora_alpha,
        dropout=given.lora_dropout,
        modules=given.lora_modules,
        modules_to_save=given.lora_modules_to_save,
    )


def _options(given: argparse.Namespace) -> TrainOptions:
    for name in ("run_name", "base_model", "train_dataset"):
        if getattr(given, name) is None:
            raise TrainingError(f"--{name} is missing")
    if given.tokenizer is not None:
        raise TrainingError("--tokenizer is for --preset tiny: a base model has its own")
    lora = _lora(given)
    base = BaseModel(
        name=given.base_model,
        # What is trained as a whole is held in 32 bits: steps of 1e-5 are lost in bfloat16.
        bf16=given.bf16 and lora is not None,
        four_bits=given.load_in_4bit,
        pad_token=given.add_pad_token,
        chatml_tokens=given.add_chatml_tokens,
        more_tokens=(*FORMATS[given.format].tokens, *given.add_tokens),
    )
    return TrainOptions(
        out=given.output_dir / given.run_name,
        base=base,
        lora=lora,
        merge=given.lora_merge,
        train=given.train_dataset,
        test=given.test_dataset,
        chat=given.chat,
        context=given.ctx_size,
        epochs=given.epochs,
        max_steps=given.max_steps,
        batch_size=given.batch_size,
        micro_batch_size=given.micro_batch_size,
        learning_rate=given.learning_rate,
        schedule=given.learning_rate_schedule,
        warmup=given.learning_rate_warmup,
        weight_decay=given.weight_decay,
        clip=given.gradient_clip,
        checkpointing=given.gradient_checkpointing,
        by_length=given.group_by_length,
        packing=given.packing,
        bf16=given.bf16,
        save_steps=given.save_steps,
        save_total_limit=given.save_total_limit,
        eval_steps=given.eval_steps or given.save_steps,
        logging_steps=given.logging_steps,
        seed=given.seed,
        resume=given.resume_from_checkpoint,
    )
