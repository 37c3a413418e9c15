"""Export a model to GGUF: ``python3 training/export.py RUN/model --out home-llm-tiny.gguf``."""

import argparse
from pathlib import Path
import sys
import tempfile

from home_llm_core.formats import TINY
from home_llm_core.kinds import DOMAINS
from training.errors import TrainingError, run
from training.gguf_file import QUANTIZATIONS, UNQUANTIZED, Description, convert, quantize


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder of transformers, or a checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="GGUF file to write")
    parser.add_argument(
        "--type", default="q8_0", choices=[*UNQUANTIZED, *QUANTIZATIONS], help="of the weights"
    )
    parser.add_argument("--name", default="Home LLM tiny", help="of the model, for people")
    parser.add_argument("--license", default="apache-2.0", help="SPDX identifier")
    parser.add_argument("--format", default=TINY.name, help="prompt format that it was trained on")
    parser.add_argument(
        "--domains",
        nargs="+",
        choices=DOMAINS,
        default=DOMAINS,
        metavar="DOMAIN",
        help="the domains that it was trained on; of others it will not hear (default: all)",
    )
    args = parser.parse_args()
    description = Description(
        name=args.name,
        license=args.license,
        prompt_format=args.format,
        domains=tuple(args.domains),
    )
    export(args.model, args.out, args.type, description)
    sys.stdout.write(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB\n")


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


if __name__ == "__main__":
    run(main)
