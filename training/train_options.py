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

_EXAMPLES = """examples:
  python3 training/train.py --preset phi-2 --run_name home-3b \\
      --train_dataset data/home_assistant_alpaca_merged_train.json

  python3 training/train.py --run_name home-3b --base_model microsoft/phi-2 --add_pad_token \\
      --add_chatml_tokens --bf16 --train_dataset data/home_assistant_alpaca_merged_train.json \\
      --learning_rate 1e-5 --save_steps 1000 --micro_batch_size 2 --gradient_checkpointing \\
      --ctx_size 2048 --group_by_length --use_lora --lora_rank 32 --lora_alpha 64 \\
      --lora_modules fc1,fc2,q_proj,v_proj,dense --lora_modules_to_save embed_tokens,lm_head \\
      --lora_merge
"""
_SCHEDULES = ("cosine", "linear", "constant", "constant_with_warmup")
_NEWEST = Path()
DEFAULT_FORMAT = "home-llm-3"


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
        max_steps: says the number of optimizer steps.
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
    max_steps: int
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

    @property
    def adapters(self) -> Lora:
        """The adapters, of a run that has any."""
        if self.lora is None:
            msg = "all weights are trained"
            raise ValueError(msg)
        return self.lora

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


def parse(arguments: Sequence[str] | None = None) -> TrainOptions:
    """Return the options of a command line.

    Raises:
        TrainingError: something is missing, or a file of options cannot be used.

    """
    parser = _parser()
    first, _ = parser.parse_known_args(arguments)
    if first.preset:
        parser.set_defaults(**PRESETS[first.preset])
    if first.config:
        parser.set_defaults(**_config(first.config, parser))
    return _options(parser.parse_args(arguments))


