"""A folder of transformers, or of a LoRA adapter, as a GGUF file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import importlib.metadata
import json
import os
from pathlib import Path
import tempfile

from home_llm_core.formats import FORMATS
from home_llm_core.kinds import DOMAINS
from training import converter
from training.errors import TrainingError
from training.sentencepiece_file import write_pieces

FORMAT_KEY = "home_llm.format"
"""The metadata key by which a model names its prompt format."""

DOMAINS_KEY = "home_llm.domains"
"""The metadata key under which a model lists the domains that it can control."""

TOKENS_KEY = "home_llm.tokens"
"""The metadata key under which a model lists the special tokens of its replies."""

UNQUANTIZED = ("f32", "f16", "bf16")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the file says about itself.

    Args:
        name: of the model, for people.
        license: SPDX identifier in lower case.
        prompt_format: of ``home_llm_core``; none for a model that knows none of them.
        domains: that it was trained on.
        pre_tokenizer: llama.cpp's name of the word boundaries; none to find it out.

    """

    name: str
    license: str
    prompt_format: str | None
    domains: tuple[str, ...] = DOMAINS
    pre_tokenizer: str | None = None


def llama_cpp_source() -> Path:
    """Return the folder of llama.cpp's source that belongs to the installed library.

    Raises:
        TrainingError: it is not there.

    """
    version = importlib.metadata.version("llama-cpp-python")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "home-llm"
    source = cache / f"llama-cpp-python-{version}" / "vendor" / "llama.cpp"
    if not (source / "convert_hf_to_gguf.py").is_file():
        raise TrainingError(f"llama.cpp's converter is not in {source}: run script/setup")
    return source


def convert(model: Path, out: Path, outtype: str, description: Description) -> None:
    """Write a folder of transformers as a GGUF file, as a whole or not at all.

    Args:
        model: the folder.
        out: the file.
        outtype: ``f32``, ``f16`` or ``bf16``.
        description: goes into the file's metadata.

    Raises:
        TrainingError: the converter does not like it.

    """
    if not (model / "config.json").is_file():
        raise TrainingError(f"{model} holds no model of transformers")
    with _staged(model, out, description) as (folder, partial):
        if (folder / "tokenizer.json").is_file():
            _replace(folder / "tokenizer.model", folder / "tokenizer.json")
        options = _options("convert_hf_to_gguf.py", description)
        converter.start(options, [str(folder), "--outfile", str(partial), "--outtype", outtype])


def convert_adapter(
    adapter: Path, base: Path, out: Path, outtype: str, description: Description
) -> None:
    """Write an adapter that peft saved as a GGUF file, as a whole or not at all.

    Args:
        adapter: its folder.
        base: folder with the configuration of the model that it was trained on.
        out: the file.
        outtype: ``f32``, ``f16``, ``bf16`` or ``q8_0``.
        description: goes into the file's metadata.

    Raises:
        TrainingError: the converter does not like it.

    """
    with _staged(adapter, out, description) as (folder, partial):
        options = _options("convert_lora_to_gguf.py", description)
        arguments = ["--base", str(base), "--outfile", str(partial), "--outtype", outtype]
        converter.start(options, [str(folder.resolve()), *arguments])


@contextmanager
def _staged(model: Path, out: Path, description: Description) -> Iterator[tuple[Path, Path]]:
    """Link a model's files into a folder, and put a GGUF file into its place at the end.

    The folder also holds a model card with what the converters take from there.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent.resolve(), prefix=".convert-") as scratch:
        folder, partial = Path(scratch) / "model", Path(scratch) / "model.gguf"
        folder.mkdir()
        for file in model.iterdir():
            if file.is_file() and file.name not in ("README.md", "training_state.pt"):
                (folder / file.name).symlink_to(file.resolve())
        about = {"license": description.license, "name": description.name}
        card = f"---\n{json.dumps(about)}\n---\n# {description.name}\n"
        (folder / "README.md").write_text(card, encoding="utf-8")
        yield folder, partial
        partial.replace(out)


def _replace(pieces: Path, tokenizer: Path) -> None:
    made = pieces.with_name(".pieces")
    if write_pieces(tokenizer, made):
        made.replace(pieces)


def _options(program: converter.Program, description: Description) -> converter.Options:
    return converter.Options(
        source=str(llama_cpp_source()),
        program=program,
        pre_tokenizer=description.pre_tokenizer,
        extra=_metadata(description),
    )


def _metadata(description: Description) -> dict[str, str]:
    if description.prompt_format is None:
        return {}
    known = FORMATS.get(description.prompt_format)
    tokens = known.tokens if known is not None else ()
    return {
        FORMAT_KEY: description.prompt_format,
        DOMAINS_KEY: ",".join(description.domains),
        **({TOKENS_KEY: " ".join(tokens)} if tokens else {}),
    }
