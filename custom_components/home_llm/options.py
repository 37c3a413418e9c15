"""The options of entries and agents, read once; whatever is not said has its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from homeassistant.const import CONF_API_KEY, CONF_LLM_HASS_API, CONF_MODEL, CONF_PROMPT, CONF_URL

from .chat_model import ReplyOptions
from .core.actions import DEFAULT_ALLOWED
from .core.formats import FORMATS

Backend = Literal["device", "openai", "ollama"]

CONF_BACKEND = "backend"
CONF_PATH = "path"
CONF_FORMAT = "format"
CONF_CONTEXT = "context"
CONF_THREADS = "threads"
CONF_IDLE_MINUTES = "idle_minutes"

CONF_ACTIONS = "actions"
CONF_CONFIRM_UNLOCK = "confirm_unlock"
CONF_FALLBACK = "fallback"
CONF_THRESHOLD = "threshold"
CONF_MAX_TOKENS = "max_tokens"
CONF_TEMPERATURE = "temperature"
CONF_TOP_P = "top_p"
CONF_THINKING = "thinking"

DEFAULT_CONTEXT = 4096
DEFAULT_THRESHOLD = 0.5
"""The confidence that sets most of what is not right apart from what is.

Of the thresholds that stop at most 5 % of the right replies it is the one with the greatest
distance between the shares that it stops: 24 of 60 that were not right, 26 of 537 that were.
Measured on the English and Chinese scenarios with ``script/judge en zh-Hans --thresholds``.
"""


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Which model an entry speaks with, and how it is run.

    Args:
        backend: on this device, on a server with OpenAI's API, or on an Ollama server.
        path: the GGUF file; the one that ships, if it is empty.
        format: the prompt format; what the file says, if it is empty.
        url: of the server.
        api_key: for the server.
        model: its name on the server.
        context: tokens that prompt and reply may have together.
        threads: that evaluate; what suits the file, if there are none.
        idle_minutes: after which the model is unloaded; never, if it is 0.

    """

    backend: Backend = "device"
    path: str = ""
    format: str = ""
    url: str = ""
    api_key: str = ""
    model: str = ""
    context: int = DEFAULT_CONTEXT
    threads: int | None = None
    idle_minutes: int = 0

    @property
    def is_taught_homes(self) -> bool:
        """Whether the model was trained to run homes, and writes nothing else.

        The format of other files is found out, and noted, when they are set up.
        """
        return self.backend == "device" and (not self.path or self.format in FORMATS)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the options of an entry's data."""
        return cls(
            backend=data.get(CONF_BACKEND, "device"),
            path=data.get(CONF_PATH, ""),
            format=data.get(CONF_FORMAT, ""),
            url=data.get(CONF_URL, ""),
            api_key=data.get(CONF_API_KEY, ""),
            model=data.get(CONF_MODEL, ""),
            context=int(data.get(CONF_CONTEXT, DEFAULT_CONTEXT)),
            threads=int(data[CONF_THREADS]) if data.get(CONF_THREADS) else None,
            idle_minutes=int(data.get(CONF_IDLE_MINUTES, 0)),
        )


@dataclass(frozen=True, kw_only=True)
class AgentOptions:
    """How an agent, or an AI task, uses the entry's model.

    Args:
        actions: what models of our formats may do (``core.actions``), the allow-list.
        apis: Home Assistant's LLM APIs that other models may use.
        prompt: a template of the user's own, for other models; Home Assistant's if it is empty.
        confirm_unlock: whether locks are unlocked only when people have said so once more.
        fallback: entity id of the agent that is asked when this one is unsure; empty for none.
        threshold: confidence (0 to 1) below which it is unsure.
        reply: how replies of other models are written.

    """

    actions: frozenset[str] = frozenset(DEFAULT_ALLOWED)
    apis: tuple[str, ...] = ("assist",)
    prompt: str = ""
    confirm_unlock: bool = False
    fallback: str = ""
    threshold: float = DEFAULT_THRESHOLD
    reply: ReplyOptions = field(default_factory=ReplyOptions)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the options of a subentry's data."""
        known = cls()
        reply = known.reply
        return cls(
            actions=frozenset(data.get(CONF_ACTIONS, known.actions)),
            apis=tuple(data.get(CONF_LLM_HASS_API, known.apis)),
            prompt=data.get(CONF_PROMPT, ""),
            confirm_unlock=data.get(CONF_CONFIRM_UNLOCK, False),
            fallback=data.get(CONF_FALLBACK, ""),
            threshold=float(data.get(CONF_THRESHOLD, known.threshold)),
            reply=ReplyOptions(
                max_tokens=int(data.get(CONF_MAX_TOKENS, reply.max_tokens)),
                temperature=float(data.get(CONF_TEMPERATURE, reply.temperature)),
                top_p=float(data.get(CONF_TOP_P, reply.top_p)),
                thinking=data.get(CONF_THINKING, reply.thinking),
            ),
        )
