"""llama.cpp's own converter, told which word boundaries our tokenizers have.

Runs as a program of its own: ``python -m training.converter SOURCE NAMES -- ARGUMENTS``. The
converter knows a tokenizer by a hash of its ids; one that was trained here it cannot know. So the
name of the word boundaries is given to it; nothing of llama.cpp is edited.
"""

from collections.abc import Callable
import importlib
import json
from pathlib import Path
import sys
from typing import Any


def convert(
    source: Path, pre_tokenizer: str | None, extra: dict[str, str], argv: list[str]
) -> None:
    """Run the converter.

    Args:
        source: folder with llama.cpp's ``convert_hf_to_gguf.py``.
        pre_tokenizer: name of the word boundaries; none leaves it to the converter.
        extra: texts to add to the file's metadata.
        argv: arguments of the converter.

    """
    sys.path.insert(0, str(source))
    script = importlib.import_module("convert_hf_to_gguf")
    base = importlib.import_module("conversion.base").ModelBase
    text_model = importlib.import_module("conversion.base").TextModel
    if pre_tokenizer is not None:
        text_model.get_vocab_base_pre = lambda _self, _tokenizer: pre_tokenizer
    base.prepare_metadata = _with_extra(base.prepare_metadata, extra)
    sys.argv = [str(source / "convert_hf_to_gguf.py"), *argv]
    script.main()


def _with_extra(original: Callable[..., None], extra: dict[str, str]) -> Callable[..., None]:
    def prepare_metadata(model: Any, *, vocab_only: bool) -> None:  # noqa: ANN401 - not our class
        original(model, vocab_only=vocab_only)
        for key, value in extra.items():
            model.gguf_writer.add_string(key, value)

    return prepare_metadata


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    convert(Path(options["source"]), options["pre_tokenizer"], options["extra"], sys.argv[2:])
