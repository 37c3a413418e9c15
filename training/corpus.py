"""Text in every language that the tokenizer is to know, drawn from installed packages.

``home-assistant-intents`` holds, for each language, the sentence templates and the replies of Home
Assistant's own voice assistant: https://github.com/home-assistant/intents (CC BY 4.0).
"""

from collections.abc import Iterator
import json
from pathlib import Path
import random
import re
from typing import Any

from hassil import Intents
from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    Sequence,
    TextChunk,
)
from hassil.intents import RangeSlotList, SlotList, TextSlotList
import home_assistant_intents

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

LANGUAGES = {
    "en": ("en",),
    "zh-Hans": ("zh-CN",),
    "de": ("de",),
    "fr": ("fr",),
    "es": ("es",),
    "pl": ("pl",),
    "it": ("it",),
    "nl": ("nl",),
    "pt": ("pt", "pt-BR"),
    "ru": ("ru",),
    "ja": ("ja",),
}
"""Our languages, and the files of ``home-assistant-intents`` that speak them."""

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
    """Draws sentences from one language's templates.

    Args:
        data: the language's file of ``home-assistant-intents``, as JSON.
        names: what to fill in for ``{name}``, ``{area}`` and other open slots.

    """

    def __init__(self, data: dict[str, Any], names: list[str]) -> None:
        intents = Intents.from_dict(data)
        self._rules = intents.expansion_rules
        self._lists = intents.slot_lists
        self._names = names
        self.templates: list[tuple[Sentence, dict[str, Sentence]]] = [
            (sentence, block.expansion_rules)
            for intent in intents.intents.values()
            for block in intent.data
            for sentence in block.sentences
        ]

    def draw(self, sentence: Sentence, rules: dict[str, Sentence], rng: random.Random) -> str:
        """Return one sentence of a template; choices fall with even chances."""
        text = self._text(sentence.expression, {**self._rules, **rules}, rng, 0)
        return _SPACES.sub(" ", text).strip()

    def _text(
        self, part: Expression, rules: dict[str, Sentence], rng: random.Random, depth: int
    ) -> str:
        if depth > 30 or isinstance(part, TextChunk):  # noqa: PLR2004 - rules may call each other
            return part.original_text if isinstance(part, TextChunk) else ""
        if isinstance(part, Alternative):
            return self._text(rng.choice(part.items), rules, rng, depth + 1)
        if isinstance(part, (Sequence, Permutation)):
            items = list(part.items)
            if isinstance(part, Permutation):
                rng.shuffle(items)
            glue = " " if isinstance(part, Permutation) else ""
            return glue.join(self._text(item, rules, rng, depth + 1) for item in items)
        if isinstance(part, RuleReference):
            rule = rules.get(part.rule_name)
            return self._text(rule.expression, rules, rng, depth + 1) if rule else ""
        if isinstance(part, ListReference):
            return self._slot(part, rules, rng, depth)
        return ""

    def _slot(
        self, part: ListReference, rules: dict[str, Sentence], rng: random.Random, depth: int
    ) -> str:
        values: SlotList | None = self._lists.get(part.list_name)
        if isinstance(values, RangeSlotList):
            return str(rng.choice(list(values.get_numbers())))
        if isinstance(values, TextSlotList) and values.values:
            return self._text(rng.choice(values.values).text_in, rules, rng, depth + 1)
        return rng.choice(self._names)


def sentences(language: str, rng: random.Random, per_template: int = 3) -> Iterator[str]:
    """Yield sentences and replies of a language, in their own and in lower case.

    Args:
        language: a key of ``LANGUAGES``.
        rng: the source of every choice.
        per_template: how many sentences to draw from each template.

    """
    for name in LANGUAGES[language]:
        path = Path(home_assistant_intents.__file__).parent / "data" / f"{name}.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        texts = list(_response_texts(data["responses"]))
        words = sorted({word for text in texts for word in text.split() if word.isalpha()})
        sampler = TemplateSampler(data, words)
        texts += [
            sampler.draw(sentence, rules, rng)
            for sentence, rules in sampler.templates
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
