"""Tests of invented houses."""

from collections import Counter
import random

import pytest

from data.builders import build
from data.domains import NO_CLASS, domain_of, facts
from data.splits import SPLITS, split_of
from home_llm_core.kinds import DOMAINS
from home_llm_core.text import label
from tests.data.homes import invented_houses


@pytest.mark.parametrize("split", SPLITS)
def test_what_devices_are_called_belongs_to_the_split(split: str) -> None:
    for house in invented_houses(split, 20):
        for name in house.called:
            assert split_of(name) == split


def test_the_size_is_what_is_asked_for() -> None:
    rng = random.Random(0)
    sizes = [len(build("en", "train", rng, (30, 35)).home.entities) for _ in range(10)]

    assert all(30 <= size <= 35 for size in sizes)


def test_houses_are_of_all_sizes() -> None:
    rng = random.Random(0)
    sizes = [len(build("en", "train", rng).home.entities) for _ in range(300)]

    assert min(sizes) < 4
    assert max(sizes) > 60
    assert sum(size <= 12 for size in sizes) > 120


def test_nothing_is_called_the_same_in_the_same_room() -> None:
    for house in invented_houses("train", 60):
        places = Counter((label(e.name), e.area_id) for e in house.home.entities)
        assert max(places.values()) == 1
        for found in house.called.values():
            assert len(found) == 1 or all(entity.area_id for entity in found)


def test_names_are_as_various_as_the_world() -> None:
    houses = invented_houses("train", 200)
    entities = [entity for house in houses for entity in house.home.entities]

    assert any(entity.aliases for entity in entities)
    assert any(entity.area_id is None for entity in entities)
    assert any(len(found) > 1 for house in houses for found in house.called.values())
    assert any(not house.home.areas for house in houses)
    assert any(area.floor_id for house in houses for area in house.home.areas)
    assert any("0x" in entity.entity_id for entity in entities)
    assert {entity.domain for entity in entities} == set(DOMAINS)
    assert {"on", "off", "unavailable", "unknown", "open"} <= {entity.state for entity in entities}
    invented = [h for h in houses if not h.words <= h.language.known_words]
    assert len(invented) > 80


def test_devices_show_what_they_can() -> None:
    for house in invented_houses("train", 40):
        for entity in house.home.entities:
            domain = facts().domains[entity.domain]
            assert entity.features in domain.features
            assert (entity.device_class or NO_CLASS) in (*domain.classes, NO_CLASS)
            assert entity.options.keys() <= domain.options.keys()
            for name, value in entity.attributes.items():
                if name in entity.options:
                    assert value in entity.options[name]
                else:
                    assert domain.readings[name].shows(entity.state, entity.features)


def test_houses_of_some_domains() -> None:
    """Their sentences ask for nothing else, either: what is absent is of these domains, too."""
    for number in range(30):
        house = build("en", "train", random.Random(number), (4, 12), ("light", "cover"))
        assert {entity.domain for entity in house.home.entities} <= {"light", "cover"}
        assert {domain_of(sort) for sort in house.known} == {"light", "cover"}


def test_sensors_are_called_after_devices() -> None:
    houses = [build("en", "train", random.Random(seed)) for seed in range(60)]
    parts = [(where, each, name) for where in houses for each, name in where.after.items()]
    assert len(parts) > len(houses)
    for where, entity_id, name in parts:
        sensor = where.home.entity_by_id[entity_id]
        assert sensor.domain in ("sensor", "binary_sensor")
        assert label(sensor.name).startswith(f"{name.plain} ")
        assert sensor in where.called_after(name)
    # At times just the sensors are there: nobody can switch the fridge.
    assert any(name.plain not in where.called for where, _, name in parts)
    assert any(name.plain in where.called for where, _, name in parts)
