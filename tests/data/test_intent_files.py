"""Tests of reading Home Assistant's sentence templates, from the package itself."""

import random
import re

from hassil.intents import TextSlotList
import pytest

from data.intent_files import IntentFile, files_of
from data.templates import Alternatives, Slot
from training.corpus import LANGUAGES

MARKS = re.compile(r"[\[\]<>|;]")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_template_can_be_said(code: str) -> None:
    rng = random.Random(1)
    for file in files_of(code):
        for block in file.blocks():
            said = [template.render(rng, str) for template in block.templates]
            assert not [text for text in said if not text or MARKS.search(text)]


def test_some_languages_are_called_otherwise() -> None:
    names = [file.data["language"] for code in ("zh-Hans", "pt") for file in files_of(code)]

    assert names == ["zh-CN", "pt", "pt-BR"]
    assert files_of("tlh") == ()


def test_blocks_tell_what_they_are_about() -> None:
    (file,) = files_of("en")
    blocks = [b for b in file.blocks(("HassTurnOff",)) if b.combination == "domain_only"]

    assert {block.intent for block in blocks} == {"HassTurnOff"}
    assert {block.domains for block in blocks} == {("light",), ("fan",)}
    assert all(block.is_here for block in blocks)
    names = {slot.name for block in file.blocks(without=("area",)) for t in block.templates
             for slot in t.slots}  # fmt: skip
    assert "name" in names
    assert "area" not in names


def test_rules_are_written_out_and_may_call_each_other() -> None:
    file = IntentFile("en")
    file._intents.expansion_rules.clear()
    block = {
        "sentences": ["<a> (x;{name})"],
        "expansion_rules": {"a": "[(go|<b>)]", "b": "on <a>"},
    }
    file.data = {"language": "en", "intents": {"HassTest": {"data": [block]}}}
    file._intents = type(file._intents).from_dict(file.data)
    (found,) = file.blocks()
    (template,) = found.templates

    assert set(template.skeletons()) == {
        f"{before}{rest}" for before in ("", "go ", "on ")
        for rest in ("x {name.name}", "{name.name} x")
    }  # fmt: skip


def test_lists_are_words_or_numbers() -> None:
    (file,) = files_of("en")
    colors = file.lists["color"]
    assert isinstance(colors, TextSlotList)
    (choice,) = file.compiled(colors.values[0].text_in)

    assert choice == "white"
    assert Slot("brightness", "brightness") in {
        slot
        for block in file.blocks(("HassLightSet",))
        for t in block.templates
        for slot in t.slots
    }
    assert any(isinstance(p, Alternatives) for b in file.blocks() for p in b.templates[0].sequence)
