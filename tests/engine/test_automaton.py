"""A compiled grammar lets through exactly what the grammar says, in the model's own tokens."""

from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from home_llm_core.calls import Call
from home_llm_core.formats.tiny import TINY
from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_engine.automaton import CompiledGrammar, State, forced_run
from home_llm_engine.errors import GrammarError
from home_llm_engine.model import Model

WORDS = st.sampled_from(
    ["desk", "lamp", "ceiling", "2", "12", "grün", "客厅", "o'neill", "tv-light"]
)
PLAIN_NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
"""Names that end in a letter or digit: only for them the format says where strings may be cut."""
ALL_NAMES = PLAIN_NAMES | st.text(min_size=1, max_size=12)


@st.composite
def homes(draw: st.DrawFn, names: st.SearchStrategy[str]) -> Home:
    """Draw a home with areas, a floor, and devices whose names resemble each other."""
    areas = [
        Area(area_id=f"area{n}", name=name, floor_id=draw(st.sampled_from([None, "floor"])))
        for n, name in enumerate(draw(st.lists(names, max_size=3)))
    ]
    entities = [
        Entity(
            entity_id=f"{draw(st.sampled_from(['light', 'fan', 'switch']))}.device{n}",
            name=name,
            area_id=draw(st.sampled_from([None, *(area.area_id for area in areas)])),
        )
        for n, name in enumerate(draw(st.lists(names, min_size=1, max_size=6)))
    ]
    floor = Floor(floor_id="floor", name=draw(names))
    return Home(entities=tuple(entities), areas=tuple(areas), floors=(floor,))


def random_reply(grammar: CompiledGrammar, rng: Random, *, speech: int, call: bool) -> list[int]:
    """Choose at random among what is allowed, as a model with random logits would.

    Args:
        grammar: what is allowed.
        rng: the source of the choices.
        speech: how many tokens of plain speech there are at the most.
        call: whether to begin with a call.

    """
    tokens: list[int] = []
    state = grammar.start
    while not state.is_final:
        allowed = set(state.allowed.tolist())
        calls = allowed - set(grammar.speech.tolist())
        if state.is_fork and tokens:
            # As many calls as the toss of a coin, and then speech.
            calls = calls if rng.random() < 0.5 else set()
        if (state.is_speech or (state.is_fork and tokens and not calls)) and speech == 0:
            break
        token = rng.choice(sorted(calls if call and calls else allowed))
        if token in grammar.ends:
            break
        speech -= state.is_speech
        tokens.append(token)
        state = state.advance(token)
    return tokens


def text_of(model: Model, tokens: list[int]) -> str:
    return b"".join(model.vocabulary.pieces[token] for token in tokens).decode("utf-8", "replace")


@given(home=homes(ALL_NAMES), seed=st.integers(), speech=st.integers(0, 20))
@settings(deadline=None, max_examples=60)
def test_whatever_is_chosen_is_in_the_grammar(
    random_model: Model, home: Home, seed: int, speech: int
) -> None:
    grammar = TINY.grammar(home)
    compiled = random_model.compile(grammar.to_dict())
    for call in (False, True):
        tokens = random_reply(compiled, Random(seed), speech=speech, call=call)
        assert grammar.accepts(text_of(random_model, tokens))


@given(home=homes(PLAIN_NAMES), seed=st.integers())
@settings(deadline=None, max_examples=60)
def test_calls_have_the_tokens_that_their_text_has(model: Model, home: Home, seed: int) -> None:
    compiled = model.compile(TINY.grammar(home).to_dict())
    tokens = random_reply(compiled, Random(seed), speech=0, call=True)
    assert tokens == list(model.vocabulary.encode(text_of(model, tokens)))


@pytest.mark.parametrize(
    ("calls", "speech"),
    [
        ([], "There is no fan here."),
        ([Call(action="light.turn_on", devices=("light ceiling",))], "On."),
        ([Call(action="light.turn_on", devices=("light ceiling 2",))], "On."),
        (
            [
                Call(
                    action="light.turn_on",
                    devices=("light ceiling", "light ceiling 2"),
                    arguments={"brightness": 50, "color": "red"},
                ),
                Call(action="light.turn_off", area="area küche"),
                Call(action="light.turn_off", devices=("all",)),
            ],
            "Die Lampe in der Küche ist aus, 灯 sind rot.",
        ),
        (
            [
                Call(
                    action="light.turn_on",
                    devices=("light ceiling",),
                    arguments={"brightness_step": -20},
                )
            ],
            "Darker.",
        ),
    ],
)
def test_what_a_model_is_trained_to_write_can_be_written(
    model: Model, calls: list[Call], speech: str
) -> None:
    features = frozenset({"dim", "color"})
    home = Home(
        entities=tuple(
            Entity(entity_id=f"light.l{n}", name=name, area_id="kitchen", features=features)
            for n, name in enumerate(["Ceiling", "Ceiling 2"])
        ),
        areas=(Area(area_id="kitchen", name="Küche"),),
    )
    state = model.compile(TINY.grammar(home).to_dict()).start
    for token in model.vocabulary.encode(TINY.reply(calls, speech)):
        assert token in state.allowed
        state = state.advance(token)
    assert model.vocabulary.ends <= set(state.allowed.tolist())


