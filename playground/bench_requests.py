"""One request as the benchmark makes it: through the engine's worker, with all that is done for it.

Houses come from the generator's test split. What is done with a sentence before the model reads it
is included. Models that read the home are stood for by the shipped file with another format: their
replies are nonsense, but how long a token takes does not depend on the weights.
"""

from contextlib import aclosing
from dataclasses import dataclass, replace
import os
from pathlib import Path
import random
import time
from types import TracebackType
from typing import Self

from data.builders import build
from home_llm_core.actions import ACTIONS
from home_llm_core.calls import Call
from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from home_llm_core.home import Entity, Home
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.reply import Piece, Segments, Stats
from home_llm_engine.sequences import CONVERSATIONS

READS_HOMES = "home-llm-1"
READABLE = 120
"""Devices that fit into the 4,096 tokens of a model that reads the home, one line each.

Of 150 some houses had 4,100 tokens.
"""
SENSOR = "sensor.power_meter"
_WRITTEN = 24
"""Tokens of a reply that no grammar ends: a call has about as many."""
_OTHER = 20
"""Words of a prompt that has nothing to do with a home."""

_PATIENCE = 900.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One request.

    Args:
        stats: what the engine counted.
        first_token_ms: time from hearing the sentence until something was written.
        first_call_ms: until the first call could run; the whole time if there was none.
        total_ms: until the end of the reply.

    """

    stats: Stats
    first_token_ms: float
    first_call_ms: float
    total_ms: float


class Listener:
    """A model in its worker, with the format and the actions that its file names.

    Args:
        model: the GGUF file.
        format_name: another format than the file's.
        n_threads: threads that evaluate; what suits the file by default.

    """

    def __init__(self, model: Path, *, format_name: str = "", n_threads: int | None = None) -> None:
        """Start nothing yet."""
        self._engine = Engine(
            EngineSettings(path=str(model), n_threads=n_threads, load_timeout=_PATIENCE)
        )
        self._format_name = format_name

    async def __aenter__(self) -> Self:
        fields = (await self._engine.start()).metadata
        self._format = get_format(self._format_name or fields["home_llm.format"])
        domains = fields["home_llm.domains"].split(",")
        self._allowed = frozenset(n for n, action in ACTIONS.items() if action.domain in domains)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._engine.close()

    async def forget(self) -> None:
        """Let the model read other things, so that nothing of a prompt is evaluated any more."""
        await self._engine.prepare([("a", False)])
        for number in range(CONVERSATIONS):
            other = self._engine.generate([(f"{number} " * _OTHER, False)], max_tokens=1)
            async with aclosing(other):
                async for _ in other:
                    pass

    async def prepare(self, home: Home) -> int:
        """Evaluate what all prompts about a home begin with, and return how many tokens it took."""
        said = self._format.system(home, self._allowed)
        if not said:
            return 0
        prompt = self._prompt(Message(role="system", content=said))[:-2]
        return (await self._engine.prepare(prompt, timeout=_PATIENCE)).evaluated_tokens

    async def ask(self, home: Home, sentence: str, *, most: int | None = None) -> Measured:
        """Hear one sentence, and measure all that is done until its reply is over.

        Args:
            home: the house.
            sentence: what is said.
            most: tokens that are written, by no grammar; by default the format says how.

        """
        first_token: float | None = None
        first_call: float | None = None
        started = time.perf_counter()
        heard = self._format.hear(sentence, home, None, self._allowed)
        system = Message(role="system", content=self._format.system(home, self._allowed))
        grammar, parser = heard.grammar if most is None else None, heard.parser()
        bounded = 512 if grammar else _WRITTEN
        reply = self._engine.generate(
            self._prompt(system, Message(role="user", content=heard.message)),
            grammar=grammar.to_dict() if grammar else None,
            grammar_id=grammar.digest if grammar else None,
            words=heard.words,
            max_tokens=most or bounded,
            timeout=_PATIENCE,
        )
        async with aclosing(reply):
            async for event in reply:
                now = (time.perf_counter() - started) * 1000
                first_token = first_token or now
                if not isinstance(event, Piece):
                    return Measured(
                        stats=event.stats,
                        first_token_ms=first_token,
                        first_call_ms=first_call or now,
                        total_ms=now,
                    )
                if grammar and any(isinstance(p, Call) for p in parser.feed(event.text)):
                    first_call = first_call or now
        message = "the engine ended a reply without its figures"
        raise RuntimeError(message)

    @property
    def memory_mb(self) -> float:
        """The most memory that the worker has had, in megabytes; 0 where nobody says so."""
        status = Path(f"/proc/{self._engine.pid}/status")
        if not status.is_file():
            return 0.0
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))

    @property
    def cpu_seconds(self) -> float:
        """What the worker has computed so far, in seconds of one core; 0 where nobody says so."""
        stat = Path(f"/proc/{self._engine.pid}/stat")
        if not stat.is_file():
            return 0.0
        fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        # Source: proc(5): user and system time are fields 14 and 15, the name ends field 2.
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _prompt(self, *turns: Message) -> Segments:
        told = [turn for turn in turns if turn.role != "system" or turn.content]
        return [(part.text, part.markup) for part in self._format.prompt(told)]


def house(size: int, number: int) -> Home:
    """Return a house of the test split with ``size`` devices; the same number, the same house."""
    rng = random.Random(f"bench {number}")  # noqa: S311
    return build("en", "test", rng, (size, size), ("light", "fan", "switch")).home


def switched(home: Home) -> Home:
    """Return the home after a light, or whatever comes first, has been switched."""
    lights = [e for e in home.entities if e.domain == "light" and e.available] or home.entities
    one = lights[0]
    return _after(home, replace(one, state="off" if one.state == "on" else "on", attributes={}))


def metered(home: Home, watts: int) -> Home:
    """Return the home with a sensor that shows so many watts."""
    return _after(home, Entity(entity_id=SENSOR, name="Power meter", state=str(watts)))


def sentence(home: Home) -> str:
    """Return a request for a light of the home."""
    lights = [entity for entity in home.entities if entity.domain == "light"]
    return f"turn on the {lights[0].name}" if lights else "turn everything off"


def _after(home: Home, changed: Entity) -> Home:
    """Return the home after an entity has changed, or has come."""
    others = [e for e in home.by_last_change if e.entity_id != changed.entity_id]
    entities = tuple(changed if e.entity_id == changed.entity_id else e for e in home.entities)
    return replace(
        home,
        entities=entities if changed in entities else (*entities, changed),
        last_changed=(*(e.entity_id for e in others), changed.entity_id),
    )
