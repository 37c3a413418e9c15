"""Chooses what of a large house goes into a prompt, with the model's own counts of tokens."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from .core.budget import Seen, chosen, context_for, least_history, reserve
from .core.relevance import Ranking
from .home_prompt import Prompt

_KEPT_COUNTS = 4096
"""Lines whose tokens are remembered: most stay as they were from one sentence to the next."""

type Count = Callable[[Sequence[Prompt]], Awaitable[list[int]]]


@dataclass(frozen=True, kw_only=True)
class HousePrompt:
    """A prompt about a house that may be too large for it.

    Args:
        lines: what it says of each entity, by its id, in the home's order.
        write: writes it with some of the entities, in which nobody has said anything yet.
        said: the prompt with all entities and with all that must be in it; none before people
            have spoken.
        rank: returns what matters most; it is only asked if not all fits.
        max_reply: tokens that a reply may have.

    """

    lines: Mapping[str, str]
    write: Callable[[Sequence[str]], Awaitable[Prompt]]
    said: Prompt | None
    rank: Callable[[], Ranking]
    max_reply: int


class HomeBudget:
    """Counts what lines of a house cost, and remembers it."""

    def __init__(self, count: Count) -> None:
        """Know nothing yet; ``count`` asks the model."""
        self._count = count
        self._costs: dict[str, int] = {}

    async def async_choose(self, prompt: HousePrompt, n_ctx: int) -> tuple[tuple[str, ...], Seen]:
        """Return the ids of what the model is shown, as it is listed, and how much that is.

        Args:
            prompt: what it would be shown if it could read everything.
            n_ctx: tokens that it can read and write.

        """
        everything = tuple(prompt.lines)
        empty = await prompt.write(everything)
        counts = await self._count([empty] if prompt.said is None else [empty, prompt.said])
        whole, sentence = counts[0], counts[-1] - counts[0]
        kept = reserve(n_ctx, prompt.max_reply) + max(least_history(n_ctx), sentence)
        ids = everything
        if whole > n_ctx - kept:
            ids = await self._async_fit(prompt, whole, n_ctx - kept)
        seen = Seen(
            shown=len(ids),
            exposed=len(everything),
            needed=context_for(whole, prompt.max_reply),
        )
        return ids, seen

    async def _async_fit(self, prompt: HousePrompt, whole: int, limit: int) -> tuple[str, ...]:
        """Return what can be shown within a limit, which not all of it keeps to."""
        costs = await self._async_costs(prompt.lines)
        ranked = prompt.rank()
        room = limit - (whole - sum(costs.values()))
        while True:
            ids = chosen(costs, ranked, room)
            # Lines may cost a little more or less beside others: the whole prompt has to fit.
            (tokens,) = await self._count([await prompt.write(ids)])
            if tokens <= limit or not ids:
                return ids
            room -= tokens - limit

    async def _async_costs(self, lines: Mapping[str, str]) -> dict[str, int]:
        """Return how many tokens each line has."""
        # Somebody else may forget some of them meanwhile.
        known = dict(self._costs)
        unknown = sorted(set(lines.values()) - known.keys())
        if unknown:
            # Every prompt may begin with a token of its own.
            nothing, *counts = await self._count([[], *([(line, False)] for line in unknown)])
            known |= {line: count - nothing for line, count in zip(unknown, counts, strict=True)}
        is_much = len(known) > _KEPT_COUNTS
        self._costs = {line: known[line] for line in lines.values()} if is_much else known
        return {entity_id: known[line] for entity_id, line in lines.items()}
