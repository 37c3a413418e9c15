"""A model behind OpenAI's HTTP API, asked by a program that knows no other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import signal
import socket
import subprocess
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from gguf import GGUFWriter
import llama_cpp
import numpy as np
import pytest

from tests.engine.tiny_gguf import write_random_model
from tests.training.small_models import write_small_model
from training.gguf_file import Description, convert
from training.serve import SHIPPED

COMMAND = [sys.executable, "training/serve.py"]
ONE_SWITCH = 'root ::= "> " ("on" | "off") " light A"'
LIMIT = 120
"""Seconds after which something hangs."""

Ask = Callable[..., Any]


def stopped(server: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what a server wrote until its end, which is forced if it does not come."""
    try:
        return server.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        server.kill()
        raise


def _listen_to_interrupts() -> None:
    """Heed SIGINT, which what runs in the background inherits as ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(*arguments: str) -> Iterator[Ask]:
    """Yield what asks a server; it is stopped in the end as people stop it."""
    options = ["--port", "0", "--threads", "1", "--context", "256"]
    with subprocess.Popen(
        [*COMMAND, *arguments, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_listen_to_interrupts,  # noqa: PLW1509 - no thread of these tests holds a lock
    ) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert " http://127.0.0.1:" in line, server.communicate()[1]
        url = line.split()[1]

        def ask(path: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
            data = json.dumps(body).encode() if body else None
            headers = {"Content-Type": "application/json"}
            with urlopen(Request(f"{url}{path}", data, headers), timeout=LIMIT) as answer:
                text = answer.read().decode()
            return text if body.get("stream") else json.loads(text)

        try:
            yield ask
        finally:
            server.send_signal(signal.SIGINT)
            rest = stopped(server)
        assert (server.returncode, rest) == (130, ("", "interrupted\n"))


@pytest.fixture(scope="module")
def shipped() -> Iterator[Ask]:
    with serving() as ask:
        yield ask


def chat(ask: Ask, text: str, **options: Any) -> Any:  # noqa: ANN401 - JSON
    messages = [{"role": "user", "content": text}]
    return ask("/chat/completions", messages=messages, temperature=0, **options)


def test_the_shipped_model_chats_and_completes(shipped: Ask) -> None:
    assert [model["id"] for model in shipped("/models")["data"]] == ["home-llm-tiny"]
    for word in ("on", "off"):
        text, options = f"switch the light A {word} please", {"grammar": ONE_SWITCH}
        said = chat(shipped, text, model="gpt-4o", **options)
        assert said["choices"][0]["message"]["content"] == f"> {word} light A"
        prompt = f"<|im_start|>{text}\n"
        done = shipped("/completions", prompt=prompt, temperature=0, **options)
        assert done["choices"][0]["text"] == f"> {word} light A"
        assert done["usage"]["prompt_tokens"] == said["usage"]["prompt_tokens"]


def test_replies_can_be_streamed(shipped: Ask) -> None:
    said = chat(shipped, "switch the light A off", grammar=ONE_SWITCH, stream=True)
    events = [line[6:] for line in said.splitlines() if line.startswith("data: ")]
    assert events.pop() == "[DONE]"
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
    assert "".join(delta.get("content", "") for delta in deltas) == "> off light A"


def test_a_prompt_that_is_too_long(shipped: Ask) -> None:
    with pytest.raises(HTTPError) as caught:
        shipped("/completions", prompt="light " * 1000)
    assert caught.value.code == 400
    assert json.loads(caught.value.read())["error"]["code"] == "context_length_exceeded"
    assert chat(shipped, "light A off", grammar=ONE_SWITCH)["choices"]


def write_adapter(path: Path, base: Path) -> Path:
    """Write a random adapter for the last layer of a model, large enough to confuse it."""
    model = llama_cpp.Llama(str(base), vocab_only=True, verbose=False)
    width = int(model.metadata["llama.embedding_length"])
    inner = int(model.metadata["llama.feed_forward_length"])
    layer = int(model.metadata["llama.block_count"]) - 1
    rng = np.random.default_rng(1)
    writer = GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 64.0)
    name = f"blk.{layer}.ffn_down.weight"
    writer.add_tensor(f"{name}.lora_a", rng.normal(size=(4, inner)).astype(np.float32))
    writer.add_tensor(f"{name}.lora_b", rng.normal(size=(width, 4)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_an_adapter_is_applied(shipped: Ask, tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter.gguf", SHIPPED)
    asked: dict[str, Any] = {"text": "switch the light A off", "max_tokens": 12}
    before = chat(shipped, **asked)["choices"][0]["message"]["content"]
    assert chat(shipped, **asked)["choices"][0]["message"]["content"] == before
    with serving("--lora", str(adapter)) as ask:
        assert chat(ask, **asked)["choices"][0]["message"]["content"] != before


def test_a_file_without_a_chat_template_gets_chatml(tmp_path: Path) -> None:
    model = write_random_model(tmp_path / "random.gguf")
    text = "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"
    llama = llama_cpp.Llama(str(model), vocab_only=True, verbose=False)
    expected = len(llama.tokenize(text.encode(), add_bos=False, special=True))
    with serving(str(model)) as ask:
        assert chat(ask, "hello", max_tokens=4)["usage"]["prompt_tokens"] == expected


def test_a_template_that_refuses_the_system_gets_it_with_the_sentence(tmp_path: Path) -> None:
    folder = write_small_model("gemma", tmp_path / "gemma")
    model = tmp_path / "gemma.gguf"
    convert(folder, model, "f32", Description(name="Gemma", license="other", prompt_format=None))
    system = {"role": "system", "content": "You control a home."}
    user = {"role": "user", "content": "hello"}
    both = {"role": "user", "content": "You control a home.\n\nhello"}
    with serving(str(model)) as ask:
        apart, joined = (
            ask("/chat/completions", messages=messages, max_tokens=4, temperature=0.0)
            for messages in ([system, user], [both])
        )
    assert apart["usage"] == joined["usage"]
    assert apart["choices"][0]["message"] == joined["choices"][0]["message"]


def refused(*arguments: str, **environment: str) -> str:
    """Return the one line of a command that cannot be carried out."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
        env=environment or None,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: "), done.stderr
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_files_that_cannot_be_served(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(SHIPPED.read_bytes()[:100_000])
    assert "no file that can be read" in refused(str(tmp_path / "missing.gguf"))
    assert "llama.cpp can load" in refused(str(damaged))
    other = write_random_model(tmp_path / "random.gguf")
    adapter = write_adapter(tmp_path / "adapter.gguf", SHIPPED)
    assert "no adapter for" in refused(str(other), "--lora", str(adapter))


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "cannot listen" in refused("--port", port)
    assert "cannot listen" in refused("--host", "192.0.2.1")


def test_a_library_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "sse_starlette").mkdir()
    (tmp_path / "sse_starlette" / "__init__.py").write_text(
        "raise ModuleNotFoundError('none', name='sse_starlette')\n"
    )
    assert "serving needs sse_starlette" in refused(PYTHONPATH=f"{tmp_path}:build")
