"""Whatever tokens a model chooses by the grammar of a schema, JSON comes out that keeps to it."""

import json
from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st

from home_llm_core.errors import SchemaError
from home_llm_core.json_grammar import to_grammar
from home_llm_engine.automaton import CompiledGrammar
from home_llm_engine.model import Model
from tests.core.json_schemas import SCHEMAS, keeps_to


def random_reply(grammar: CompiledGrammar, rng: Random, limit: int) -> tuple[list[int], bool]:
    """Choose at random among what is allowed, as a generation does, and say whether it ended."""
    tokens: list[int] = []
    state = grammar.start
    while not state.is_final and len(tokens) < limit:
        token = rng.choice(state.within(limit - len(tokens)).tolist())
        if token in grammar.ends:
            return tokens, True
        tokens.append(token)
        state = state.advance(token)
    return tokens, state.is_final


def text_of(model: Model, tokens: list[int]) -> str:
    return b"".join(model.vocabulary.pieces[token] for token in tokens).decode()


@given(schema=SCHEMAS, seed=st.integers(), room=st.integers(0, 60))
@settings(deadline=None, max_examples=60)
def test_every_reply_is_json_that_keeps_to_the_schema(
    random_model: Model, schema: dict[str, Any], seed: int, room: int
) -> None:
    try:
        grammar = to_grammar(schema)
    except SchemaError:
        return
    compiled = random_model.compile(grammar.to_dict())
    rng = Random(seed)
    for limit in (compiled.distance(0) + room, 200 + compiled.distance(0)):
        tokens, _ = random_reply(compiled, rng, limit)
        text = text_of(random_model, tokens)
        assert keeps_to(json.loads(text), schema), text
        assert grammar.accepts(text)
