"""A compiled grammar lets through exactly what the grammar says, in the model's own tokens."""

import json
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from home_llm_core.calls import Call
from home_llm_core.formats.tiny import TINY
from home_llm_core.formats.tiny_hearing import Hearing
from home_llm_core.home import Area, Entity, Floor, Home
from home_llm_core.json_grammar import to_grammar
from home_llm_core.parser import Say
from home_llm_engine.automaton import CompiledGrammar, State, Unbounded, forced_run
from home_llm_engine.errors import GrammarError
from home_llm_engine.model import Model
from home_llm_engine.quoted import Quoted, QuotedTokens
from home_llm_engine.reply import KEPT_GRAMMARS, Done, Piece

WORDS = st.sampled_from(
    ["desk", "lamp", "ceiling", "2", "12", "grün", "客厅", "o'neill", "tv-light"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join) | st.text(min_size=1, max_size=12)


@st.composite
def homes(draw: st.DrawFn) -> Home:
    """Draw a home with areas, a floor, and devices whose names resemble each other."""
    areas = [
        Area(area_id=f"area{n}", name=name, floor_id=draw(st.sampled_from([None, "floor"])))
        for n, name in enumerate(draw(st.lists(NAMES, max_size=3)))
    ]
    entities = [
        Entity(
            entity_id=f"{draw(st.sampled_from(['light', 'fan', 'switch']))}.device{n}",
            name=name,
            area_id=draw(st.sampled_from([None, *(area.area_id for area in areas)])),
        )
        for n, name in enumerate(draw(st.lists(NAMES, min_size=1, max_size=6)))
    ]
    floor = Floor(floor_id="floor", name=draw(NAMES))
    return Home(entities=tuple(entities), areas=tuple(areas), floors=(floor,))


@st.composite
def hearings(draw: st.DrawFn) -> Hearing:
    """Draw a sentence that names some of the things of a home, not always properly."""
    home = draw(homes())
    things = [thing.name for thing in (*home.entities, *home.areas, *home.floors)]
    said = draw(st.lists(st.sampled_from(things) | WORDS, max_size=5))
    verb = draw(st.sampled_from(["turn off", "put milk on", "set a timer of 5 minutes for"]))
    return TINY.hear(" and ".join([verb, *said]), home)


def random_reply(grammar: CompiledGrammar, rng: Random) -> list[int]:
    """Choose at random among what is allowed, as a model with random logits would."""
    tokens: list[int] = []
    state = grammar.start
    while not state.is_final:
        token = rng.choice(state.allowed.tolist())
        if token in grammar.ends:
            break
        tokens.append(token)
        state = state.advance(token)
    return tokens


def text_of(model: Model, tokens: list[int]) -> str:
    return b"".join(model.vocabulary.pieces[token] for token in tokens).decode("utf-8", "replace")


@given(heard=hearings(), seed=st.integers())
@settings(deadline=None, max_examples=60)
def test_whatever_is_chosen_is_in_the_grammar(
    random_model: Model, heard: Hearing, seed: int
) -> None:
    compiled = random_model.compile(heard.grammar.to_dict()).with_words(heard.words)
    for number in range(5):
        reply = text_of(random_model, random_reply(compiled, Random(seed + number)))
        assert heard.grammar.accepts(reply, heard.words)


@given(heard=hearings(), seed=st.integers())
@settings(deadline=None, max_examples=60)
def test_replies_have_the_tokens_that_their_text_has(
    model: Model, heard: Hearing, seed: int
) -> None:
    compiled = model.compile(heard.grammar.to_dict()).with_words(heard.words)
    tokens = random_reply(compiled, Random(seed))
    assert tokens == list(model.vocabulary.encode(text_of(model, tokens)))


BOTH = ("light ceiling", "light ceiling 2")
RED = {"brightness": 50, "color": "red"}


@pytest.mark.parametrize(
    ("text", "wanted", "reply"),
    [
        ("thanks", [Say(key="thanks")], "> say thanks\n"),
        (
            "ceiling 2 on",
            [Call(action="light.turn_on", devices=("light ceiling 2",))],
            "> on light A\n",
        ),
        (
            "ceiling and ceiling 2 half and red, küche dark, then nothing in the house",
            [
                Call(action="light.turn_on", devices=BOTH, arguments=RED),
                Call(action="light.turn_off", area="area küche"),
                Call(action="everything.turn_off", devices=("all",)),
            ],
            "> on light A; B = brightness 50 = color red\n> off light: C\n> off everything: all\n",
        ),
        (
            "everything in the küche but the ceiling darker",
            [
                Call(
                    action="light.turn_on",
                    area="area küche",
                    excluding=("light ceiling",),
                    arguments={"brightness_step": -20},
                )
            ],
            "> on light: A; but B = by -20\n",
        ),
    ],
)
def test_what_a_model_is_trained_to_write_can_be_written(
    model: Model, text: str, wanted: list[Call | Say], reply: str
) -> None:
    features = frozenset({"dim", "color"})
    home = Home(
        entities=tuple(
            Entity(entity_id=f"light.l{n}", name=name, area_id="kitchen", features=features)
            for n, name in enumerate(["Ceiling", "Ceiling 2"])
        ),
        areas=(Area(area_id="kitchen", name="Küche"),),
    )
    heard = TINY.hear(text, home)
    assert heard.reply(wanted) == reply
    state = walk(model.compile(heard.grammar.to_dict()).start, list(model.vocabulary.encode(reply)))
    assert model.vocabulary.ends <= set(state.allowed.tolist())


def test_what_can_only_be_one_thing_is_forced(random_model: Model) -> None:
    encode = random_model.vocabulary.encode
    compiled = random_model.compile(
        {
            "sets": {"call": ['{"service": "'], "name": ["light desk", "light desk lamp"]},
            "nodes": [[["call", 1]], [["name", 2]], []],
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
            "nodes": [[["maybe", 1]], [["then", 2]], []],
        }
    )
    assert walk(compiled.start, list(encode("light"))).is_final
    assert walk(compiled.start, [*encode("turn"), *encode("light")]).is_final


def test_a_loop_of_nothing_ends(random_model: Model) -> None:
    compiled = random_model.compile(
        {
            "sets": {"nothing": [""], "word": ["light"]},
            "nodes": [[["nothing", 0], ["word", 1]], []],
        }
    )
    assert walk(compiled.start, list(random_model.vocabulary.encode("light"))).is_final


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sets": {}, "nodes": []},
        {"sets": {}, "nodes": 1},
        {"sets": {}, "nodes": [[["gone", 0]]]},
        {"sets": {"a": ["x"]}, "nodes": [[["a", 7]]]},
        {"sets": {"a": []}, "nodes": [[["a", 0]]]},
        {"sets": {"a": ["x"]}, "nodes": [[["a"]]]},
    ],
)
def test_what_is_no_grammar_is_refused(random_model: Model, data: dict[str, Any]) -> None:
    with pytest.raises(GrammarError):
        random_model.compile(data)


