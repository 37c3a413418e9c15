"""Tests of the requests of a house."""

from collections import Counter
import random

from data.requests import requests
from tests.data.homes import invented_houses

KINDS = {
    "direct", "elliptical", "area", "floor", "house", "everything", "exclusion", "several", "value",
    "color", "temperature", "relative", "implicit", "satellite", "only_one", "unclear",
    "absent_device", "absent_room", "absent_ability", "unavailable", "not_a_request", "question",
    "small_talk",
}  # fmt: skip


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    made = [r for house in invented_houses("train", 250) for r in requests(house, rng, 12)]
    count = Counter(request.draft.kind for request in made)

    assert set(count) == KINDS
    assert sum(bool(request.draft.calls) for request in made) > 0.5 * len(made)


def test_nobody_says_the_same_twice() -> None:
    rng = random.Random(0)
    for house in invented_houses("train", 20):
        said = [(r.heard.text, r.speaker) for r in requests(house, rng, 14)]
        assert len(said) == len(set(said))
