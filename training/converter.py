"""llama.cpp's own converters, told what they cannot know of our models.

Runs as a program of its own: ``python -m training.converter OPTIONS ARGUMENTS``, with the fields of
``Options`` as JSON. The converters know a tokenizer by a hash of the ids that it gives to a certain
text; one that was trained here, or on whatever else, they cannot know. So where they do not, its
rules for word boundaries are looked at instead; nothing of llama.cpp is edited.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
import importlib
import json
from pathlib import Path
import runpy
import subprocess
import sys
from typing import Any, Literal

from training.errors import TrainingError, run
from training.word_boundaries import name_of

Program = Literal["convert_hf_to_gguf.py", "convert_lora_to_gguf.py"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the converters are told.

    Args:
        source: folder of llama.cpp's source.
        program: which of them.
        pre_tokenizer: llama.cpp's name of the word boundaries; none to find it out.
        extra: texts to add to the file's metadata.

    """

    source: str
    program: Program
    pre_tokenizer: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def start(options: Options, argv: list[str]) -> None:
    """Run a converter as a program of its own.

    Args:
        options: what it is told.
        argv: its arguments.

    Raises:
        TrainingError: it fails; with the last line of what it said.

    """
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "training.converter", json.dumps(asdict(options)), *argv],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise TrainingError(f"llama.cpp's converter failed: {lines[-1].removeprefix('error: ')}")


def convert(options: Options, argv: list[str]) -> None:
    """Run a converter in this process.

    Raises:
        TrainingError: the tokenizer's word boundaries have no name.

    """
    source = Path(options.source)
    sys.path.insert(0, str(source))
    base = importlib.import_module("conversion.base")
    known = base.TextModel.get_vocab_base_pre
    base.TextModel.get_vocab_base_pre = _with_rules(known, options.pre_tokenizer)
    base.ModelBase.prepare_metadata = _with_extra(base.ModelBase.prepare_metadata, options.extra)
    program = str(source / options.program)
    sys.argv = [program, *argv]
    runpy.run_path(program, run_name="__main__")


def _with_rules(known: Callable[..., str], name: str | None) -> Callable[..., str]:
    def get_vocab_base_pre(model: Any, tokenizer: Any) -> str:  # noqa: ANN401 - not our classes
        if name is not None:
            return name
        try:
            return known(model, tokenizer)
        except NotImplementedError:
            found = name_of(tokenizer.backend_tokenizer)
        if found is None:
            msg = "it does not know how this tokenizer cuts words: name it with --pre-tokenizer"
            raise TrainingError(msg)
        return found

    return get_vocab_base_pre


def _with_extra(original: Callable[..., None], extra: Mapping[str, str]) -> Callable[..., None]:
    def prepare_metadata(model: Any, *, vocab_only: bool) -> None:  # noqa: ANN401 - not our class
        original(model, vocab_only=vocab_only)
        for key, value in extra.items():
            model.gguf_writer.add_string(key, value)

    return prepare_metadata


if __name__ == "__main__":
    run(lambda: convert(Options(**json.loads(sys.argv[1])), sys.argv[2:]))
