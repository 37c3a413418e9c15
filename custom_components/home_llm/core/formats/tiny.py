"""The format of the model that ships: a sentence with letters for what it names, and short lines.

It differs from the Home-LLM format (``home_llm.py``) in what serves a model of a few million
parameters on a small computer:

- The model does not read the home. What a sentence names of it (``linking.py``) is shown in the
  sentence (``tiny_delexicalized.py``), as a kind and a letter: "now turn the light A over in the
  area B down a lot". So a house of two hundred devices is no harder than one of five and takes no
  longer, a word that nobody has heard before is no obstacle, and nothing is to be read anew when a
  light is switched on.
- ``~`` stands before what is only like a name; the words stay. ``*`` follows what fits several
  devices. Numbers stand in digits (``cardinals.py``).
- The model writes what is wanted (``tiny_lines.py``): no names, no list of devices, no sentence.
  Which devices are meant where that is left open, and whether they can do it, is for code to know
  (``tiny_grounding.py``, ``calls.py``), as is what was spoken of before (``tiny_follow_ups.py``).
  What is said is said from the results.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..actions import ACTIONS, DEFAULT_ALLOWED
from ..calls import Names
from ..chat import Message, Segment
from ..contractions import parted, spelled_out, unquoted
from ..courtesies import without_courtesies
from ..home import Area, Home
from ..owners import with_their_room, with_what_is_theirs
from ..turns import Turn
from .tiny_hearing import Hearing
from .tiny_names import Printed


@dataclass(frozen=True, kw_only=True)
class TinyFormat:
    """The format ``tiny-6``.

    Args:
        name: the name by which a model file asks for it.
        actions: what its models are taught.
        tokens: those of its replies: none, they are plain text.

    """

    name: str = "tiny-6"
    actions: Collection[str] = frozenset(ACTIONS)
    tokens: tuple[str, ...] = ()

    def system(
        self,
        home: Home,  # noqa: ARG002 - the model does not read the home
        allowed: Collection[str] = DEFAULT_ALLOWED,  # noqa: ARG002
        *,
        now: datetime | None = None,  # noqa: ARG002
    ) -> str:
        """Return nothing: there is nothing to be known in advance."""
        return ""

    def lines(self, home: Home) -> Mapping[str, str]:  # noqa: ARG002
        """Return nothing: however large a house is, it needs no room."""
        return {}

    def hear(
        self,
        text: str,
        home: Home,
        area: Area | None = None,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        turn: Turn | None = None,
    ) -> Hearing:
        """Return a sentence as it is understood in a home."""
        said = with_their_room(with_what_is_theirs(unquoted(text), home), home)
        said = parted(said, home.language)
        said = spelled_out(said, home.language)
        said = without_courtesies(said, home.language)
        return Hearing(text=said, home=home, area=area, allowed=frozenset(allowed), turn=turn)

    def prompt(self, messages: Sequence[Message]) -> tuple[Segment, ...]:
        """Return the turns between markers, each with its reply below it."""
        segments: list[Segment] = []
        for message in messages:
            if message.role == "user":
                segments.append(Segment(text="<|im_start|>", markup=True))
                segments.append(Segment(text=f"{message.content}\n"))
            elif message.role == "assistant":
                segments.append(Segment(text=message.content))
                segments.append(Segment(text="<|im_end|>", markup=True))
        return tuple(segments)

    def names(self, home: Home) -> Names:
        """Return what calls name devices, areas and floors by."""
        printed = home.once(Printed)
        return Names(
            devices={line: entity_id for entity_id, line in printed.devices.items()},
            areas={line: area_id for area_id, line in printed.areas.items()},
            floors={line: floor_id for floor_id, line in printed.floors.items()},
        )


TINY = TinyFormat()
