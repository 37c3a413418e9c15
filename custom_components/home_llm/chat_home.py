"""The home in the system message of a chat model: as much of Assist's list as there is room for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
import re
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.llm import async_get_exposed_entities
from homeassistant.core import HomeAssistant
from homeassistant.util import yaml as yaml_util

from .chat_model import ChatRequest
from .core.relevance import Ranking, named, ranking
from .home import HomeReader
from .home_budget import HousePrompt
from .home_prompt import Prompt

_ENTRY = re.compile(r"^- .*\n(?:(?!- ).*\n)*", re.MULTILINE)
"""An entity in the list that Home Assistant's Assist API gives to models, in YAML."""

_FIRST_KEY = "\n- names: "

_LIVE_CONTEXT = "GetLiveContext"
"""Home Assistant's tool that finds entities, also those that are not in the list."""

_LATELY = 2
"""Sentences before the last one whose devices may still be spoken of."""

type Write = Callable[[ChatRequest], Awaitable[Prompt]]


class ChatHome:
    """Finds the list of entities in a request, and shortens it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing of the home yet."""
        self._hass = hass
        self._reader = HomeReader(hass)

    async def async_house(self, request: ChatRequest, write: Write) -> HousePrompt | None:
        """Return what a request says of the home; none if it says nothing.

        Args:
            request: with all that is exposed.
            write: writes a request as the model reads it.

        """
        if _FIRST_KEY not in _system(request):
            return None
        exposed = async_get_exposed_entities(self._hass, ASSISTANT, include_state=False)
        listed = await self._hass.async_add_executor_job(yaml_util.dump, list(exposed.values()))
        entries = _ENTRY.findall(listed)
        if len(entries) != len(exposed) or listed not in _system(request):
            return None
        lines = dict(zip(exposed, entries, strict=True))
        unspoken = replace(request, content=(request.content[0], _NOTHING_SAID))

        async def write_with(ids: Sequence[str]) -> Prompt:
            return await write(shortened(unspoken, lines, ids))

        asked = _asked(request)
        must = replace(request, content=(request.content[0], *request.content[asked:]))
        return HousePrompt(
            lines=lines,
            write=write_with,
            said=await write(must),
            rank=lambda: self._rank(request, asked),
            max_reply=request.options.max_tokens,
        )

    def _rank(self, request: ChatRequest, asked: int) -> Ranking:
        home = self._reader.read()
        before = [_text(said) for said in request.content[:asked] if said.role == "user"]
        lately = [each for text in before[-_LATELY:] for each in sorted(named(home, text))]
        return ranking(home, _text(request.content[asked]), request.area, lately)


def shortened(request: ChatRequest, lines: Mapping[str, str], ids: Sequence[str]) -> ChatRequest:
    """Return a request that lists only some entities, and says that there are more."""
    left_out = len(lines) - len(ids)
    if not left_out:
        return request
    listed = "".join(lines[entity_id] for entity_id in ids)
    more = f"{left_out} more devices of this smart home are not listed here."
    if any(tool.name.endswith(_LIVE_CONTEXT) for tool in request.tools):
        more += f" Find them with {_LIVE_CONTEXT}, by name, area or domain."
    system = _system(request).replace("".join(lines.values()), f"{listed}{more}\n")
    return replace(
        request,
        content=(conversation.SystemContent(content=system), *request.content[1:]),
    )


def _asked(request: ChatRequest) -> int:
    """Return where in the conversation people spoke last."""
    return max((at for at, said in enumerate(request.content) if said.role == "user"), default=0)


def _system(request: ChatRequest) -> str:
    return _text(request.content[0]) if request.content else ""


def _text(content: Any) -> str:  # noqa: ANN401
    return content.content or ""


_NOTHING_SAID = conversation.UserContent(content="")
