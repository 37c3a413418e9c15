"""What of a house goes into a prompt that cannot hold all of it."""

from collections.abc import Mapping

from hypothesis import given, strategies as st

from home_llm_core.budget import Seen, chosen, context_for, least_history, reserve
from home_llm_core.relevance import Ranking

IDS = tuple("abcdefghij")
COSTS = dict.fromkeys(IDS, 10)

costs = st.dictionaries(st.sampled_from(IDS), st.integers(1, 60), min_size=1)
rooms = st.integers(-50, 400)


@st.composite
def rankings(draw: st.DrawFn, keys: tuple[str, ...] = IDS) -> Ranking:
    """Return any ranking of the ids."""
    return Ranking(
        wanted=tuple(draw(st.lists(st.sampled_from(keys), unique=True))),
        usual=tuple(draw(st.permutations(keys))),
    )


def ranked(wanted: str = "", usual: str = "jihgfedcba") -> Ranking:
    return Ranking(wanted=tuple(wanted), usual=tuple(usual))


def shown(costs: Mapping[str, int], ranking: Ranking, room: int) -> str:
    return "".join(chosen(costs, ranking, room))


def test_what_fits_is_shown_as_it_stands() -> None:
    assert shown(COSTS, ranked("j"), 100) == "abcdefghij"


def test_what_matters_most_is_shown_in_the_order_of_the_home() -> None:
    # Of eight lines' room, two are spared for what a sentence names.
    assert shown(COSTS, ranked(), 80) == "efghij"


def test_what_is_named_follows_what_stays() -> None:
    assert shown(COSTS, ranked("af"), 80) == "efghija"
    assert shown(COSTS, ranked("ab"), 80) == "efghijab"


def test_what_is_named_takes_the_place_of_what_matters_least() -> None:
    assert shown(COSTS, ranked("abc"), 80) == "fghijabc"
    assert shown(COSTS, ranked("abcdefghij"), 80) == "efghabcd"


def test_what_is_too_long_keeps_nothing_else_out() -> None:
    assert shown({**COSTS, "a": 1000}, ranked("ab"), 80) == "efghijb"


def test_no_room_is_room_for_nothing() -> None:
    assert shown(COSTS, ranked("a"), 9) == shown(COSTS, ranked("a"), -3) == ""


@given(costs, rankings(), rooms)
def test_it_always_fits(costs: dict[str, int], ranking: Ranking, room: int) -> None:
    ids = chosen(costs, ranking, room)
    assert len(set(ids)) == len(ids)
    assert sum(costs[each] for each in ids) <= max(room, 0)


@given(costs, rankings(), rooms)
def test_what_is_wanted_most_is_shown_if_it_can_be(
    costs: dict[str, int], ranking: Ranking, room: int
) -> None:
    wanted = [each for each in ranking.wanted if each in costs]
    if wanted and costs[wanted[0]] <= room:
        assert wanted[0] in chosen(costs, ranking, room)


@given(costs, rankings(), rooms)
def test_all_is_shown_if_it_fits(costs: dict[str, int], ranking: Ranking, room: int) -> None:
    if sum(costs.values()) <= room:
        assert chosen(costs, ranking, room) == tuple(costs)


@given(costs, rankings(), rooms)
def test_a_short_wish_leaves_the_beginning_as_it_was(
    costs: dict[str, int], ranking: Ranking, room: int
) -> None:
    """So that what a model has read of it need not be read again."""
    before = chosen(costs, Ranking(wanted=(), usual=ranking.usual), room)
    more = sum(costs[each] for each in ranking.wanted if each in costs and each not in before)
    if more <= room // 4:
        assert chosen(costs, ranking, room)[: len(before)] == before


@given(st.integers(128, 200_000), st.integers(1, 4096))
def test_most_of_a_context_is_for_the_home(n_ctx: int, max_reply: int) -> None:
    kept = reserve(n_ctx, max_reply) + least_history(n_ctx)
    assert 0 < kept <= n_ctx // 2


@given(st.integers(1, 100_000), st.integers(1, 2048))
def test_a_context_that_is_advised_is_large_enough(prompt: int, max_reply: int) -> None:
    n_ctx = context_for(prompt, max_reply)
    assert n_ctx % 1024 == 0
    assert prompt + reserve(n_ctx, max_reply) + least_history(n_ctx) <= n_ctx


def test_what_was_left_out_is_counted() -> None:
    assert Seen(shown=40, exposed=300, needed=8192).left_out == 260
