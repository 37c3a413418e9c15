"""What a language does to words: genders, joints, and names that begin with the thing."""

from pathlib import Path
import random

import pytest

from data.grammar import Grammar, read_grammar
from data.lexicon import Lexicon
from data.sources import BankError, read
from data.templates import Joints, Template

FRENCH = Joints(
    contracted={"de le": "du", "di l'": "dell'"},
    elided={"le": "l'", "de": "d'", "ma": "mon "},
    vowels="aeiouéh",
)

GRAMMAR = """
head: first
links: [de, la]
joints:
  contracted: {de le: du}
  elided: {le: "l'"}
  vowels: aeiou
genders:
  m: {the: "le {name}", e: " "}
  pl: {cut: a, acc: "{stem}ę"}
"""


def grammar_of(folder: Path, text: str) -> Grammar:
    path = folder / "grammar.yaml"
    path.write_text(text, encoding="utf-8")
    return read_grammar(read(path))


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("la lampe de ", "le salon", "la lampe du salon"),
        ("de ", "le salon", "du salon"),
        ("le ", "écran", "l'écran"),
        ("allume le ", "four", "allume le four"),
        ("ma ", "enceinte", "mon enceinte"),
        ("la luce di ", "l'ingresso", "la luce dell'ingresso"),
        ("essaie de ", "le", "essaie de le"),
        ("de", "le salon", "dele salon"),
        ("", "le salon", "le salon"),
        ("de ", "", "de "),
    ],
)
def test_words_melt_together_where_a_slot_begins(before: str, after: str, text: str) -> None:
    assert FRENCH.join(before, after) == text


def test_a_template_joins_its_words_with_what_fills_its_slots() -> None:
    template = Template("[et ]la lumière de {area} de le lit", joints=FRENCH)
    said = template.say(random.Random(1), {"area": "le bureau"})
    assert said.endswith("la lumière du bureau de le lit")  # What the bank says is left alone.


def test_a_word_has_the_forms_of_its_gender_and_its_own(tmp_path: Path) -> None:
    grammar = grammar_of(tmp_path, GRAMMAR)
    path = tmp_path / "words.yaml"
    path.write_text(
        "- {name: four, gender: m, shared: true}\n"
        "- {name: écran, gender: m, e: x, shared: true}\n"
        "- {name: orage, gender: m, shared: true}\n"
        "- {name: lampa, gender: pl, shared: true}\n",
        encoding="utf-8",
    )
    four, screen, storm, lamp = Lexicon(grammar).words(read(path))
    assert four.form("the") == "le four"
    assert (screen.form("the"), screen.form("e")) == ("le écran", "x")
    assert storm.form("the") == "l'orage"
    assert (lamp.form("acc"), lamp.form("the")) == ("lampę", "lampa")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("{name: stół, gender: pl}", "'stół' does not end in 'a'"),
        ("{name: four, gender: x}", "unknown gender 'x'; known are m, pl"),
    ],
)
def test_what_no_gender_fits_is_told_with_its_line(tmp_path: Path, word: str, message: str) -> None:
    grammar = grammar_of(tmp_path, GRAMMAR)
    path = tmp_path / "words.yaml"
    path.write_text(f"- {word}\n", encoding="utf-8")
    with pytest.raises(BankError) as error:
        Lexicon(grammar).words(read(path))
    assert str(error.value) == f"{path}:1: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("head: middle", "'middle' is none of first, last"),
        ('genders: {m: {the: "(le|un) {name}"}}', "a form of a gender leaves no choice"),
        ("gender: {}", "unknown field 'gender'; known are genders, head, joints, links, plural"),
        ("joints: {melted: {}}", "unknown field 'melted'; known are contracted, elided, vowels"),
    ],
)
def test_a_mistake_in_the_grammar_is_told_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(BankError) as error:
        grammar_of(tmp_path, text)
    assert str(error.value) == f"{tmp_path / 'grammar.yaml'}:1: {message}"


def test_names_begin_or_end_with_the_thing(tmp_path: Path) -> None:
    assert grammar_of(tmp_path, GRAMMAR).head(["lampe", "du", "salon", "2"]) == "lampe"
    assert Grammar().head(["floor", "lamp", "2"]) == "lamp"
    assert Grammar().head(["2"]) == "2"
