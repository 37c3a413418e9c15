"""Tests of what the banks hold: some of every language, some of English."""

from collections import Counter

import pytest

from data.domains import NO_CLASS, domain_of, facts
from data.schema import load
from data.splits import SPLITS
from tests.data.homes import CODES, ENGLISH


def test_the_banks_are_broad() -> None:
    lists = [word for words in ENGLISH.lists.values() for word in words]
    replies = {t for numbers in ENGLISH.replies.values() for ts in numbers.values() for t in ts}
    colors = {said for phrase in ENGLISH.values["color"] for said in phrase.say}

    assert len(ENGLISH.patterns) >= 500
    assert len(replies) >= 150
    assert len(lists) >= 500
    assert len(ENGLISH.styles["area"]) >= 100
    assert len(colors) >= 60


@pytest.mark.parametrize("code", CODES)
def test_no_way_to_say_something_is_in_two_splits(code: str) -> None:
    users: dict[str, set[str]] = {}
    language = load(code)
    for pattern in (*language.patterns, *language.courtesies, *language.asides):
        for skeleton in pattern.template.skeletons():
            users.setdefault(skeleton, set()).add(pattern.split)

    assert {text: splits for text, splits in users.items() if len(splits) > 1} == {}


@pytest.mark.parametrize("code", CODES)
def test_every_kind_of_request_is_in_every_split(code: str) -> None:
    groups = load(code).groups
    count = Counter((g.kind, p.split) for g in groups for p in g.patterns)
    kinds = {group.kind for group in groups}

    assert kinds == {group.kind for group in ENGLISH.groups}
    assert [key for key in ((k, s) for k in kinds for s in SPLITS) if not count[key]] == []


@pytest.mark.parametrize(
    "plain",
    [
        "turn on {target}",
        "turn off {target}",
        "switch on {target}",
        "{target.bare} on",
        "{target.bare} off",
        "dim {target} to {brightness}",
        "set {target} to {brightness}",
        "make {target} {color}",
        "make {area.the} {color}",
        "it's too dark {area.in}",
        "turn off everything {area.in}",
    ],
)
def test_the_plainest_phrases_are_trained(plain: str) -> None:
    assert plain in {p.template.source for p in ENGLISH.patterns if p.split == "train"}


def test_numbers_have_words_up_to_a_hundred() -> None:
    assert ENGLISH.numbers[0] == "zero"
    assert ENGLISH.numbers[47] == "forty seven"
    assert len(ENGLISH.numbers) == 101


@pytest.mark.parametrize("code", CODES)
def test_every_sort_can_be_named(code: str) -> None:
    language = load(code)
    for sort in facts().sorts:
        assert language.kinds[sort]["one"]
        assert language.kinds[sort]["many"]
        names = (sort, domain_of(sort), f"{sort}_{NO_CLASS}")
        assert any(language.styles.get(name) for name in names)
        assert any(language.styles.get(f"invented_{name}") for name in names)


@pytest.mark.parametrize("code", CODES)
def test_every_slot_has_words_for_its_values(code: str) -> None:
    language = load(code)
    for name, slot in facts().slots.items():
        assert not slot.phrased or language.values[name]
        assert slot.phrased == 1 or not slot.unit or language.units[slot.unit]