def test_what_can_only_be_one_thing_is_forced(random_model: Model) -> None:
    encode = random_model.vocabulary.encode
    compiled = random_model.compile(
        {
            "sets": {"call": ['{"service": "'], "name": ["light desk", "light desk lamp"]},
            "nodes": [
                {"edges": [["call", 1]], "free": False},
                {"edges": [["name", 2]], "free": False},
                {"edges": [], "free": False},
            ],
            "fence": "`",
        }
    )
    run = list(forced_run(compiled.start, 100))
    forced = [token for token, _ in run]
    assert forced == [*encode('{"service": "'), *encode("light desk")]
    after = run[-1][1]
    assert after.forced is None
    assert not after.is_final
    rest = encode("light desk lamp")[len(encode("light desk")) :]
    assert set(after.allowed.tolist()) == {rest[0], *random_model.vocabulary.ends}
    end = walk(after, list(rest))
    assert end.is_final
    assert [token for token, _ in forced_run(compiled.start, 2)] == forced[:2]


def test_an_empty_string_can_be_left_out(random_model: Model) -> None:
    encode = random_model.vocabulary.encode
    compiled = random_model.compile(
        {
            "sets": {"maybe": ["", "turn"], "then": ["light"]},
            "nodes": [
                {"edges": [["maybe", 1]], "free": False},
                {"edges": [["then", 2]], "free": False},
                {"edges": [], "free": False},
            ],
            "fence": "`",
        }
    )
    assert walk(compiled.start, list(encode("light"))).is_final
    assert walk(compiled.start, [*encode("turn"), *encode("light")]).is_final


def test_a_loop_of_nothing_ends(random_model: Model) -> None:
    compiled = random_model.compile(
        {
            "sets": {"nothing": [""], "word": ["light"]},
            "nodes": [{"edges": [["nothing", 0], ["word", 1]], "free": False}, END],
            "fence": "`",
        }
    )
    assert walk(compiled.start, list(random_model.vocabulary.encode("light"))).is_final


END: dict[str, Any] = {"edges": [], "free": False}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sets": {}, "nodes": [], "fence": "`"},
        {"sets": {}, "nodes": [END], "fence": "``"},
        {"sets": {}, "nodes": [END], "fence": "…"},
        {"sets": {}, "nodes": [{"edges": [["gone", 0]], "free": False}], "fence": "`"},
        {"sets": {"a": ["x"]}, "nodes": [{"edges": [["a", 7]], "free": False}], "fence": "`"},
        {"sets": {"a": []}, "nodes": [{"edges": [["a", 0]], "free": False}], "fence": "`"},
        {"sets": {"a": ["x"]}, "nodes": [{"edges": [["a"]], "free": False}], "fence": "`"},
    ],
)
def test_what_is_no_grammar_is_refused(random_model: Model, data: dict[str, Any]) -> None:
    with pytest.raises(GrammarError):
        random_model.compile(data)


def test_a_dead_end_is_told_when_it_is_reached(random_model: Model) -> None:
    compiled = random_model.compile(
        {
            "sets": {"word": ["light"], "none": []},
            "nodes": [
                {"edges": [["word", 1]], "free": False},
                {"edges": [["none", 0]], "free": False},
            ],
            "fence": "`",
        }
    )
    with pytest.raises(GrammarError):
        walk(compiled.start, list(random_model.vocabulary.encode("light")))


def test_equal_places_have_one_state(random_model: Model) -> None:
    grammar = TINY.grammar(
        Home(entities=tuple(Entity(entity_id=f"light.l{n}", name=f"l{n}") for n in range(3)))
    )
    compiled = random_model.compile(grammar.to_dict())
    opening = list(random_model.vocabulary.encode("> on light l"))
    assert walk(compiled.start, opening) is walk(compiled.start, opening)


def test_only_the_latest_grammars_are_kept(random_model_path: Path) -> None:
    grammars = [
        {"sets": {"w": [word]}, "nodes": [END | {"edges": [["w", 1]]}, END], "fence": "`"}
        for word in ("light", "fan", "switch", "area")
    ]
    with Model(random_model_path) as model:
        first = [model.compile(data, str(n)) for n, data in enumerate(grammars)]
        assert model.compile(grammars[3], "3") is first[3]
        assert model.compile(grammars[0], "0") is not first[0]


def walk(state: State, tokens: list[int]) -> State:
    """Return the state after tokens that are all allowed."""
    for token in tokens:
        assert token in state.allowed
        state = state.advance(token)
    return state