def test_a_dead_end_is_told_when_it_is_reached(random_model: Model) -> None:
    compiled = random_model.compile(
        {
            "sets": {"word": ["light"], "none": []},
            "nodes": [[["word", 1]], [["none", 0]]],
        }
    )
    with pytest.raises(GrammarError):
        walk(compiled.start, list(random_model.vocabulary.encode("light")))


def test_equal_places_have_one_state(random_model: Model) -> None:
    names = ("desk", "wall", "ceiling")
    home = Home(entities=tuple(Entity(entity_id=f"light.{name}", name=name) for name in names))
    grammar = TINY.hear("desk, wall and ceiling", home).grammar
    compiled = random_model.compile(grammar.to_dict())
    one, other = (
        walk(compiled.start, list(random_model.vocabulary.encode(f"> on light {letter}")))
        for letter in "AB"
    )
    assert one is other


def test_only_the_latest_grammars_are_kept(random_model_path: Path) -> None:
    grammars = [
        {"sets": {"w": [f"light {number}"]}, "nodes": [[["w", 1]], []]}
        for number in range(KEPT_GRAMMARS + 1)
    ]
    with Model(random_model_path) as model:
        first = [model.compile(data, str(n)) for n, data in enumerate(grammars)]
        assert model.compile(grammars[1], "1") is first[1]
        assert model.compile(grammars[-1], str(KEPT_GRAMMARS)) is first[-1]
        assert model.compile(grammars[0], "0") is not first[0]


def walk(state: State | Unbounded, tokens: list[int]) -> State | Unbounded:
    """Return the state after tokens that are all allowed."""
    for token in tokens:
        assert token in state.allowed
        state = state.advance(token)
    return state


TEXT = {
    "sets": {"quote": ['"']},
    "quoted": {"text": [2, 4]},
    "nodes": [[["quote", 1]], [["text", 2]], [["quote", 3]], []],
}


def bytes_of(model: Model, text: bytes) -> list[int]:
    """Return the tokens of single bytes, as a model may write any text."""
    return [model.vocabulary.pieces.index(bytes([byte])) for byte in text]


