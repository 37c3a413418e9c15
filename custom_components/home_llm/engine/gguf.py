"""Opens a GGUF file: says what is wrong with it, loads it, reads what it says about itself."""

from collections.abc import Callable
import ctypes
from pathlib import Path

from llama_cpp import llama_cpp

from .errors import EngineError, ModelDamagedError, ModelMissingError, OutOfMemoryError
from .log import recent_errors, start_logging

_MAGIC = b"GGUF"


def load(path: Path) -> llama_cpp.llama_model_p:
    """Load a file; the caller frees the model.

    Raises:
        ModelMissingError: there is no such file, or it cannot be read.
        ModelDamagedError: it is no GGUF file, is cut off, or is of a kind that cannot write text.
        OutOfMemoryError: the machine has not enough memory for it.

    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as err:
        raise ModelMissingError(str(err)) from err
    if magic != _MAGIC:
        raise ModelDamagedError(f"{path.name} is not a GGUF file")
    start_logging()
    llama_cpp.llama_backend_init()
    params = llama_cpp.llama_model_default_params()
    model: llama_cpp.llama_model_p | None = llama_cpp.llama_model_load_from_file(
        str(path).encode(), params
    )
    if model is None:
        raise _load_error(recent_errors())
    if not llama_cpp.llama_model_has_decoder(model) or not _vocabulary_size(model):
        llama_cpp.llama_model_free(model)
        raise ModelDamagedError(f"{path.name} is not a model that writes text")
    return model


def _load_error(log: str) -> EngineError:
    # It says "unable to allocate", "failed to allocate", "Cannot allocate memory" or "bad_alloc".
    is_short = "allocate" in log or "bad_alloc" in log
    return OutOfMemoryError(log) if is_short else ModelDamagedError(log)


def _vocabulary_size(model: llama_cpp.llama_model_p) -> int:
    vocabulary = llama_cpp.llama_model_get_vocab(model)
    return 0 if vocabulary is None else llama_cpp.llama_vocab_n_tokens(vocabulary)


def read_metadata(model: llama_cpp.llama_model_p) -> dict[str, str]:
    """Return the fields of the file, as text; lists are not among them."""
    keys = llama_cpp.llama_model_meta_key_by_index
    values = llama_cpp.llama_model_meta_val_str_by_index
    count = llama_cpp.llama_model_meta_count(model)
    return {_text(keys, model, index): _text(values, model, index) for index in range(count)}


def _text(
    read: Callable[[llama_cpp.llama_model_p, int, ctypes.Array[ctypes.c_char], int], int],
    model: llama_cpp.llama_model_p,
    index: int,
) -> str:
    room = 256
    while True:
        buffer = ctypes.create_string_buffer(room)
        length = read(model, index, buffer, room)
        if length < room:
            return buffer.raw[: max(length, 0)].decode("utf-8", "replace")
        room = length + 1
