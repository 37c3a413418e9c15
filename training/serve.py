r"""Serve a model to other programs: ``python3 training/serve.py [FILE.gguf]``.

llama-cpp-python's own server, which speaks OpenAI's HTTP API: /v1/models, /v1/completions and
/v1/chat/completions, with "stream" and "grammar" (GBNF); /docs lists all of it. The name of the
model in a request is not looked at.

What a model understands is what it was trained on:

- A fine-tuned model (home-llm-1, home-llm-3) is a chat model. Send it the system message that names
  the devices, as data/ writes it, and the sentence. Files without a chat template get ChatML; where
  a template has no place for a system message, it is joined to the user's, as in training.
- The model that ships (tiny-6) never sees a home: Home Assistant finds what a sentence names, puts
  a kind and a letter there, and bounds the reply by a grammar. So send "turn the light A off" as
  the message of the user (or "<|im_start|>turn the light A off" and a new line as a prompt), and
  with it what may be answered: "grammar": "root ::= \"> \" (\"on\" | \"off\") \" light A\"".
  Sentences as people say them need Home Assistant.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
import importlib
import io
import os
from pathlib import Path
import socket
import sys
from typing import Any

from llama_cpp import llama_cpp
from llama_cpp.llama_chat_format import ChatFormatterResponse, register_chat_format

from home_llm_core.chat import Message
from home_llm_core.formats.base import chatml
from home_llm_engine.errors import EngineError, ModelMissingError
from home_llm_engine.gguf import load, read_metadata
from training.errors import TrainingError, run
from training.gguf_template import GgufTemplate

_CHAT, _TURN_END = "home-llm-chat", "<|im_end|>"

_Messages = Sequence[Mapping[str, Any]]

SHIPPED = Path(__file__).parents[1] / "custom_components/home_llm/model/home-llm-tiny.gguf"


def main() -> None:
    """Read the command line, and serve until it is interrupted."""
    args = _parser().parse_args()
    app, settings, uvicorn = _libraries()
    chat_format = _chat_format(args.model, args.lora)
    listening = _listen(args.host, args.port)
    model = settings.ModelSettings(
        model=str(args.model),
        model_alias=args.model.stem,
        lora_path=None if args.lora is None else str(args.lora),
        chat_format=chat_format,
        n_ctx=args.context,
        n_threads=args.threads,
        n_threads_batch=args.threads,
        # Keeping the logits of every token takes gigabytes where the vocabulary is large.
        logits_all=False,
        use_mlock=False,
        verbose=False,
    )
    # A request waits for those before it, whose replies would otherwise be cut off.
    server = settings.ServerSettings(interrupt_requests=False)
    try:
        api = app.create_app(server_settings=server, model_settings=[model])
    except ValueError as err:
        raise TrainingError(f"{args.model} cannot be served, try less --context: {err}") from err
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"{args.model.name}: http://{shown}:{port}/v1\n")
    sys.stdout.flush()
    try:
        uvicorn.Server(uvicorn.Config(api, log_level="warning")).run(sockets=[listening])
    finally:
        # Left to the end of the program, it would log to what is gone by then.
        app._llama_proxy.free()  # noqa: SLF001 - there is no other way to it


def _chatml(messages: _Messages, **_: object) -> ChatFormatterResponse:
    """Render a chat as at run time, for files that do not say how they do it."""
    known = [Message(role=each["role"], content=each["content"] or "") for each in messages]
    text = "".join(segment.text for segment in chatml(known))
    return ChatFormatterResponse(prompt=text, stop=_TURN_END)


def _joining(template: GgufTemplate) -> Callable[..., ChatFormatterResponse]:
    """Return what renders a chat by a template that has no place for a system message."""

    def render(messages: _Messages, **_: object) -> ChatFormatterResponse:
        text = template.text(messages)
        return ChatFormatterResponse(prompt=text, stop=template.eos, added_special=True)

    return render


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    threads = len(os.sched_getaffinity(0))
    add("model", type=Path, nargs="?", default=SHIPPED, help="GGUF file (default: the shipped one)")
    add("--lora", type=Path, metavar="FILE", help="adapter that training/export.py wrote for it")
    add(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 is all (default: this"
        " machine alone, as nobody is asked who they are)",
    )
    add("--port", type=_at_least(0), default=8000, help="0 takes a free one (default: 8000)")
    add("--threads", type=_at_least(1), default=threads, help=f"(default: {threads}, all cores)")
    add(
        "--context",
        type=_at_least(1),
        default=2048,
        help="longest prompt and reply, in tokens (default: 2048)",
    )
    return parser


def _at_least(least: int) -> Any:  # noqa: ANN401 - argparse asks for a callable
    def number(text: str) -> int:
        if (value := int(text)) < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


def _libraries() -> tuple[Any, Any, Any]:
    """Return the modules that serve.

    Raises:
        TrainingError: one is not installed.

    """
    names = ("llama_cpp.server.app", "llama_cpp.server.settings", "uvicorn")
    try:
        app, settings, uvicorn = map(importlib.import_module, names)
    except ImportError as err:
        raise TrainingError(f"serving needs {err.name}: run script/setup --training") from err
    return app, settings, uvicorn


def _chat_format(model: Path, lora: Path | None) -> str | None:
    """Return the name of the format in which chats are written down; none for the file's own.

    Raises:
        TrainingError: llama.cpp cannot load the file, or not the adapter with it.

    """
    # llama.cpp writes many lines about a file that it cannot load; one is enough.
    with redirect_stderr(io.StringIO()):
        try:
            loaded = load(model)
        except ModelMissingError as err:
            raise TrainingError(f"{model}: there is no file that can be read") from err
        except EngineError as err:
            raise TrainingError(f"{model} is no model that llama.cpp can load here") from err
        try:
            if lora is not None and not llama_cpp.llama_adapter_lora_init(
                loaded, str(lora).encode()
            ):
                raise TrainingError(f"{lora} is no adapter for {model}")
            if "tokenizer.chat_template" not in read_metadata(loaded):
                register_chat_format(_CHAT)(_chatml)
                return _CHAT
            template = GgufTemplate.of(loaded)
        finally:
            # Adapters are freed with their model.
            llama_cpp.llama_model_free(loaded)
    if not template.joins_system:
        return None
    register_chat_format(_CHAT)(_joining(template))
    return _CHAT


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket, before the model is loaded, which may take long.

    Raises:
        TrainingError: somebody else has the port, or there is no such address.

    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family)
    except (OSError, OverflowError) as err:
        raise TrainingError(f"cannot listen on {host}, port {port}: {err}") from err


if __name__ == "__main__":
    run(main)