def _config(path: Path, parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Return the options of a YAML file, as the command line would give them."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise TrainingError(f"{path}: {err.strerror}") from err
    except yaml.YAMLError as err:
        raise TrainingError(f"{path}: this is not YAML") from err
    if not isinstance(found, Mapping):
        raise TrainingError(f"{path}: it should hold options, such as 'learning_rate: 1e-5'")
    actions = {action.dest: action for action in parser._actions}  # noqa: SLF001 - argparse has no other way
    options = {}
    for name, value in found.items():
        action = actions.get(name)
        if action is None or name in ("help", "config", "preset"):
            raise TrainingError(f"{path}: there is no option {name!r}")
        try:
            read = action.type if callable(action.type) and value is not None else None
            options[name] = read(str(value)) if read is not None else value
        except ValueError as err:
            raise TrainingError(f"{path}: {name} cannot be {value!r}") from err
    return options


def _options(given: argparse.Namespace) -> TrainOptions:
    for name in ("run_name", "base_model", "train_dataset"):
        if getattr(given, name) is None:
            raise TrainingError(f"--{name} is missing")
    lora = None
    if given.use_lora or given.load_in_4bit:
        lora = Lora(
            rank=given.lora_rank,
            alpha=given.lora_alpha,
            dropout=given.lora_dropout,
            modules=_names(given.lora_modules),
            modules_to_save=_names(given.lora_modules_to_save),
        )
    elif given.lora_merge:
        raise TrainingError("--lora_merge without --use_lora merges nothing")
    base = BaseModel(
        name=given.base_model,
        # What is trained as a whole is held in 32 bits: steps of 1e-5 are lost in bfloat16.
        bf16=given.bf16 and lora is not None,
        four_bits=given.load_in_4bit,
        pad_token=given.add_pad_token,
        chatml_tokens=given.add_chatml_tokens,
        more_tokens=(*FORMATS[given.format].tokens, *(given.add_tokens or ())),
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


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="training/train.py",
        description="Fine-tune a language model for homes: LoRA, QLoRA or all weights.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_run(parser.add_argument_group("the run"))
    _add_model(parser.add_argument_group("the model"))
    _add_lora(parser.add_argument_group("adapters"))
    _add_data(parser.add_argument_group("the data"))
    _add_course(parser.add_argument_group("the course"))
    return parser


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--run_name", help="the name of the run and of its folder")
    add("--output_dir", type=Path, default=Path("models"), help="where runs lie (default: models)")
    add("--preset", choices=PRESETS, help="options for a base model; those that are given win")
    add("--config", type=Path, metavar="FILE.yaml", help="options in a file, by their names here")
    add("--seed", type=int, default=42, help="of adapters and of the data's order (default: 42)")
    add(
        "--resume_from_checkpoint",
        type=Path,
        nargs="?",
        const=_NEWEST,
        metavar="FOLDER",
        help="go on from a checkpoint, the newest if none is named",
    )
    add("--save_steps", type=int, default=500, help="steps between checkpoints (default: 500)")
    add("--save_total_limit", type=int, default=2, help="checkpoints to keep (default: 2)")
    add("--eval_steps", type=int, help="steps between evaluations (default: --save_steps)")
    add("--logging_steps", type=int, default=10, help="steps between log lines (default: 10)")


def _add_model(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--base_model", help="a folder of transformers, or a repository of the Hugging Face hub")
    add("--add_pad_token", action="store_true", help="add a token for padding")
    add("--add_chatml_tokens", action="store_true", help="add ChatML's <|im_start|>, <|im_end|>")
    add(
        "--format",
        choices=FORMATS,
        default=DEFAULT_FORMAT,
        help=f"add the tokens of a prompt format (default: {DEFAULT_FORMAT}, which has none)",
    )
    add("--add_tokens", nargs="+", metavar="TOKEN", help="add other special tokens")
    add("--bf16", action="store_true", help="compute in bfloat16, and hold frozen weights in it")
    add("--load_in_4bit", action="store_true", help="QLoRA: hold frozen weights in four bits")


def _add_lora(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--use_lora", action="store_true", help="train adapters instead of all weights")
    add("--lora_rank", type=int, default=32, help="their rank (default: 32)")
    add("--lora_alpha", type=int, default=64, help="their scale times the rank (default: 64)")
    add("--lora_dropout", type=float, default=0.05, help="dropout before them (default: 0.05)")
    add("--lora_modules", metavar="A,B", help="layers that get one (default: all linear layers)")
    add("--lora_modules_to_save", metavar="A,B", help="layers that are trained as a whole")
    add("--lora_merge", action="store_true", help="merge them into the model at the end")


def _add_data(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--train_dataset",
        type=Path,
        metavar="FILE",
        help="Alpaca JSON, lines of data.generate, or lines with messages and tools",
    )
    add("--test_dataset", type=Path, metavar="FILE", help="the same, to evaluate on")
    add(
        "--chat",
        choices=("chatml", "template"),
        help="how chats are written down (default: ChatML if the model has its tokens,\n"
        "else, and where there are tools, the model's own chat template)",
    )
    add("--ctx_size", type=int, default=2048, help="longest chat in tokens (default: 2048)")
    add("--group_by_length", action="store_true", help="put chats of about one length together")
    add("--packing", action="store_true", help="fill rows with several chats that do not mix")


def _add_course(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--epochs", type=float, default=1.0, help="how often every chat is seen (default: 1)")
    add("--max_steps", type=int, default=-1, help="end after so many steps instead")
    add("--batch_size", type=int, default=8, help="chats in a step (default: 8)")
    add("--micro_batch_size", type=int, default=2, help="of these, at once (default: 2)")
    add("--gradient_checkpointing", action="store_true", help="less memory, a third more time")
    add("--learning_rate", type=float, default=1e-5, help="at its highest (default: 1e-5)")
    add("--learning_rate_schedule", choices=_SCHEDULES, default="cosine", help="its course")
    add("--learning_rate_warmup", type=float, default=0.03, help="share of steps (default: 0.03)")
    add("--weight_decay", type=float, default=0.1, help="of AdamW (default: 0.1)")
    add("--gradient_clip", type=float, default=1.0, help="largest norm (default: 1)")
