"""The catalogue says the truth about the model that ships, and nothing impossible of others."""

import pytest

from custom_components.home_llm.catalogue import BITS, CATALOGUE, KnownModel, quantization_of
from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from custom_components.home_llm.core.formats import FORMATS
from custom_components.home_llm.gguf_file import read_header

SHIPPED = CATALOGUE[0]


def test_shipped_model() -> None:
    header = read_header(SHIPPED_MODEL_PATH)
    assert SHIPPED.repository == ""
    assert SHIPPED.name == header.fields["general.name"]
    assert SHIPPED.format == header.fields["home_llm.format"]
    assert SHIPPED.layers == header.fields["llama.block_count"]
    assert SHIPPED.context == header.fields["llama.context_length"]
    assert SHIPPED.bytes_per_token == header.bytes_per_token
    assert SHIPPED.size() == pytest.approx(header.size, rel=0.1)


@pytest.mark.parametrize("model", CATALOGUE[1:], ids=lambda model: model.name)
def test_each_model(model: KnownModel) -> None:
    owner, _, name = model.repository.partition("/")
    assert owner
    assert name
    assert model.format in ("", *FORMATS)
    assert (model.format != "") == (owner == "acon96")
    assert model.quantization in BITS
    assert model.size("Q2_K") < model.size() < model.size("F16")
    # Home Assistant's computers have up to 16 GB.
    assert model.need().memory < 16 * 10**9
    assert model.need(10**9).size == 10**9
    assert model.need(context=10**6).context == model.context


def test_none_twice() -> None:
    assert len({model.name for model in CATALOGUE}) == len(CATALOGUE)
    assert len({model.repository for model in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("Home-3B-v3.q4_k_m.gguf", "Q4_K_M"),
        ("qwen2.5-0.5b-instruct-q8_0.gguf", "Q8_0"),
        ("Qwen3-4B-Q5_K_M.gguf", "Q5_K_M"),
        ("Llama-3.2-1B-Instruct-IQ3_XXS.gguf", "IQ3_XXS"),
        ("Llama-3.2-1B-Instruct-Q4_0_4_8.gguf", "Q4_0_4_8"),
        ("Q6_K/model-Q6_K_L.gguf", "Q6_K_L"),
        ("gemma-3-1b-it-f16.gguf", "F16"),
        ("model-fp16.gguf", "F16"),
        ("model-BF16.gguf", "BF16"),
        ("gpt-oss-mxfp4.gguf", "MXFP4"),
        ("qwen3.gguf", ""),
        ("faq1.gguf", ""),
    ],
)
def test_quantization_in_a_name(name: str, quantization: str) -> None:
    assert quantization_of(name) == quantization
