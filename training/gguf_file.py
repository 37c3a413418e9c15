"""A folder of transformers as a GGUF file, and a GGUF file in fewer bits."""

import ctypes
from dataclasses import dataclass
import importlib.metadata
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

import llama_cpp

from home_llm_core.kinds import DOMAINS
from training.errors import TrainingError
from training.tokenizer import PRE_TOKENIZER

FORMAT_KEY = "home_llm.format"
"""The metadata key by which a model names its prompt format."""

DOMAINS_KEY = "home_llm.domains"
"""The metadata key under which a model lists the domains that it can control."""

QUANTIZATIONS = {
    "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    "q6_k": llama_cpp.LLAMA_FTYPE_MOSTLY_Q6_K,
    "q5_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_K_M,
    "q4_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
}
UNQUANTIZED = ("f32", "f16", "bf16")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the file says about itself.

    Args:
        name: of the model, for people.
        license: SPDX identifier in lower case.
        prompt_format: of ``home_llm_core``.
        domains: that it was trained on.
        pre_tokenizer: llama.cpp's name of the word boundaries; none if the converter knows them.

    """

    name: str
    license: str
    prompt_format: str
    domains: tuple[str, ...] = DOMAINS
    pre_tokenizer: str | None = PRE_TOKENIZER


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
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".convert-") as scratch:
        folder, partial = Path(scratch) / "model", Path(scratch) / "model.gguf"
        _stage(model, folder, description)
        options = {
            "source": str(llama_cpp_source()),
            "pre_tokenizer": description.pre_tokenizer,
            "extra": {
                FORMAT_KEY: description.prompt_format,
                DOMAINS_KEY: ",".join(description.domains),
            },
        }
        arguments = [str(folder), "--outfile", str(partial), "--outtype", outtype]
        arguments += ["--model-name", description.name]
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "training.converter", json.dumps(options), *arguments],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not partial.is_file():
            lines = done.stderr.strip().splitlines() or ["no message"]
            raise TrainingError(f"llama.cpp's converter failed on {model}: {lines[-1]}")
        partial.replace(out)


def _stage(model: Path, folder: Path, description: Description) -> None:
    """Link the model's files into a folder that also holds a model card with the license."""
    folder.mkdir()
    for file in model.iterdir():
        if file.is_file() and file.name not in ("README.md", "training_state.pt"):
            (folder / file.name).symlink_to(file.resolve())
    card = f"---\nlicense: {description.license}\n---\n# {description.name}\n"
    (folder / "README.md").write_text(card, encoding="utf-8")


def quantize(source: Path, out: Path, quantization: str) -> None:
    """Write a GGUF file in fewer bits, as a whole or not at all.

    Args:
        source: a file that is not quantized.
        out: the file to write.
        quantization: a key of ``QUANTIZATIONS``.

    Raises:
        TrainingError: llama.cpp cannot do it.

    """
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = QUANTIZATIONS[quantization]
    partial = out.with_name(f".partial-{out.name}")
    status = llama_cpp.llama_model_quantize(
        str(source).encode(), str(partial).encode(), ctypes.byref(params)
    )
    if status:
        partial.unlink(missing_ok=True)
        raise TrainingError(f"llama.cpp could not write {source} as {quantization}")
    shutil.move(partial, out)
