"""Prompts of hostile words, on real vocabularies and in the real worker: they stay text."""

from random import Random

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.chat import Message, Segment
from home_llm_core.chat_template import ChatTemplate
from home_llm_core.formats import FORMATS, TINY
from home_llm_core.formats.base import Format
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.model import Model
from home_llm_engine.reply import Done, Piece
from tests.core import hostile, templates
from tests.core.test_hostile_chats import NOW, TOOL

MARKERS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|speaker|>")

some_or_many = pytest.mark.parametrize(
    "count", [60, pytest.param(20_000, marks=pytest.mark.soak)], ids=["some", "many"]
)


def _words(rng: Random) -> str:
    return f"{rng.choice(MARKERS)}{hostile.text(rng)}{rng.choice(MARKERS)}"


def _prompt(rng: Random, format_: Format) -> tuple[Segment, ...]:
    """Return what a model reads in a home of hostile names, after an exchange of words."""
    home = hostile.home(rng)
    heard = format_.hear(hostile.sentence(rng, home) + _words(rng), home)
    said = Message(role="assistant", content=f"> say hello\n{_words(rng)}")
    system = Message(role="system", content=format_.system(home, DEFAULT_ALLOWED))
    before, now = (Message(role="user", content=text) for text in (_words(rng), heard.message))
    return format_.prompt([system, before, said, now])


def _specials(model: Model, segments: tuple[Segment, ...]) -> list[int]:
    tokens = model.tokenize([(segment.text, segment.markup) for segment in segments])
    return [token for token in tokens if token in model.vocabulary.special]


@some_or_many
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_special_tokens_are_those_of_turns(model: Model, name: str, count: int) -> None:
    """In whichever format: the special tokens of a prompt are those that the format put there."""
    for seed in range(count):
        segments = _prompt(Random(seed), FORMATS[name])
        marks = tuple(segment for segment in segments if segment.markup)
        assert all(segment.text in {*MARKERS, *FORMATS[name].tokens} for segment in marks)
        assert _specials(model, segments) == _specials(model, marks)


@pytest.mark.parametrize("name", sorted(templates.load()))
def test_special_tokens_are_those_of_the_template(model: Model, name: str) -> None:
    """A template of another model writes marks, too, and texts are put between them."""
    template = ChatTemplate(templates.load()[name], bos="<|endoftext|>", eos="<|im_end|>")
    for seed in range(20):
        rng = Random(seed)
        chat = [{"role": "user", "content": f"a {_words(rng)} b"}]
        plain = [{"role": "user", "content": "a b"}]
        found = _specials(model, template.render(chat, (TOOL,), now=NOW))
        assert found == _specials(model, template.render(plain, (TOOL,), now=NOW))


async def test_the_worker_answers_whatever_it_is_told(settings: EngineSettings) -> None:
    """A reply is one that the grammar allows, or cut off, and the worker lives on."""
    engine = Engine(settings)
    try:
        first = None
        for seed in range(40):
            rng = Random(seed)
            home = hostile.home(rng)
            heard = TINY.hear(hostile.sentence(rng, home) + _words(rng), home)
            prompt = TINY.prompt([Message(role="user", content=heard.message)])
            reply = engine.generate(
                [(segment.text, segment.markup) for segment in prompt],
                grammar=heard.grammar.to_dict(),
                grammar_id=heard.grammar.digest,
                words=heard.words,
                max_tokens=48,
            )
            events = [event async for event in reply]
            written = "".join(event.text for event in events if isinstance(event, Piece))
            done = events[-1]
            assert isinstance(done, Done)
            assert done.stats.finish == "length" or heard.grammar.accepts(written, heard.words)
            first = first or engine.pid
            assert engine.pid == first
    finally:
        await engine.close()
