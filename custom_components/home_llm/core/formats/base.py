"""What every prompt format can do. A format is data: one object that renders and parses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ..actions import DEFAULT_ALLOWED
from ..calls import Call, Names, Wanted
from ..chat import Message, Segment, marked
from ..grammar import Grammar
from ..home import Area, Entity, Home
from ..parser import Event, ReplyParser, Say
from ..text import label
from ..turns import Turn

# The readings that a state shows.
_PERCENT = ("brightness", "percentage", "position", "volume_level", "humidity")
_DEGREES = ("temperature", "current_temperature")
_NAMES = ("color",)


class Hearing(Protocol):
    """A sentence in a home: what a model reads, what it may write, and what that means."""

    @property
    def message(self) -> str:
        """The user's message."""

    @property
    def grammar(self) -> Grammar | None:
        """What a model may write; none if the format cannot bound it."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a reply may take from the sentence."""

    def parser(self) -> ReplyParser:
        """Return a parser for one reply."""

    def misses(self, events: Sequence[Event]) -> bool:
        """Return whether a whole reply leaves out what makes all the difference."""

    def least_confidence(self, events: Sequence[Event]) -> float:
        """Return the confidence below which what a whole reply comes to is not done."""

    def reply(self, wanted: Sequence[Call | Wanted | Say], speech: str) -> str:
        """Return the message that a model should write.

        Raises:
            CannotBeSaidError: it cannot be written about this sentence.

        """


class Format(Protocol):
    """How a family of models reads a home and writes calls."""

    @property
    def name(self) -> str:
        """The name and version by which a model file asks for this format."""

    @property
    def actions(self) -> Collection[str]:
        """The actions that its models were taught."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that replies need beside those of turns: a model learns them as new ones.

        They are markup wherever they stand in a reply (``chat.marked``), and nowhere else.
        """

    def system(
        self,
        home: Home,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        *,
        now: datetime | None = None,
    ) -> str:
        """Return the system message: what seldom changes first, what changes often last.

        Args:
            home: the snapshot.
            allowed: the actions that the model may use.
            now: local time, for the formats that have a place for it.

        """

    def lines(self, home: Home) -> Mapping[str, str]:
        """Return what the system message says of each entity, by its id; nothing if it does not."""

    def hear(
        self,
        text: str,
        home: Home,
        area: Area | None = None,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        turn: Turn | None = None,
    ) -> Hearing:
        """Return a sentence as the model is given it.

        Args:
            text: the sentence.
            home: the snapshot.
            area: where the speaker stands, if that is known.
            allowed: the actions that the model may use.
            turn: what came of the turn before.

        """

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return a conversation with the opening of the model's next turn at its end."""

    def names(self, home: Home) -> Names:
        """Return what calls name devices, areas and floors by."""


def chatml(messages: Sequence[Message], tokens: Collection[str] = ()) -> tuple[Segment, ...]:
    """Render messages between ChatML's turn markers, and open the assistant's turn.

    Args:
        messages: the conversation.
        tokens: what is markup in replies.

    Source: OpenAI's Chat Markup Language, as in the chat templates of the Home-LLM models.
    """
    segments = [segment for message in messages for segment in _chatml_turn(message, tokens)]
    opening = (Segment(text="<|im_start|>", markup=True), Segment(text="assistant\n"))
    return (*segments, *opening)


def _chatml_turn(message: Message, tokens: Collection[str]) -> tuple[Segment, ...]:
    inside = tokens if message.role == "assistant" else ()
    return (
        Segment(text="<|im_start|>", markup=True),
        *marked(f"{message.role}\n{message.content}", inside),
        Segment(text="<|im_end|>", markup=True),
        Segment(text="\n"),
    )


def state_text(entity: Entity) -> str:
    """Return a state with its readings, as ``on;80%;red``."""
    readings = entity.attributes
    percent = [f"{readings[key]}%" for key in _PERCENT if key in readings]
    degrees = [f"{readings[key]:g}" for key in _DEGREES if key in readings]
    names = [label(str(readings[key])) for key in _NAMES if key in readings]
    return ";".join([label(entity.state), *percent, *degrees, *names])
