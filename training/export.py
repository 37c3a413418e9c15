"""Export a model to GGUF: ``python3 training/export.py RUN/model --out home-llm-tiny.gguf``.

Takes what training/scratch.py and training/train.py leave behind: models of ours, fine-tuned ones,
and LoRA adapters, which become files that are loaded beside their base model at run time. The chat
template of the tokenizer and the prompt format go into the file.
"""

import argparse
from pathlib import Path
import sys
import tempfile

from home_llm_core.formats import FORMATS, TINY
from home_llm_core.kinds import DOMAINS
from training.adapters import base_of, check_adapter, is_adapter
from training.errors import TrainingError, run
from training.gguf_file import UNQUANTIZED, Description, convert, convert_adapter
from training.quantization import QUANTIZATIONS, quantize
from training.tokenizer import CHAT_TEMPLATE, load_tokenizer

ADAPTER_TYPES = (*UNQUANTIZED, "q8_0")
NO_FORMAT = "none"


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        parents=[description_options()],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", type=Path, help="folder of transformers or peft, or a checkpoint")
    add("--out", type=Path, required=True, help="GGUF file to write")
    add(
        "--type",
        choices=[*UNQUANTIZED, *QUANTIZATIONS],
        help="of the weights (default: q8_0, of adapters f16)",
    )
    add(
        "--base",
        type=Path,
        metavar="FOLDER",
        help="base model of an adapter, at least its config.json (default: what the adapter names)",
    )
    args = parser.parse_args()
    description = read_description(args)
    if is_adapter(args.model):
        export_adapter(args.model, args.base, args.out, args.type or "f16", description)
    else:
        export(args.model, args.out, args.type or "q8_0", description)
    sys.stdout.write(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB\n")


def description_options() -> argparse.ArgumentParser:
    """Return the options that say what a file says about itself, as a parent of other parsers."""
    parser = argparse.ArgumentParser(add_help=False)
    add = parser.add_argument
    add("--name", help="of the model, for people (default: Home LLM tiny, or that of its folder)")
    add("--license", help="SPDX identifier (default: apache-2.0 of our models, other of others)")
    add(
        "--format",
        choices=[*FORMATS, NO_FORMAT],
        help=f"prompt format that it was trained on; {NO_FORMAT} if it is not one of these"
        f" (default: {TINY.name} for our models; others need it)",
    )
    add(
        "--domains",
        nargs="+",
        choices=DOMAINS,
        default=DOMAINS,
        metavar="DOMAIN",
        help="the domains that it was trained on; of others it will not hear (default: all)",
    )
    add(
        "--pre-tokenizer",
        metavar="NAME",
        help="llama.cpp's name of the tokenizer's word boundaries (default: found by their rules)",
    )
    return parser


def read_description(args: argparse.Namespace) -> Description:
    """Return what those options came to, with defaults that suit ``args.model``.

    Raises:
        TrainingError: there is no model, or nobody says which prompts it was trained on.

    """
    ours = _is_ours(args.model)
    if args.format is None and not ours:
        raise TrainingError(
            f"say which prompts {args.model} was trained on: --format with one of"
            f" {', '.join(FORMATS)}, or {NO_FORMAT}"
        )
    chosen = args.format or TINY.name
    return Description(
        name=args.name or ("Home LLM tiny" if ours else _name_of(args.model)),
        license=args.license or ("apache-2.0" if ours else "other"),
        prompt_format=None if chosen == NO_FORMAT else chosen,
        domains=tuple(args.domains),
        pre_tokenizer=args.pre_tokenizer,
    )


def _is_ours(model: Path) -> bool:
    if not is_adapter(model) and not (model / "config.json").is_file():
        raise TrainingError(f"{model} holds no model of transformers, and no adapter of peft")
    if not (model / "tokenizer.json").is_file():
        return False
    return bool(load_tokenizer(model).chat_template == CHAT_TEMPLATE)


def _name_of(model: Path) -> str:
    """Return the name of the run in which a model was made."""
    folder = model.resolve()
    return folder.parent.name if folder.name in ("model", "adapter") else folder.name


def export(model: Path, out: Path, kind: str, description: Description) -> None:
    """Write a model as GGUF.

    Args:
        model: folder of transformers.
        out: file to write.
        kind: one of ``UNQUANTIZED`` or ``QUANTIZATIONS``.
        description: goes into the metadata.

    Raises:
        TrainingError: the model cannot be read or converted.

    """
    if kind in UNQUANTIZED:
        convert(model, out, kind, description)
        return
    if out.suffix != ".gguf":
        raise TrainingError(f"{out}: a GGUF file is named .gguf")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".quantize-") as scratch:
        full = Path(scratch) / "f32.gguf"
        convert(model, full, "f32", description)
        quantize(full, out, kind)


def export_adapter(
    adapter: Path, base: Path | None, out: Path, kind: str, description: Description
) -> None:
    """Write a LoRA adapter as GGUF.

    Args:
        adapter: folder that peft saved.
        base: folder of its base model; none for the one that it names.
        out: file to write.
        kind: one of ``ADAPTER_TYPES``.
        description: goes into the metadata.

    Raises:
        TrainingError: the adapter cannot be read, or llama.cpp cannot apply it.

    """
    if kind not in ADAPTER_TYPES:
        raise TrainingError(f"adapters are not written as {kind}: {', '.join(ADAPTER_TYPES)}")
    check_adapter(adapter)
    convert_adapter(adapter, base_of(adapter, base), out, kind, description)


if __name__ == "__main__":
    run(main)
