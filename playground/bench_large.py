"""Against large models: files with random weights in the shapes of TinyLlama-1.1B and Phi-2.

Their weights are 4-bit (Q4_0), their tokenizer is that of the model that ships, so that a prompt
has the same tokens for all. How long a token takes does not depend on the weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
import tempfile
from types import MappingProxyType

from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
import numpy as np

from .bench_requests import READS_HOMES, Listener, Measured, house, sentence
from .bench_table import Cell, Table

_ENTITIES = 60
_BLOCK, _BLOCK_BYTES = 32, 18
_UNUSED = 5
"""A kind of token that no text gives and no reply holds."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a model.

    Args:
        architecture: llama.cpp's name for its family.
        layers: how many.
        width: of the embedding.
        feed_forward: the inner width of a layer.
        heads: of attention.
        key_value_heads: those that have keys and values of their own.
        rotated: dimensions of a head that the position turns.
        vocabulary: tokens.

    """

    architecture: str
    layers: int
    width: int
    feed_forward: int
    heads: int
    key_value_heads: int
    rotated: int
    vocabulary: int


# Source: config.json of TinyLlama/TinyLlama-1.1B-Chat-v1.0 and of microsoft/phi-2.
LARGE: Mapping[str, Shape] = MappingProxyType(
    {
        "TinyLlama-1.1B": Shape(
            architecture="llama",
            layers=22,
            width=2048,
            feed_forward=5632,
            heads=32,
            key_value_heads=4,
            rotated=64,
            vocabulary=32000,
        ),
        "Phi-2": Shape(
            architecture="phi2",
            layers=32,
            width=2560,
            feed_forward=10240,
            heads=32,
            key_value_heads=32,
            rotated=32,
            vocabulary=51200,
        ),
    }
)


async def against_large(model: Path, runs: int, progress: Callable[[], object]) -> Table:
    """Measure each large model beside ours, in the same run and on the same requests."""
    rows: list[dict[str, Cell]] = []
    with tempfile.TemporaryDirectory(prefix="home-llm-bench-") as folder:
        for name, shape in LARGE.items():
            path = write_random(Path(folder) / f"{shape.architecture}.gguf", shape, model)
            rows += await _beside(name, model, path, runs, progress)
            path.unlink()
    return Table(
        title=f"Against large models in Q4_0 with random weights, {_ENTITIES} entities, "
        "nothing of the prompt evaluated",
        rows=rows,
        bar="x ours",
        names=("model", "prompt"),
    )


async def _beside(
    name: str, model: Path, large: Path, runs: int, progress: Callable[[], object]
) -> list[dict[str, Cell]]:
    """Let both answer in turns: first what ours reads, then the home as such models read it."""
    home = house(_ENTITIES, 0)
    said = sentence(home)
    same: list[tuple[Measured, Measured]] = []
    async with Listener(model) as ours:
        # The grammar is compiled once for all sentences of a kind.
        await ours.ask(home, said)
        async with Listener(large) as other:
            for _ in range(runs):
                await ours.forget()
                await other.forget()
                mine = await ours.ask(home, said)
                # One token for each time that llama.cpp was asked by us: rather too few.
                same.append((mine, await other.ask(home, said, most=mine.stats.batches)))
                progress()
            memory = other.memory_mb
        async with Listener(large, format_name=READS_HOMES) as other:
            await ours.forget()
            whole = [(await ours.ask(home, said), await other.ask(home, said))]
            progress()
    return [
        _row(name, "the same", same, memory),
        _row(name, "the home, and 24 tokens written", whole, memory),
    ]


def _row(
    name: str, prompt: str, pairs: list[tuple[Measured, Measured]], memory: float
) -> dict[str, Cell]:
    return {
        "model": name,
        "prompt": prompt,
        "prompt tokens": round(median(other.stats.prompt_tokens for _, other in pairs)),
        "ours ms": median(mine.total_ms for mine, _ in pairs),
        "total ms": median(other.total_ms for _, other in pairs),
        "x ours": median(other.total_ms / mine.total_ms for mine, other in pairs),
        "x ours in the engine": median(
            other.stats.total_ms / mine.stats.total_ms for mine, other in pairs
        ),
        "memory MB": memory,
    }


def write_random(path: Path, shape: Shape, tokenizer: Path) -> Path:
    """Write a model with random weights.

    Args:
        path: the file to write.
        shape: its size.
        tokenizer: the GGUF file whose tokens, format and domains it takes.

    """
    writer = GGUFWriter(path, shape.architecture)
    _describe(writer, shape)
    _copy_tokenizer(writer, GGUFReader(tokenizer), shape.vocabulary)
    rng = np.random.default_rng(0)
    made: dict[tuple[int, int], np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = {}
    for name, size in _tensors(shape):
        if len(size) == 1:
            fill = 1.0 if name.endswith("norm.weight") else 0.0
            writer.add_tensor(name, np.full(size, fill, np.float32))
            continue
        if size not in made:
            made[size] = _quantized(size, rng)
        writer.add_tensor(name, made[size], raw_dtype=GGMLQuantizationType.Q4_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _quantized(
    size: tuple[int, int], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return random weights of a plausible scale: a float16, then 32 numbers of four bits."""
    rows, columns = size
    blocks = rng.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), np.uint8)
    scale = np.array([0.2 / columns**0.5], np.float16).view(np.uint8)
    blocks[:, :, :2] = scale
    return blocks.reshape(rows, -1)


