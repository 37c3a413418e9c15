"""How much of a prompt is evaluated anew, and how often llama.cpp is asked: counts, not times."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from home_llm_core.chat import Message
from home_llm_core.formats import get_format
from home_llm_core.home import Area, Entity, Home
from home_llm_engine.model import Model
from home_llm_engine.reply import Done, PromptStats, Segments, Stats
from home_llm_engine.sequences import CONVERSATIONS
from tests.engine.conftest import SHIPPED

READS_HOMES = ("home-llm-1", "home-llm-3")
ROOMS = ("kitchen", "bedroom", "office", "hall", "attic", "cellar", "bathroom", "garage", "pantry")
THINGS = (
    *(("light", thing) for thing in ("ceiling", "floor lamp", "shelf", "window")),
    *(("fan", "fan"), ("switch", "socket"), ("sensor", "temperature")),
)
ONE_LINE = 32
"""Tokens: the line of a device, and the end of the turn after it."""


@pytest.fixture(scope="module")
def shipped() -> Iterator[Model]:
    """Return the model that ships; how many tokens are evaluated does not depend on the weights."""
    with Model(SHIPPED[0], n_threads=1) as model:
        yield model


@pytest.fixture
def home() -> Home:
    """Return a home with 63 devices."""
    entities = tuple(
        Entity(
            entity_id=f"{domain}.{room}_{thing.replace(' ', '_')}",
            name=f"{room} {thing}",
            area_id=room,
            state="off" if domain != "sensor" else "21.5",
        )
        for room in ROOMS
        for domain, thing in THINGS
    )
    return Home(entities=entities, areas=tuple(Area(area_id=room, name=room) for room in ROOMS))


def changed(home: Home, entity_id: str, state: str) -> Home:
    """Return the home after a change of state."""
    entities = tuple(
        replace(e, state=state) if e.entity_id == entity_id else e for e in home.entities
    )
    order = [key for key in home.last_changed if key != entity_id]
    return replace(home, entities=entities, last_changed=(*order, entity_id))


def prepared(model: Model, name: str, home: Home) -> PromptStats:
    """Let a model read a home, as the integration does."""
    format_ = get_format(name)
    turns = [Message(role="system", content=format_.system(home))]
    return model.prepare([(p.text, p.markup) for p in format_.prompt(turns)[:-2]])


def asked(
    model: Model, name: str, home: Home, sentences: Sequence[str], *, most: int = 100
) -> Stats:
    """Return the figures of a reply in a conversation of sentences and the same answer to each."""
    format_ = get_format(name)
    heard = format_.hear(sentences[-1], home)
    turns = [Message(role="system", content=format_.system(home))]
    for sentence in sentences[:-1]:
        turns += [Message(role="user", content=sentence), Message(role="assistant", content="yes")]
    turns.append(Message(role="user", content=heard.message))
    prompt: Segments = [(part.text, part.markup) for part in format_.prompt(turns)]
    grammar = heard.grammar.to_dict() if heard.grammar else None
    *_, done = model.generate(prompt, grammar=grammar, words=heard.words, max_tokens=most)
    assert isinstance(done, Done)
    return done.stats


@pytest.mark.parametrize("name", READS_HOMES)
def test_of_a_sensor_that_keeps_changing_one_line_is_evaluated(
    shipped: Model, home: Home, name: str
) -> None:
    prepared(shipped, name, home)
    home = changed(home, "sensor.office_temperature", "21.6")
    prepared(shipped, name, home)
    for tenths in range(7, 10):
        home = changed(home, "sensor.office_temperature", f"21.{tenths}")
        stats = prepared(shipped, name, home)
        assert stats.prompt_tokens > 1000
        assert 0 < stats.evaluated_tokens <= ONE_LINE


@pytest.mark.parametrize("name", READS_HOMES)
def test_of_a_light_only_what_changed_since_it_did_is_evaluated(
    shipped: Model, home: Home, name: str
) -> None:
    for light in ("light.kitchen_ceiling", "light.attic_shelf", "light.hall_window"):
        home = changed(home, light, "on")
    prepared(shipped, name, home)
    home = changed(home, "light.kitchen_ceiling", "off")
    assert 0 < prepared(shipped, name, home).evaluated_tokens <= 3 * ONE_LINE
    home = changed(home, "light.kitchen_ceiling", "on")
    assert 0 < prepared(shipped, name, home).evaluated_tokens <= ONE_LINE


@pytest.mark.parametrize("name", READS_HOMES)
def test_what_stands_before_the_list_is_never_evaluated_again(
    shipped: Model, home: Home, name: str
) -> None:
    prepared(shipped, name, home)
    first = home.entities[0].entity_id
    head = get_format(name).system(home).partition(first)[0]
    stats = prepared(shipped, name, changed(home, first, "on"))
    assert stats.cached_tokens >= len(shipped.tokenize([(head, False)]))


@pytest.mark.parametrize("name", READS_HOMES)
def test_of_a_conversation_only_the_last_sentence_is_evaluated(
    shipped: Model, home: Home, name: str
) -> None:
    sentences = ["turn on the office fan"]
    asked(shipped, name, home, sentences, most=4)
    sentences.append("and the hall fan")
    assert asked(shipped, name, home, sentences, most=4).evaluated_tokens <= ONE_LINE


@pytest.mark.parametrize("name", READS_HOMES)
def test_of_conversations_that_take_turns_only_the_last_sentence_is_evaluated(
    shipped: Model, home: Home, name: str
) -> None:
    prefix = prepared(shipped, name, home)
    kitchen, bedroom = ["turn on the kitchen fan"], ["is the bedroom ceiling on"]
    for sentences in (kitchen, bedroom):
        assert asked(shipped, name, home, sentences, most=4).cached_tokens >= prefix.prompt_tokens
    for room in ("office", "hall", "attic", "cellar", "garage"):
        kitchen.append(f"and what about the fan of the {room}, is that on, too")
        bedroom.append(f"and the ceiling of the {room}")
        for sentences in (kitchen, bedroom):
            assert asked(shipped, name, home, sentences, most=4).evaluated_tokens <= ONE_LINE
    # What they share is there still, for whoever speaks next.
    assert prepared(shipped, name, home).evaluated_tokens == 0
    assert asked(shipped, name, home, ["turn on the hall fan"], most=4).evaluated_tokens <= ONE_LINE


def test_a_task_that_has_nothing_to_do_with_the_home_leaves_it_evaluated(
    shipped: Model, home: Home
) -> None:
    name = READS_HOMES[0]
    prefix = prepared(shipped, name, home)
    for number in range(CONVERSATIONS + 1):
        task: Segments = [(f"{number} doors are closed," * 20, False)]
        *_, _done = shipped.generate(task, max_tokens=1)
    assert prepared(shipped, name, home).evaluated_tokens == 0
    stats = asked(shipped, name, home, ["turn on the hall fan"], most=4)
    assert stats.cached_tokens >= prefix.prompt_tokens


def test_our_model_does_not_read_the_home(shipped: Model, home: Home) -> None:
    name = shipped.metadata["home_llm.format"]
    large = replace(
        home,
        entities=tuple(
            replace(e, entity_id=f"{e.entity_id}_{floor}", name=f"{e.name} {floor}")
            for floor in range(3)
            for e in home.entities
        ),
    )
    for house in (home, large, changed(home, "light.hall_window", "on")):
        stats = asked(shipped, name, house, ["turn on the attic lights"])
        assert stats.prompt_tokens < ONE_LINE


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the attic lights",
        "kitchen fan on and office ceiling off",
        "dim the bedroom floor lamp to 30 percent",
        "what is the temperature in the cellar",
    ],
)
def test_what_the_grammar_forces_is_never_evaluated_token_by_token(
    shipped: Model, home: Home, sentence: str
) -> None:
    stats = asked(shipped, shipped.metadata["home_llm.format"], home, [sentence])
    assert stats.finish == "stop"
    assert stats.forced_tokens > 0
    # Llama.cpp is asked once for each choice, with all that is forced before it.
    assert stats.batches == stats.decisions <= stats.generated_tokens + 1 - stats.forced_tokens
