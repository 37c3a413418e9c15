"""Models whose tokenizer puts a space before every text write a grammar's strings without it."""

from collections.abc import Iterator

from gguf import GGUFWriter, TokenType
from llama_cpp import llama_cpp
import pytest

from home_llm_engine.vocabulary import Vocabulary

WORDS = ['▁"', '{"', '":', "on", "▁on", "▁", "age", '"']


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vocabulary]:
    """Return the vocabulary of a file like those of TinyLlama and Mistral, without weights."""
    path = tmp_path_factory.mktemp("model") / "vocabulary.gguf"
    special = ["<unk>", "<s>", "</s>"]
    single = [f"<0x{byte:02X}>" for byte in range(256)]
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*special, *single, *WORDS])
    writer.add_token_scores([0.0] * 259 + [-float(rank) for rank in range(len(WORDS))])
    kinds = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL]
    writer.add_token_types([*kinds, *[TokenType.BYTE] * 256, *[TokenType.NORMAL] * len(WORDS)])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(value=True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    llama_cpp.llama_backend_init()
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
    assert model is not None
    yield Vocabulary(llama_cpp.llama_model_get_vocab(model))
    llama_cpp.llama_model_free(model)


@pytest.mark.parametrize("text", ['{"', 'on"', '"on', ' "on', "5", "on ü\n", " ", "\n"])
def test_strings_begin_as_they_are_written(vocabulary: Vocabulary, text: str) -> None:
    def bytes_of(tokens: tuple[int, ...]) -> bytes:
        return b"".join(vocabulary.pieces[token] for token in tokens)

    assert bytes_of(vocabulary.encode(text)) == f" {text}".encode()
    assert bytes_of(vocabulary.string(text)) == text.encode()
