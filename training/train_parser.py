"""The command line of ``training/train.py``: every option, in groups, and how its text is read."""

import argparse
from pathlib import Path

from home_llm_core.formats import FORMATS
from training.presets import FROM_SCRATCH, PRESETS

_ABOUT = """Fine-tune a language model for homes: LoRA, QLoRA or all weights.

With --preset tiny, make our own model from scratch instead, with the options of the one that ships:
it takes generated homes (data.generate), runs training/scratch.py, and refuses what has no meaning
there. training/scratch.py has all the options of that recipe.
"""
_EXAMPLES = """examples:
  python3 training/train.py --preset phi-2 --run_name home-3b \\
      --train_dataset data/home_assistant_alpaca_merged_train.json

  python3 training/train.py --run_name home-3b --base_model microsoft/phi-2 --add_pad_token \\
      --add_chatml_tokens --bf16 --train_dataset data/home_assistant_alpaca_merged_train.json \\
      --learning_rate 1e-5 --save_steps 1000 --micro_batch_size 2 --gradient_checkpointing \\
      --ctx_size 2048 --group_by_length --use_lora --lora_rank 32 --lora_alpha 64 \\
      --lora_modules fc1,fc2,q_proj,v_proj,dense --lora_modules_to_save embed_tokens,lm_head \\
      --lora_merge

  python3 training/train.py --preset tiny --run_name mine --train_dataset homes/train.jsonl
"""
_SCHEDULES = ("cosine", "linear", "constant", "constant_with_warmup")
NEWEST = Path()
"""What ``--resume_from_checkpoint`` is without a folder."""
_FORMAT = "home-llm-3"


def train_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="training/train.py",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_run(parser.add_argument_group("the run"))
    _add_model(parser.add_argument_group("the model"))
    _add_lora(parser.add_argument_group("adapters"))
    _add_data(parser.add_argument_group("the data"))
    _add_course(parser.add_argument_group("the course"))
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("it is at least 1")
    return number


def _positive(text: str) -> float:
    if not (number := float(text)) > 0:
        raise argparse.ArgumentTypeError("it is above 0")
    return number


def _share(text: str) -> float:
    if not 0 <= (number := float(text)) < 1:
        raise argparse.ArgumentTypeError("it is at least 0 and below 1")
    return number


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--run_name", help="the name of the run and of its folder")
    add("--output_dir", type=Path, default=Path("models"), help="where runs lie (default: models)")
    add(
        "--preset",
        choices=[*PRESETS, *FROM_SCRATCH],
        help="options for a base model, or, tiny, from scratch; those that are given win",
    )
    add("--config", type=Path, metavar="FILE.yaml", help="options in a file, by their names here")
    add("--seed", type=int, default=42, help="of adapters and of the data's order (default: 42)")
    add(
        "--resume_from_checkpoint",
        type=Path,
        nargs="?",
        const=NEWEST,
        metavar="FOLDER",
        help="go on from a checkpoint, the newest if none is named",
    )
    add("--save_steps", type=_count, default=500, help="steps between checkpoints (default: 500)")
    add("--save_total_limit", type=_count, default=2, help="checkpoints to keep (default: 2)")
    add("--eval_steps", type=_count, help="steps between evaluations (default: --save_steps)")
    add("--logging_steps", type=_count, default=10, help="steps between log lines (default: 10)")


def _add_model(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--base_model", help="a folder of transformers, or a repository of the Hugging Face hub")
    add("--add_pad_token", action="store_true", help="add a token for padding")
    add("--add_chatml_tokens", action="store_true", help="add ChatML's <|im_start|>, <|im_end|>")
    add(
        "--format",
        choices=FORMATS,
        default=_FORMAT,
        help=f"add the tokens of a prompt format (default: {_FORMAT}, which has none)",
    )
    add("--add_tokens", nargs="+", metavar="TOKEN", default=(), help="add other special tokens")
    add("--bf16", action="store_true", help="compute in bfloat16, and hold frozen weights in it")
    add("--load_in_4bit", action="store_true", help="QLoRA: hold frozen weights in four bits")
    add(
        "--tokenizer",
        type=Path,
        metavar="FOLDER",
        help="of --preset tiny alone: a folder of training/make_tokenizer.py, or a GGUF file"
        " (default: the model that ships)",
    )


def _add_lora(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--use_lora", action="store_true", help="train adapters instead of all weights")
    add("--lora_rank", type=_count, default=32, help="their rank (default: 32)")
    add("--lora_alpha", type=_count, default=64, help="their scale times the rank (default: 64)")
    add("--lora_dropout", type=_share, default=0.05, help="dropout before them (default: 0.05)")
    add(
        "--lora_modules",
        type=_names,
        default=(),
        metavar="A,B",
        help="layers that get one (default: all linear layers)",
    )
    add(
        "--lora_modules_to_save",
        type=_names,
        default=(),
        metavar="A,B",
        help="layers that are trained as a whole",
    )
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
        help="how chats are written down (default: ChatML if the model has its tokens,"
        " else, and where there are tools, the model's own chat template)",
    )
    add("--ctx_size", type=_count, default=2048, help="longest chat in tokens (default: 2048)")
    add("--group_by_length", action="store_true", help="put chats of about one length together")
    add("--packing", action="store_true", help="fill rows with several chats that do not mix")


def _add_course(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--epochs", type=_positive, default=1.0, help="how often every chat is seen (default: 1)")
    add("--max_steps", type=_count, help="end after so many steps instead")
    add("--batch_size", type=_count, default=8, help="chats in a step (default: 8)")
    add("--micro_batch_size", type=_count, default=2, help="of these, at once (default: 2)")
    add("--gradient_checkpointing", action="store_true", help="less memory, a third more time")
    add("--learning_rate", type=_positive, default=1e-5, help="at its highest (default: 1e-5)")
    add(
        "--learning_rate_schedule",
        choices=_SCHEDULES,
        default="cosine",
        help="its course (default: cosine)",
    )
    add("--learning_rate_warmup", type=_share, default=0.03, help="share of steps (default: 0.03)")
    add("--weight_decay", type=float, default=0.1, help="of AdamW (default: 0.1)")
    add("--gradient_clip", type=_positive, default=1.0, help="largest norm (default: 1)")
