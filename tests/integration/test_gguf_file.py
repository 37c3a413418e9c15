"""What stands at the beginning of GGUF files, compared with files that ggml's own writer made."""

from pathlib import Path
import struct

from gguf import GGMLQuantizationType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
import numpy as np
import pytest

from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from custom_components.home_llm.gguf_file import _BLOCKS, GgufError, GgufHeader, read_header
from tests.engine.tiny_gguf import Shape, write_random_model


def _write(path: Path, writer: GGUFWriter) -> GgufHeader:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return read_header(path)


def test_every_type_that_ggml_stores() -> None:
    assert {kind.value: size for kind, size in GGML_QUANT_SIZES.items()} == _BLOCKS


def test_shipped_model() -> None:
    header = read_header(SHIPPED_MODEL_PATH)
    assert header.size == SHIPPED_MODEL_PATH.stat().st_size
    assert header.architecture == "llama"
    assert header.bytes_per_token == 10 * 3 * (64 + 64) * 2
    assert not header.is_split


def test_width_that_follows_from_others(tmp_path: Path) -> None:
    shape = Shape(layers=3, width=64, heads=4, key_value_heads=2)
    path = write_random_model(tmp_path / "model.gguf", shape=shape)
    header = read_header(path)
    assert header.size == path.stat().st_size
    assert header.bytes_per_token == 3 * 2 * (16 + 16) * 2


def test_everything_that_a_field_can_be(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_uint8("a", 200)
    writer.add_int8("b", -100)
    writer.add_uint16("c", 60_000)
    writer.add_int16("d", -30_000)
    writer.add_int32("e", -2_000_000_000)
    writer.add_float32("f", 0.5)
    writer.add_bool("g", val=True)
    writer.add_uint64("h", 2**60)
    writer.add_int64("i", -(2**60))
    writer.add_float64("j", 0.25)
    writer.add_string("k", "Grüße")
    writer.add_array("l", [1, 2, 3])
    writer.add_array("m", ["one", "two"])
    writer.add_array("n", [0.5] * 2000)
    writer.add_tensor("weight", np.zeros((4, 64), dtype=np.float16))
    header = _write(path, writer)
    assert header.size <= path.stat().st_size
    fields = dict(header.fields)
    assert fields.pop("general.architecture") == "llama"
    assert fields == {
        "a": 200, "b": -100, "c": 60_000, "d": -30_000, "e": -2_000_000_000, "f": 0.5, "g": True,
        "h": 2**60, "i": -(2**60), "j": 0.25, "k": "Grüße", "l": (1, 2, 3),
    }  # fmt: skip


@pytest.mark.parametrize("alignment", [32, 64, 128])
def test_length_with_blocks_of_values(tmp_path: Path, alignment: int) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_custom_alignment(alignment)
    packed = np.zeros((8, 34), dtype=np.uint8)  # (rows, bytes of one block of 32)
    writer.add_tensor("weight", packed, raw_dtype=GGMLQuantizationType.Q8_0)
    header = _write(path, writer)
    # The writer fills up the last tensor, too.
    assert header.size == path.stat().st_size - (-packed.nbytes % alignment)


def test_heads_that_differ_by_layer(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(3)
    writer.add_embedding_length(64)
    writer.add_head_count([4, 4, 8])
    writer.add_head_count_kv([1, 0, 2])
    writer.add_key_length(16)
    header = _write(path, writer)
    assert header.bytes_per_token == 3 * (16 + 64 // 8) * 2


@pytest.mark.parametrize("heads", [None, 0])
def test_nothing_told_of_the_context(tmp_path: Path, heads: int | None) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(3)
    writer.add_embedding_length(64)
    if heads is not None:
        writer.add_head_count(heads)
    assert _write(path, writer).bytes_per_token is None


def test_type_that_is_newer_than_we(tmp_path: Path) -> None:
    tensor = struct.pack("<Q1sIQIQ", 1, b"w", 1, 32, 999, 64)
    path = tmp_path / "model.gguf"
    path.write_bytes(struct.pack("<4sIQQ", b"GGUF", 3, 1, 0) + tensor)
    assert read_header(path).size == 64 + 64


_FIELD = struct.pack("<Q1s", 1, b"a")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGML" + bytes(100),
        struct.pack("<4sIQQ", b"GGUF", 1, 0, 0),
        struct.pack(">4sIQQ", b"GGUF", 3, 0, 0),
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**60),
        struct.pack("<4sIQQ", b"GGUF", 3, 2**60, 0),
        struct.pack("<4sIQQQ", b"GGUF", 3, 0, 1, 2**60),
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 1) + _FIELD + struct.pack("<I", 13),
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 1) + _FIELD + struct.pack("<IIQ", 9, 9, 1),
        struct.pack("<4sIQQ", b"GGUF", 3, 0, 1) + _FIELD + struct.pack("<IIQ", 9, 4, 2**60),
        struct.pack("<4sIQQ", b"GGUF", 3, 1, 0) + _FIELD + struct.pack("<I", 5),
    ],
)
def test_no_gguf_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(GgufError):
        read_header(path)
