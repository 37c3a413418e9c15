"""Text in every language that the tokenizer is to know, drawn from installed packages.

``home-assistant-intents`` holds, for each language, the sentence templates and the replies of Home
Assistant's own voice assistant (see ``data/intent_files.py``).
"""

from collections.abc import Iterator
import random
import re

from hassil.intents import RangeSlotList, TextSlotList

from data.intent_files import IntentFile, Parsed, files_of
from data.templates import Slot
from home_llm_core.actions import ACTIONS
from home_llm_core.colors import COLORS
from home_llm_core.formats.tiny_lines import (
    ABOVE,
    AGAIN,
    BELOW,
    CONDITIONS,
    DAY,
    DAYS,
    OF,
    PICKED,
    QUESTIONS,
    READINGS,
    SAME,
    SAY,
    UNDO,
    arguments_of,
    commands,
    short_word,
)
from home_llm_core.kinds import EVERYTHING, IT, KINDS
from home_llm_core.parser import Say
from home_llm_core.states import WORDS

LANGUAGES = ("en", "zh-Hans", "de", "fr", "es", "pl", "it", "nl", "pt", "ru", "ja")
"""The languages that the tokenizer is to know."""

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_SPACES = re.compile(r"\s+")
_ONSETS = (
    "b bl br c ch cr d dr f fl g gl gr h j k kl kr l m n p pl qu"
    " r s sh sk sl st str t th tr v w y z"
)
_NUCLEI = "a e i o u ai ea ee ie oa oo ou y"
_CODAS = " b ck d ft g k l ll m n nd ng nk p r rt s ss st t th x z"


class TemplateSampler:
    """Draws sentences from the templates of one file; choices fall with even chances.

    Args:
        file: the file.
        names: what to fill in for ``{name}``, ``{area}`` and other open slots.

    """

    def __init__(self, file: IntentFile, names: list[str]) -> None:
        self._lists = file.lists
        self._names = names
        self._words = {
            name: tuple(Parsed(name, file.compiled(value.text_in)) for value in values.values)
            for name, values in file.lists.items()
            if isinstance(values, TextSlotList)
        }
        self.templates = [template for block in file.blocks() for template in block.templates]

    def draw(self, template: Parsed, rng: random.Random) -> str:
        """Return one sentence of a template."""
        return template.render(rng, lambda slot: self._slot(slot, rng))

    def _slot(self, slot: Slot, rng: random.Random) -> str:
        values = self._lists.get(slot.form)
        if isinstance(values, RangeSlotList):
            return str(rng.choice(list(values.get_numbers())))
        if self._words.get(slot.form):
            return self.draw(rng.choice(self._words[slot.form]), rng)
        return rng.choice(self._names)


def sentences(language: str, rng: random.Random, per_template: int = 3) -> Iterator[str]:
    """Yield sentences and replies of a language, in their own and in lower case.

    Args:
        language: a key of ``LANGUAGES``.
        rng: the source of every choice.
        per_template: how many sentences to draw from each template.

    """
    for file in files_of(language):
        texts = list(_response_texts(file.data["responses"]))
        words = sorted({word for text in texts for word in text.split() if word.isalpha()})
        sampler = TemplateSampler(file, words)
        texts += [
            sampler.draw(template, rng)
            for template in sampler.templates
            for _ in range(per_template)
        ]
        for text in texts:
            yield text
            yield text.lower()


def _response_texts(node: object) -> Iterator[str]:
    """Yield what people would hear: the text around Jinja's markup and the strings inside it."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _response_texts(value)
    elif isinstance(node, str):
        outside = _SPACES.sub(" ", _JINJA.sub(" ", node)).strip()
        inside = [a or b for code in _JINJA.findall(node) for a, b in _QUOTED.findall(code)]
        yield from (text for text in (outside, *inside) if re.search(r"\w", text))


def invented_words(rng: random.Random, count: int) -> Iterator[str]:
    """Yield lines of made-up words, so that words nobody has heard fall into syllables."""
    onsets, nuclei, codas = _ONSETS.split(" "), _NUCLEI.split(" "), _CODAS.split(" ")
    for _ in range(count):
        yield " ".join(
            "".join(
                rng.choice(onsets) + rng.choice(nuclei) + rng.choice(codas)
                for _ in range(rng.choice((1, 2, 2, 3)))
            )
            for _ in range(5)
        )


def multilingual(rng: random.Random) -> Iterator[str]:
    """Yield the text of all languages, and some invented words."""
    for language in LANGUAGES:
        yield from sentences(language, rng)
    yield from invented_words(rng, 4000)


_WEIGHT = 40


def wire_format() -> Iterator[str]:
    """Yield the fixed words of prompts and replies."""
    lines = ["area A", "floor A", "area floor A", *(f"> {SAY} {key}" for key in Say.KEYS)]
    lines += [f"x {kind} A, ~{kind} A*" for kind in KINDS]
    for verb, kind, _ in commands(frozenset(ACTIONS)):
        lines += _calls(kind, verb)
        for argument in arguments_of(kind, verb):
            word = short_word(argument.name)
            lines += [f"A = {word} 5", f"= {word} x"]
    for verb in (*QUESTIONS, *CONDITIONS):
        lines += _calls("light", verb)
        lines += [f"> {verb} {kind}: A" for kind in (*KINDS, IT, EVERYTHING)]
    lines += [f"A = {word}" for word in (*WORDS, ABOVE, BELOW)]
    lines += [f"A = {DAY} {day}" for day in DAYS] + [f"A = {OF} {r}" for r in READINGS]
    lines += [f"> {SAME} {word}" for word in PICKED] + [f"> {UNDO}", f"> {AGAIN}", f"> {SAME}: A"]
    lines += [f"A = color {color}" for color in COLORS]
    for _ in range(_WEIGHT):
        yield from lines


def _calls(domain: str, verb: str) -> list[str]:
    """Return calls of an action with every kind of target."""
    return [
        f"> {verb} {domain} A; B",
        f"> {verb} {domain}: all; but A",
        f"> {verb} {domain}: A",
    ]
