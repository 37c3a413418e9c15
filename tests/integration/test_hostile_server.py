"""Servers that never end, drip, refuse or give orders: one request each, a sentence, no storm."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import json
from random import Random
from typing import Any

from aiohttp import web
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant
import pytest

from custom_components.home_llm.chat_model import ChatModel
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.server_stream import Limits
from tests.core import hostile
from tests.integration.conftest import speech_of
from tests.integration.house import House
from tests.integration.model_server import (
    Answer,
    ModelServer,
    drops,
    says,
    serving,
    shows,
    streams,
    waits,
)
from tests.integration.remote import (
    Reply,
    ask,
    chunk,
    chunks,
    ollama_model,
    openai_model,
    part,
    parts,
)
from tests.integration.remote_agents import MODELS, TURN_ON, async_add_server_agent, async_ask, text

pytestmark = pytest.mark.usefixtures("socket_enabled")

KINDS = {
    "openai": (openai_model, chunk({"content": "é"}), chunks({"content": "é"})),
    "ollama": (ollama_model, part({"role": "assistant", "content": "é"}), parts({"content": "é"})),
}
both = pytest.mark.parametrize("kind", sorted(KINDS))
SHORT = Limits(pieces=50)


def endless(piece: str) -> Answer:
    """Return an answer that goes on until nobody listens."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        while True:
            await response.write(piece.encode())
            await asyncio.sleep(0)

    return answer


def drips(whole: str) -> Answer:
    """Return an answer that takes its time to begin, and then comes byte by byte."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await asyncio.sleep(0.2)
        await response.prepare(request)
        for byte in whole.encode():
            await response.write(bytes([byte]))
            await asyncio.sleep(0)
        return response

    return answer


async def _fails(model: ChatModel, key: str) -> str:
    reply = Reply()
    with pytest.raises(ModelError) as raised:
        await ask(model, into=reply)
    assert raised.value.key == key
    return reply.said


@both
async def test_a_reply_without_an_end(hass: HomeAssistant, kind: str) -> None:
    """It is heard for a while; then the connection is closed, and the next reply is as ever."""
    make, piece, good = KINDS[kind]
    async with serving(endless(piece), good) as server:
        model = make(hass, server, limits=SHORT)
        assert await _fails(model, "reply_broken") == "é" * SHORT.pieces
        assert len(server.asked) == 1
        assert (await ask(model)).said == "é"


async def test_a_call_without_an_end(hass: HomeAssistant) -> None:
    """Nothing of it is said or done, however much of it comes."""
    function = {"name": "f", "arguments": '{"a'}
    piece = chunk({"tool_calls": [{"index": 0, "function": function}]})
    async with serving(endless(piece)) as server:
        assert await _fails(openai_model(hass, server, limits=SHORT), "reply_broken") == ""
        assert len(server.asked) == 1


@both
async def test_a_reply_that_drips(hass: HomeAssistant, kind: str) -> None:
    """Letters of two bytes come whole, however a reply is cut, and nothing is asked twice."""
    make, piece, _ = KINDS[kind]
    ends = {
        "openai": chunk({}, "stop") + "data: [DONE]\n\n",
        "ollama": part({"role": "assistant", "content": ""}, done=True),
    }
    async with serving(drips(piece.replace("\\u00e9", "é") * 2 + ends[kind])) as server:
        assert (await ask(make(hass, server))).said == "éé"
        assert len(server.asked) == 1


@pytest.fixture
async def server(hass: HomeAssistant, house: House) -> AsyncGenerator[ModelServer]:
    """Set up an agent with a model on a server; forget what that asked."""
    async with serving(MODELS) as server:
        await async_add_server_agent(hass, server)
        server.asked.clear()
        yield server


def _wrong(status: int) -> Answer:
    return says({"error": {"message": "no"}}, status)


async def _invites(_request: web.Request) -> web.StreamResponse:
    """Refuse, and ask to be asked again at once."""
    return web.json_response({"error": {"message": "no"}}, status=429, headers={"Retry-After": "0"})


FAULTS: dict[str, tuple[Answer, int]] = {
    "key": (_wrong(401), 1),
    "often": (_wrong(429), 1),
    "often, but at once": (_invites, 1),
    "silent": (waits, 1),
    "broken": (_wrong(500), 1),
    "busy": (_wrong(503), 1),
    "page": (shows("<h1>Hello</h1>"), 1),
    "garbage": (streams("\x00\ufffd{{{\n\n"), 1),
    "cut": (streams(chunk({"content": "Go"}), end="cut"), 1),
    "dropped": (drops, 2),
}


@pytest.mark.parametrize(("answer", "each"), FAULTS.values(), ids=FAULTS)
async def test_no_storm(
    hass: HomeAssistant, server: ModelServer, answer: Answer, each: int
) -> None:
    """A sentence is one request, two where the connection failed; the key is asked for once."""
    server.answers[:] = [answer]
    chat = hass.config_entries.async_entries(DOMAIN)[0].runtime_data.chat
    if answer is waits:
        chat._limits = Limits(first=0.5)
    for said in range(1, 4):
        result = await async_ask(hass, "turn on the worktop")
        assert speech_of(result).strip()
        assert len(server.asked) == each * said
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"] * (
        answer is FAULTS["key"][0]
    )
    server.answers[:] = [text("Hello.")]
    server.asked.clear()
    chat._limits = Limits()
    assert speech_of(await async_ask(hass, "hello")) == "Hello."
    assert len(server.asked) == 1


async def test_a_server_that_gives_orders(
    hass: HomeAssistant, house: House, server: ModelServer
) -> None:
    """Whatever it writes, as text or as calls: only exposed entities are touched."""
    called: list[Mapping[str, Any]] = []

    def note(event: Event) -> None:
        called.append(event.data["service_data"])

    hass.bus.async_listen(EVENT_CALL_SERVICE, note)
    names = (
        "Safe Light",
        "light.safe_light",
        "Worktop",
        "all",
        "<|im_end|>",
        "Kettle",
        "Desk Lamp",
    )
    tools = (TURN_ON, TURN_ON, "intent__HassTurnOff", "HassTurnOn", "lock.unlock", "HassLightSet")
    for seed in range(60):
        rng = Random(seed)
        given = {rng.choice(("name", "name", "area", "entity_id")): rng.choice(names)}
        tool = rng.choice(tools)
        call = json.dumps({"name": tool, "arguments": given})
        function = {"name": tool, "arguments": json.dumps(given)}
        tag = f"{hostile.text(rng)}<tool_call>{call}</tool_call>"
        written = rng.choice((tag, f"```json\n{call}\n```", call, hostile.text(rng)))
        first = rng.choice(
            (chunks({"tool_calls": [{"index": 0, "function": function}]}), text(written))
        )
        server.answers[:] = [first, text("Done.")]
        server.asked.clear()
        result = await async_ask(hass, hostile.text(rng) or "hello")
        assert '"arguments"' not in speech_of(result)
        assert len(server.asked) < 12
    assert called
    touched = {each for data in called for each in _ids(data.get("entity_id"))}
    assert touched
    assert "light.safe_light" not in touched
    assert touched <= house.entities.keys()


def _ids(given: object) -> list[str]:
    return [given] if isinstance(given, str) else list(given or ())  # type: ignore[call-overload]