def _describe(writer: GGUFWriter, shape: Shape) -> None:
    writer.add_name("random")
    writer.add_context_length(4096)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_value_heads)
    writer.add_rope_dimension_count(shape.rotated)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_layer_norm_eps(1e-5)


def _copy_tokenizer(writer: GGUFWriter, source: GGUFReader, vocabulary: int) -> None:
    def listed(key: str) -> list[str]:
        return list(source.fields[key].contents())

    tokens, kinds = listed("tokenizer.ggml.tokens"), source.fields["tokenizer.ggml.token_type"]
    missing = vocabulary - len(tokens)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(source.fields["tokenizer.ggml.pre"].contents())
    writer.add_token_list([*tokens, *(f"unused{number}" for number in range(missing))])
    writer.add_token_types([*kinds.contents(), *[_UNUSED] * missing])
    writer.add_token_merges(listed("tokenizer.ggml.merges"))
    writer.add_eos_token_id(source.fields["tokenizer.ggml.eos_token_id"].contents())
    writer.add_add_bos_token(False)  # noqa: FBT003 - it takes no name
    for key in ("home_llm.format", "home_llm.domains"):
        writer.add_string(key, source.fields[key].contents())


def _tensors(shape: Shape) -> list[tuple[str, tuple[int] | tuple[int, int]]]:
    """Return names and sizes, ``(out, in)``, of all tensors."""
    width, inner = shape.width, shape.feed_forward
    layer = _LAYERS[shape.architecture](width, inner, width // shape.heads * shape.key_value_heads)
    tensors: list[tuple[str, tuple[int] | tuple[int, int]]] = [
        ("token_embd.weight", (shape.vocabulary, width)),
        ("output_norm.weight", (width,)),
        ("output.weight", (shape.vocabulary, width)),
    ]
    if shape.architecture == "phi2":
        tensors += [("output_norm.bias", (width,)), ("output.bias", (shape.vocabulary,))]
    for number in range(shape.layers):
        tensors += [(f"blk.{number}.{name}", size) for name, size in layer.items()]
    return tensors


def _llama_layer(width: int, inner: int, narrow: int) -> dict[str, tuple[int] | tuple[int, int]]:
    return {
        "attn_norm.weight": (width,),
        "attn_q.weight": (width, width),
        "attn_k.weight": (narrow, width),
        "attn_v.weight": (narrow, width),
        "attn_output.weight": (width, width),
        "ffn_norm.weight": (width,),
        "ffn_gate.weight": (inner, width),
        "ffn_up.weight": (inner, width),
        "ffn_down.weight": (width, inner),
    }


def _phi2_layer(width: int, inner: int, narrow: int) -> dict[str, tuple[int] | tuple[int, int]]:
    fused = width + 2 * narrow
    return {
        "attn_norm.weight": (width,),
        "attn_norm.bias": (width,),
        "attn_qkv.weight": (fused, width),
        "attn_qkv.bias": (fused,),
        "attn_output.weight": (width, width),
        "attn_output.bias": (width,),
        "ffn_up.weight": (inner, width),
        "ffn_up.bias": (inner,),
        "ffn_down.weight": (width, inner),
        "ffn_down.bias": (width,),
    }


_LAYERS = {"llama": _llama_layer, "phi2": _phi2_layer}
