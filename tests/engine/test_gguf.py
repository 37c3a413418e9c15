"""Files that are no models are told from one another, and never end the process that opens them."""

from pathlib import Path

import pytest

from home_llm_engine.errors import ModelDamagedError, ModelMissingError
from home_llm_engine.gguf import load


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"none\.gguf"):
        load(tmp_path / "none.gguf")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\x03\x04 a foreign file", b"\0" * 4096])
def test_a_foreign_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelDamagedError, match="not a GGUF file"):
        load(path)


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.1, 0.5, 0.9999])
def test_a_file_that_is_cut_off(tmp_path: Path, random_model_path: Path, share: float) -> None:
    whole = random_model_path.read_bytes()
    path = tmp_path / "model.gguf"
    path.write_bytes(whole[: max(8, int(len(whole) * share))])
    with pytest.raises(ModelDamagedError, match=r"failed to read|not within the file bounds"):
        load(path)


def test_a_model_of_an_unknown_kind(tmp_path: Path, random_model_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(random_model_path.read_bytes().replace(b"llama", b"camel"))
    with pytest.raises(ModelDamagedError, match="unknown model architecture: 'camel'"):
        load(path)
