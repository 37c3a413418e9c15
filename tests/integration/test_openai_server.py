"""A server that is none of ours, with the model that ships: llama-cpp-python's own."""

from collections.abc import Generator
import json
import re
import subprocess
import sys
import time

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm.chat_model import ReplyOptions
from custom_components.home_llm.const import SHIPPED_MODEL_PATH
from custom_components.home_llm.errors import ModelError
from tests.integration.model_server import ModelServer
from tests.integration.remote import HELLO, ask, openai_model
from tests.integration.test_openai_model import Lamp

pytestmark = pytest.mark.usefixtures("socket_enabled")

SHORT = ReplyOptions(max_tokens=8, temperature=0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[ModelServer]:
    """Run the server on a free port; yield where it is."""
    log = tmp_path_factory.mktemp("server") / "log"
    command = [
        *(sys.executable, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", "0"),
        *(
            "--api_key",
            "secret",
            "--model",
            str(SHIPPED_MODEL_PATH),
            "--model_alias",
            "tiny",
            "--chat_format",
            "chatml",
        ),
        *("--n_ctx", "256", "--n_threads", "1"),
    ]
    with log.open("w") as output:
        program = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            found = None
            while found is None:
                assert program.poll() is None, log.read_text()
                found = re.search(r"running on (http://[\d.:]+)", log.read_text())
                time.sleep(0.05)
            yield ModelServer(answers=[], url=found[1])
        finally:
            program.terminate()
            program.wait()


async def test_reply(hass: HomeAssistant, server: ModelServer) -> None:
    model = openai_model(hass, server, api_key="secret")
    assert await model.async_models() == ["tiny"]
    await model.async_check()
    reply = await ask(model, tools=[Lamp()], options=SHORT)
    assert reply.deltas[0] == {"role": "assistant"}
    assert reply.timings["total_ms"] > 0


async def test_model_of_another_name(hass: HomeAssistant, server: ModelServer) -> None:
    """It has one model, which answers to any name."""
    await openai_model(hass, server, api_key="secret", model="other").async_check()


async def test_wrong_key(hass: HomeAssistant, server: ModelServer) -> None:
    with pytest.raises(ModelError, match="invalid_auth"):
        await openai_model(hass, server, api_key="wrong").async_models()
    assert await openai_model(hass, server, api_key="secret").async_models()


async def test_too_much(hass: HomeAssistant, server: ModelServer) -> None:
    """It breaks the stream off, and tells nobody but its own log why."""
    model = openai_model(hass, server, api_key="secret")
    content = [conversation.UserContent(content="turn on the lamp " * 200)]
    with pytest.raises(ModelError, match="reply_broken"):
        await ask(model, content, options=SHORT)
    await ask(model, options=SHORT)


async def test_structured_reply(hass: HomeAssistant, server: ModelServer) -> None:
    """It knows no "json_schema", and does it with what it knows."""
    model = openai_model(hass, server, api_key="secret")
    schema = {"type": "object", "properties": {"on": {"enum": [True]}}, "required": ["on"]}
    reply = await ask(model, HELLO, schema=schema, options=ReplyOptions(max_tokens=100))
    assert json.loads(reply.said) == {"on": True}
