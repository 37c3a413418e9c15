"""How a model that was taught homes is told of one: its format, and the marks of its file."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
import logging
from typing import Self

from homeassistant.util import dt as dt_util

from .core.chat import Message, Segment
from .core.chat_template import TEMPLATE_FIELD, ChatTemplate
from .core.errors import ChatTemplateError, UnknownFormatError
from .core.formats import TINY, Format, get_format
from .core.formats.known import FORMAT_FIELD
from .core.kinds import DOMAINS
from .engine.reply import ModelInfo
from .errors import ModelError
from .view import View

_LOGGER = logging.getLogger(__name__)

EXCHANGES_FIELD = "home_llm.exchanges"
"""The field that says how many earlier exchanges it has learned to take into account.

A small model that has only seen single sentences is led astray by what was said before.
"""

DOMAINS_FIELD = "home_llm.domains"
"""The field that lists, with commas between them, the domains that it has learned to control."""

FOREIGN_EXCHANGES = 5
"""Files that are not ours are chat models, which know conversations."""

_NOTHING_SAID = Message(role="user", content="")

type Prompt = list[tuple[str, bool]]
"""A prompt as the engine takes it."""


@dataclass(frozen=True, kw_only=True)
class HomePrompts:
    """Writes prompts about a home.

    Args:
        format: the prompt format.
        template: the chat template of a file that is not ours, if it can be used.
        exchanges: of how many earlier exchanges the model wants to be reminded.
        domains: what it is told of; none means all.

    """

    format: Format = TINY
    template: ChatTemplate | None = None
    exchanges: int = 0
    domains: Collection[str] | None = DOMAINS

    @classmethod
    def of(cls, info: ModelInfo, format_name: str) -> Self:
        """Return what suits a file.

        Raises:
            ModelError: this version does not know the format.

        """
        fields = info.metadata
        try:
            format_ = get_format(format_name)
        except UnknownFormatError as err:
            _LOGGER.warning("The language model cannot be used: %s", err)
            raise ModelError("format_unknown") from err
        is_ours = FORMAT_FIELD in fields
        return cls(
            format=format_,
            template=None if is_ours else _template(info),
            exchanges=int(fields.get(EXCHANGES_FIELD, 0 if is_ours else FOREIGN_EXCHANGES)),
            domains=_domains(fields, is_ours=is_ours),
        )

    def prompt(self, view: View, turns: Sequence[Message]) -> Prompt:
        """Return a conversation about a home, with the model's turn opened."""
        system = self.format.system(view.home, view.allowed)
        messages = [Message(role="system", content=system), *turns]
        if self.template is not None:
            # Home-LLM's models were made from many others, and have the marks of those.
            with suppress(ChatTemplateError):
                known = [vars(message) for message in messages]
                return segments(self.template.render(known, now=dt_util.now()))
        return segments(self.format.prompt(messages))

    def unspoken(self, view: View) -> Prompt:
        """Return a prompt in which nobody has said anything yet."""
        return self.prompt(view, (_NOTHING_SAID,))

    def beginning(self, view: View) -> Prompt:
        """Return what prompts about a home begin with, whatever is said."""
        # What does not depend on the first turn is the same with and without one.
        pairs = zip(self.prompt(view, ()), self.unspoken(view), strict=False)
        return [part for part, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]


def segments(prompt: Sequence[Segment]) -> Prompt:
    """Return a prompt as the engine takes it."""
    return [(part.text, part.markup) for part in prompt]


def _domains(fields: Mapping[str, str], *, is_ours: bool) -> Collection[str] | None:
    # Files that are not ours read the states of sensors, too.
    listed = map(str.strip, str(fields.get(DOMAINS_FIELD, "")).split(","))
    return frozenset(filter(None, listed)) or (DOMAINS if is_ours else None)


def _template(info: ModelInfo) -> ChatTemplate | None:
    """Return the template of a file, if it has one that can be used."""
    source = info.metadata.get(TEMPLATE_FIELD, "")
    try:
        return ChatTemplate(source, bos=info.bos, eos=info.eos) if source else None
    except ChatTemplateError as err:
        _LOGGER.warning("The language model is talked to as most are: %s", err)
        return None
