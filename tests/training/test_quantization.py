"""llama.cpp rounds by the importance that it is given, and says which matrices fell back."""

from pathlib import Path

from gguf import GGUFReader
from gguf.quants import dequantize
import numpy as np
import pytest

from training.errors import TrainingError
from training.quantization import Importance, quantize, read_contents

BITS = {"Q8_0": 8.5, "Q4_0": 4.5}
"""Per weight: 32 of them share a scale of 16 bits."""


def test_importance_lowers_the_error_where_it_counts(random_gguf: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    weights = {name: matrix for name, matrix in matrices(random_gguf).items() if "blk" in name}
    columns = {
        name: rng.exponential(size=(matrix.shape[1],)).astype(np.float32) ** 3
        for name, matrix in weights.items()
    }
    importance = Importance(columns=columns, dataset="homes.jsonl", requests=7)
    quantize(random_gguf, tmp_path / "plain.gguf", "q4_0")
    quantize(random_gguf, tmp_path / "minding.gguf", "q4_0", importance)
    plain, minding = (matrices(tmp_path / f"{name}.gguf") for name in ("plain", "minding"))
    for name, matrix in weights.items():
        before = (columns[name] * (plain[name] - matrix) ** 2).sum()
        after = (columns[name] * (minding[name] - matrix) ** 2).sum()
        assert 0 < after < 0.8 * before
    fields = GGUFReader(tmp_path / "minding.gguf").fields
    keys = ("dataset", "entries_count", "chunks_count")
    noted = [fields[f"quantize.imatrix.{key}"].contents() for key in keys]
    assert noted == ["homes.jsonl", len(columns), 7]


def matrices(file: Path) -> dict[str, np.ndarray]:
    """Return the matrices of a file as numbers, ``(rows, columns)``."""
    return {
        tensor.name: dequantize(tensor.data, tensor.tensor_type)
        for tensor in GGUFReader(file).tensors
        if len(tensor.shape) > 1
    }


@pytest.mark.parametrize("kind", ["q6_k", "q5_k_m", "q4_k_m"])
def test_matrices_that_fell_back_are_told(random_gguf: Path, tmp_path: Path, kind: str) -> None:
    """Rows of 32 and 64 weights have no room for blocks of 256."""
    out = tmp_path / "small.gguf"
    fallbacks = quantize(random_gguf, out, kind)
    held = read_contents(out).matrices
    assert set(fallbacks) >= {name for name in held if name.startswith("blk.")}
    assert {name.rpartition("_")[2] for name in fallbacks.values()} == {"K"}
    assert not {name for name in held.values() if name.endswith("_K")}


@pytest.mark.parametrize("kind", ["q8_0", "q4_0"])
def test_contents(random_gguf: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "small.gguf"
    quantize(random_gguf, out, kind)
    before, after = read_contents(random_gguf), read_contents(out)
    assert before.bits == 32
    assert before.types == "15 F32"
    assert after.parameters == before.parameters
    assert after.size == out.stat().st_size < before.size
    shapes = {name: matrix.size for name, matrix in matrices(random_gguf).items()}
    vectors = before.parameters - sum(shapes.values())
    bits = 32 * vectors + sum(BITS[after.matrices[name]] * size for name, size in shapes.items())
    assert after.bits == pytest.approx(bits / before.parameters)


def test_what_cannot_be_quantized_leaves_nothing(random_gguf: Path, tmp_path: Path) -> None:
    quantize(random_gguf, tmp_path / "small.gguf", "q8_0")
    text = tmp_path / "text.gguf"
    text.write_text("no model")
    for source in (tmp_path / "small.gguf", text, tmp_path / "missing.gguf"):
        with pytest.raises(TrainingError, match="could not write"):
            quantize(source, tmp_path / "out.gguf", "q4_0")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["small.gguf", "text.gguf"]
    with pytest.raises(TrainingError, match="no GGUF file"):
        read_contents(text)
