"""The requests of one house: which kinds come how often, and their distorted sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
import random

from .absences import absent_asked, absent_device, absent_kind, absent_room, absent_verb
from .commands import command, left_alone
from .conditions import condition
from .corrections import correction
from .everything import everything
from .follow_ups import follow_up
from .houses import House
from .noise import Distorted, Noise
from .patterns import patterns_of
from .questions import question
from .sampled import sampled
from .scenes import Draft, Scene
from .several import several
from .talk import talk
from .unclear import unclear
from .worded import worded

_TRIES_EACH = 12
_SPEAKER_KNOWN = 0.45


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it arrives, with what is right.

    Args:
        draft: what was meant.
        heard: the sentence as it arrives.
        speaker: the id of the area the speaker stands in, if it is known.

    """

    draft: Draft
    heard: Distorted
    speaker: str | None


_MAKERS: tuple[tuple[int, Callable[[Scene], Draft | None]], ...] = (
    (24, command),
    (18, lambda scene: command(scene, ("direct", "elliptical"))),
    (10, lambda scene: command(scene, ("value", "relative"))),
    (6, lambda scene: command(scene, ("color", "temperature"))),
    (2, lambda scene: command(scene, ("implicit",))),
    (15, several),
    (5, everything),
    (4, left_alone),
    (6, correction),
    (5, unclear),
    (4, absent_device),
    (2, absent_asked),
    (3, absent_kind),
    (3, absent_room),
    (1, absent_verb),
    (6, lambda scene: talk(scene, "not_a_request")),
    (4, lambda scene: talk(scene, "small_talk")),
    (26, question),
    (12, condition),
    (16, follow_up),
    (5, lambda scene: worded(scene, "timer")),
    (7, lambda scene: worded(scene, "todo")),
    (7, lambda scene: worded(scene, "value")),
)
KINDS = (
    *("absent_ability", "absent_device", "absent_room", "area", "color", "condition", "direct"),
    *("elliptical", "everything", "exclusion", "floor", "follow_up", "house", "implicit"),
    *("not_a_request", "only_one", "question", "relative", "satellite", "several", "small_talk"),
    *("temperature", "timer", "todo", "unavailable", "unclear", "value"),
)
"""Every kind of request, as records name it."""

_WEIGHTS = tuple(accumulate(weight for weight, _ in _MAKERS))


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """How often what comes among requests.

    Args:
        emphasis: how many times as often some kinds come as they otherwise would.
        intents: the share of them that are made of Home Assistant's own sentences.
        noise: the share of them that may arrive distorted.

    """

    emphasis: Mapping[str, float] = field(default_factory=dict[str, float])
    intents: float = 0.0
    noise: float = 1.0


class _Sources:
    """Decides for each request in whose words it is said."""

    def __init__(self, rng: random.Random, intents: float) -> None:
        self._rng, self._intents = rng, intents
        self._number, self._tries, self._is_sampled = -1, 0, False

    def maker(self, number: int) -> Callable[[Scene], Draft | None]:
        """Return what is to make a request; ``number`` stays the same until it is made."""
        if number != self._number:
            # One of ours is made more easily: who chose anew each time would have too many.
            self._number, self._tries = number, 0
            self._is_sampled = self._intents > 0 and self._rng.random() < self._intents
        self._tries += 1
        if self._is_sampled and self._tries <= _TRIES_EACH:
            return sampled
        return self._rng.choices(_MAKERS, cum_weights=_WEIGHTS)[0][1]


def requests(
    house: House,
    rng: random.Random,
    count: int,
    mixture: Mixture | None = None,
) -> list[Request]:
    """Return up to ``count`` requests that somebody makes in a house, each on its own.

    Args:
        house: the house.
        rng: where chance comes from.
        count: how many.
        mixture: how often what comes; without one, as it usually does, all in our own words.

    Raises:
        PhrasingsError: Home Assistant's own sentences are wanted and not to be had.

    """
    mixture = mixture or Mixture()
    factors = mixture.emphasis
    most = max([1.0, *factors.values()])
    patterns = patterns_of(house.language.code, house.split)
    speech = Noise(house, patterns, rng, share=mixture.noise)
    areas = house.home.areas
    made: dict[tuple[str, str | None], Request] = {}
    sources = _Sources(rng, mixture.intents)
    for _ in range(int(count * _TRIES_EACH * most)):
        if len(made) == count:
            break
        speaker = rng.choice(areas).area_id if areas and rng.random() < _SPEAKER_KNOWN else None
        scene = Scene(house=house, rng=rng, speaker=speaker, patterns=patterns)
        draft = sources.maker(len(made))(scene)
        if draft is None:
            continue
        if not factors or rng.random() * most < factors.get(draft.kind, 1.0):
            heard = speech.distort(draft)
            request = Request(draft=draft, heard=heard, speaker=speaker)
            made.setdefault((heard.text, speaker), request)
    return list(made.values())