@pytest.mark.parametrize(
    "text", [b"ab", b"abcd", "öß".encode(), "客🏠é".encode(), rb"\n\"\\\/", b"\x7f "]
)
def test_whatever_fits_between_quotes_may_be_written(random_model: Model, text: bytes) -> None:
    tokens = bytes_of(random_model, b'"' + text + b'"')
    assert walk(random_model.compile(TEXT).start, tokens).is_final


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"", b'"'),
        (b"a", b'"'),
        (b"abcd", b"e"),
        (b"a", b"\n"),
        (b"a\\", b"x"),
        (b'\\"', b'"'),
        (b"a\xc3", b"a"),
        (b"a\xc3", b'"'),
        (b"a", b"\x80"),
        (b"a", b"\xc0"),
        (b"a\xe0", b"\x80"),
        (b"a\xed", b"\xa0"),
        (b"a\xf0", b"\x80"),
        (b"a\xf4", b"\x90"),
        (b"a", b"\xf5"),
    ],
)
def test_what_would_end_or_break_a_string_may_not(
    random_model: Model, text: bytes, wrong: bytes
) -> None:
    state = walk(random_model.compile(TEXT).start, bytes_of(random_model, b'"' + text))
    (token,) = bytes_of(random_model, wrong)
    assert token not in state.allowed


def test_a_token_may_not_have_more_characters_than_there_is_room_for(random_model: Model) -> None:
    pieces = random_model.vocabulary.pieces
    state = walk(random_model.compile(TEXT).start, bytes_of(random_model, b'"ab'))
    lengths = {len(pieces[token].decode()) for token in state.allowed if pieces[token].isascii()}
    assert lengths == {1, 2}
    state = walk(state, bytes_of(random_model, b"c"))
    assert pieces.index(b"in") not in state.allowed


def test_texts_of_any_length_have_one_array_of_tokens(random_model: Model) -> None:
    data = {**TEXT, "quoted": {"text": [0, 2000]}}
    first = walk(random_model.compile(data).start, bytes_of(random_model, b'"a'))
    later = walk(first, bytes_of(random_model, b"b" * 900))
    assert later is not first
    assert later.allowed is first.allowed


def test_no_special_token_is_text(random_model: Model) -> None:
    state = walk(random_model.compile(TEXT).start, bytes_of(random_model, b'"a'))
    assert random_model.vocabulary.special.isdisjoint(state.allowed.tolist())


def test_what_no_token_completes_is_not_begun() -> None:
    pieces = [b"a", b"\xc3", b"\xe5\xae", b"\xa2", b"", b"\xff"]
    with_all = QuotedTokens(pieces, range(4))
    assert set(with_all.allowed(Quoted(0, 0, 9)).tolist()) == {0, 1, 2}
    without_an_end = QuotedTokens(pieces, range(3))
    assert without_an_end.allowed(Quoted(0, 0, 9)).tolist() == [0]


@pytest.mark.parametrize(
    "quoted",
    [1, [["text", 1, 2]], {"text": [3, 2]}, {"text": [-1, 2]}, {"text": [1]}, {"other": [1, 2]}],
)
def test_texts_without_proper_bounds_are_refused(random_model: Model, quoted: object) -> None:
    with pytest.raises(GrammarError):
        random_model.compile({**TEXT, "quoted": quoted})


def test_texts_need_to_know_the_tokens(random_model: Model) -> None:
    with pytest.raises(GrammarError):
        CompiledGrammar(TEXT, random_model.vocabulary)


LISTS = {
    "sets": {
        "open": ["["],
        "word": ["light", "light ceiling"],
        "comma": [","],
        "close": ["] done"],
    },
    "nodes": [[["open", 1]], [["word", 2]], [["comma", 1], ["close", 3]], [], [["comma", 4]]],
}


@pytest.mark.parametrize("room", [0, 1, 2, 7, 30])
def test_a_reply_that_is_to_be_whole_ends_in_time(random_model: Model, room: int) -> None:
    compiled = random_model.compile({**LISTS, "whole": True})
    limit = compiled.distance(0) + room
    for seed in range(20):
        rng, state, tokens = Random(seed), compiled.start, list[int]()
        while not state.is_final:
            tokens.append(rng.choice(state.within(limit - len(tokens)).tolist()))
            state = state.advance(tokens[-1])
        assert len(tokens) <= limit
        assert text_of(random_model, tokens).endswith("] done")


def test_what_cannot_end_in_time_is_cut_off(random_model: Model) -> None:
    compiled = random_model.compile({**LISTS, "whole": True})
    assert compiled.start.within(1).tolist() == compiled.start.allowed.tolist()
    assert compiled.distance(4) > 10**6


def test_other_replies_may_run_on(random_model: Model) -> None:
    state = walk(random_model.compile(LISTS).start, bytes_of(random_model, b"["))
    assert state.within(1) is state.allowed


def test_a_model_ends_its_reply_in_time(random_model: Model) -> None:
    data = to_grammar({"type": "array", "items": {"type": "string"}, "minItems": 1}).to_dict()
    needed = random_model.compile(data).distance(0)
    for limit in (needed, needed + 1, needed + 9):
        *pieces, done = random_model.generate([("a", False)], grammar=data, max_tokens=limit)
        assert isinstance(done, Done)
        assert done.stats.finish == "stop"
        assert done.stats.generated_tokens <= limit
        json.loads("".join(piece.text for piece in pieces if isinstance(piece, Piece)))
