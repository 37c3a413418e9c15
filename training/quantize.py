"""Quantize a model: ``python3 training/quantize.py home-llm-tiny.f32.gguf --type q4_k_m q8_0``.

The model is a GGUF file that is not quantized (f32, f16, bf16), or a folder of transformers. With
``--calibration homes.jsonl`` the rounding minds what weighs most on such requests
(``importance.py``). For each file it says what it really holds: rows that K-quantizations cannot
cut into blocks of 256 are of other types (``quantization.py``).
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
import sys
import tempfile

from training.errors import TrainingError, run
from training.export import description_options, export, read_description
from training.gguf_file import UNQUANTIZED
from training.importance import measure_importance
from training.quantization import QUANTIZATIONS, Contents, quantize, read_contents


def main() -> None:
    """Read the command line, quantize, and say what came of it."""
    args = _parser().parse_args()
    files = output_files(args.model, args.out, args.type)
    if args.requests < 1:
        raise TrainingError("an importance matrix takes at least one of --requests")
    with _unquantized(args) as source:
        importance = None
        if args.calibration:
            importance = measure_importance(source, args.calibration, args.requests, args.seed)
        for kind, file in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            fallbacks = quantize(source, file, kind, importance)
            sys.stdout.write(report(file, read_contents(file), fallbacks))


def output_files(model: Path, out: Path | None, kinds: Sequence[str]) -> dict[str, Path]:
    """Return the files to write, by their types.

    Args:
        model: file or folder to quantize.
        out: a file, if there is one type; or the folder for files that are named after the model
            and their types; none for the folder in which the model is.
        kinds: keys of ``QUANTIZATIONS``.

    Raises:
        TrainingError: there is one file for several types, or a file would replace the model.

    """
    if out is not None and out.suffix == ".gguf":
        if len(kinds) > 1:
            raise TrainingError(f"{out} is one file for {len(kinds)} types: name a folder")
        files = {kinds[0]: out}
    else:
        name = model.resolve().name.removesuffix(".gguf")
        for kind in UNQUANTIZED:
            name = name.removesuffix(f".{kind}")
        folder = out or model.resolve().parent
        files = {kind: folder / f"{name}.{kind}.gguf" for kind in kinds}
    if any(file.resolve() == model.resolve() for file in files.values()):
        raise TrainingError(f"{model} would be replaced by what is made of it")
    return files


def report(file: Path, contents: Contents, fallbacks: Mapping[str, str]) -> str:
    """Return what a file holds, as text to read.

    Args:
        file: that was written.
        contents: of it.
        fallbacks: matrices that fell back, with the types that they could not have.

    """
    text = f"{file}: {contents.size / 1e6:.2f} MB, {contents.bits:.2f} bits per weight"
    lines = [f"{text} ({contents.types})"]
    pairs = Counter((wanted, contents.matrices[name]) for name, wanted in fallbacks.items())
    for wanted, got in pairs:
        # As attn_q of blk.7.attn_q.weight: it is so in all layers alike, or in some of them.
        names = Counter(
            name.removesuffix(".weight").rpartition(".")[2]
            for name, each in fallbacks.items()
            if (each, contents.matrices[name]) == (wanted, got)
        )
        told = ", ".join(f"{count} {name}" for name, count in names.items())
        lines.append(f"  {got} instead of {wanted}, for the length of their rows: {told}")
    return "\n".join(lines) + "\n"


@contextmanager
def _unquantized(args: argparse.Namespace) -> Iterator[Path]:
    """Give the file to quantize; that of a folder is gone afterwards."""
    if args.model.is_dir():
        with tempfile.TemporaryDirectory(prefix="home-llm-") as scratch:
            file = Path(scratch) / "f32.gguf"
            export(args.model, file, "f32", read_description(args))
            yield file
        return
    if not args.model.is_file():
        raise TrainingError(f"there is no model {args.model}")
    if types := set(read_contents(args.model).matrices.values()) - {k.upper() for k in UNQUANTIZED}:
        raise TrainingError(
            f"{args.model} is quantized already ({', '.join(sorted(types))}):"
            " training/export.py --type f32 writes a file that is not"
        )
    yield args.model


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        parents=[description_options()],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="The options that describe a model are for folders; a GGUF file keeps what it says.",
    )
    add = parser.add_argument
    add("model", type=Path, help="GGUF file that is not quantized, or folder of transformers")
    add(
        "--type",
        nargs="+",
        choices=[*QUANTIZATIONS],
        default=[*QUANTIZATIONS],
        help="of the weights, one file for each (default: all)",
    )
    add(
        "--out",
        type=Path,
        help="file to write, or folder for NAME.TYPE.gguf (default: where the model is)",
    )
    add(
        "--calibration",
        type=Path,
        metavar="HOMES.jsonl",
        help="requests for the importance matrix, of homes to learn from (default: without one)",
    )
    add("--requests", type=int, default=500, help="how many of them (default: %(default)s)")
    add("--seed", type=int, default=1, help="of the draw of these (default: %(default)s)")
    return parser


if __name__ == "__main__":
    run(main)
