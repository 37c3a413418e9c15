"""Tests of the requests of a house."""

from collections import Counter
import random

from data.requests import requests
from tests.data.homes import invented_houses

KINDS = {
    *("absent_ability", "absent_device", "absent_room", "area", "color", "condition", "direct"),
    *("elliptical", "everything", "exclusion", "floor", "follow_up", "house", "implicit"),
    *("not_a_request", "only_one", "question", "relative", "satellite", "several", "small_talk"),
    *("temperature", "timer", "todo", "unavailable", "unclear", "value"),
}  # fmt: skip


def test_every_kind_comes_up() -> None:
    rng = random.Random(0)
    made = [r for house in invented_houses("train", 250) for r in requests(house, rng, 12)]
    count = Counter(request.draft.kind for request in made)

    assert set(count) == KINDS
    acting = [request for request in made if request.draft.calls != ()]
    assert len(acting) > 0.45 * len(made)


def test_nobody_says_the_same_twice() -> None:
    rng = random.Random(0)
    for house in invented_houses("train", 20):
        said = [(r.heard.text, r.speaker) for r in requests(house, rng, 14)]
        assert len(said) == len(set(said))
