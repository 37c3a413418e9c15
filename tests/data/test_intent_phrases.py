"""Tests of which ways to say a template are said, and of names in them."""

from dataclasses import replace
import random

import pytest

from data.banks import Group
from data.intent_phrases import Judge, Said
from data.intent_table import Rule
from data.templates import Slot, Template
from home_llm_core.vocabulary import vocabulary
from tests.data.homes import ENGLISH

PAUSE = Group(kind="direct", action="media_player.media_pause")
ON = Group(kind="direct", action="light.turn_on")


def said(source: str, *, has_articles: bool = True, **changes: object) -> Said:
    values = {"is_said": lambda _: True, "words": vocabulary("en")} | changes
    return Said(source, Template(source).sequence, has_articles=has_articles, **values)  # type: ignore[arg-type]


def filled(template: Said, name: str, article: str = "the ") -> str:
    """Return a sentence with a name that takes an article, or none."""

    def fill(slot: Slot) -> str:
        return f"{article}{name}" if slot.form == "the" else name

    return template.render(random.Random(0), fill)


@pytest.mark.parametrize(
    ("template", "name", "article", "text"),
    [
        ("turn on the {target}", "desk lamp", "the ", "turn on the desk lamp"),
        ("turn on the {target}", "anna's lamp", "", "turn on anna's lamp"),
        ("in my {area} on", "anna's room", "", "in anna's room on"),
        ("turn on {target} light", "desk", "the ", "turn on desk light"),
        ("turn on {target} light now", "desk lamp", "the ", "turn on desk lamp now"),
        ("add it to {target} list", "party list", "the ", "add it to party list"),
        ("{target} on", "carry on", "the ", "carry on on"),
        ("把{target}关", "插座开关", "", "把插座开关关"),
    ],
)
def test_names_in_a_sentence(template: str, name: str, article: str, text: str) -> None:
    assert filled(said(template), name, article) == text


def test_articles_stay_where_nobody_knows_what_names_take() -> None:
    assert filled(said("an der {area}", has_articles=False), "tür", "") == "an der tür"


def test_only_what_is_said_is_chosen() -> None:
    template = said("(go|stop) {target}", is_said=lambda phrase: "go" in phrase)
    rng = random.Random(0)

    assert {"".join(map(str, template.choose(rng))) for _ in range(30)} == {"go {target}"}
    assert template.example == ("go ", Slot("target"))
    assert said("stop", is_said=lambda _: False).example == ()


@pytest.mark.parametrize(
    ("phrase", "fits"),
    [
        ("{target}", False),
        ("the {target}", False),
        ("{target} flummox", True),
        ("flummox my the {target}", False),
        ("{area} {brightness.number}%", False),
    ],
)
def test_a_name_alone_and_two_articles_are_not_said(phrase: str, fits: bool) -> None:
    verdict = Judge(ENGLISH, ()).verdict("HassTurnOn", frozenset(), Group(kind="x"), "train")

    assert verdict(phrase) is fits


@pytest.mark.parametrize(
    ("rule", "phrase", "fits"),
    [
        (Rule(without=("all",)), "turn all {area} lights on", False),
        (Rule(without=("all",)), "turn the hall lights on", True),
        (Rule(without=("all",), intents=("HassOther",)), "turn all {area} lights on", True),
        (Rule(without=("all",), says=("area",)), "turn all {area} lights on", False),
        (Rule(without=("all",), says=("area", "here")), "turn all {area} lights on", True),
        (Rule(only=("to",), holding=("up",)), "turn {area} up 20", False),
        (Rule(only=("to",), holding=("up",)), "turn {area} up to 20", True),
        (Rule(only=("to",), holding=("up",)), "turn {area} 20", True),
        (Rule(without=("*的",)), "打开{target}的灯", False),
        (Rule(without=("change",)), "音量change为{volume.number}", False),
        (Rule(without=("%",)), "{brightness.number}%", False),
    ],
)
def test_rules_hold_for_phrases(rule: Rule, phrase: str, fits: bool) -> None:
    names = frozenset(("area", "target"))
    verdict = Judge(ENGLISH, (rule,)).verdict("HassTurnOn", names, Group(kind="x"), "train")

    assert verdict(f"{phrase} x") is fits


def test_our_banks_know_better_what_words_mean() -> None:
    judge = Judge(ENGLISH, ())
    stop = next(g for g in ENGLISH.groups if g.verb == "media_stop")
    phrase = next(p.template.skeletons()[0] for p in stop.patterns if p.split == "train")

    assert not judge.verdict("HassMediaPause", frozenset(), PAUSE, "train")(phrase)
    assert judge.verdict("HassMediaStop", frozenset(), replace(stop, patterns=()), "train")(phrase)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_phrase_of_our_banks_stays_in_its_split(split: str) -> None:
    pattern = next(
        pattern
        for group in ENGLISH.groups
        for pattern in group.patterns
        if pattern.split == split and group.action == "light.turn_on" and not group.arguments
    )
    judge = Judge(ENGLISH, ())
    phrase = pattern.template.skeletons()[0].replace("{target.bare}", "the {target}")

    fits = {
        other: judge.verdict("HassTurnOn", frozenset(), ON, other)(phrase)
        for other in ("train", "validation", "test")
    }
    assert [other for other, is_said in fits.items() if is_said] == [split]
