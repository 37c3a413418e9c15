"""Tests of the facts that hold in every language."""

from pathlib import Path
import random

import pytest

from data.domains import NO_CLASS, PATH, actions_in, domain_of, facts, kind_of_sort, parse
from data.sources import BankError, read
from home_llm_core.actions import ACTIONS
from home_llm_core.kinds import DOMAINS, KINDS
from tests.data.homes import ENGLISH


def test_every_domain_is_described() -> None:
    assert set(facts().domains) == set(DOMAINS)


def test_features_are_what_the_actions_ask_for() -> None:
    for name, domain in facts().domains.items():
        actions = [action for action in ACTIONS.values() if action.domain == name]
        known: set[object] = {a.feature for action in actions for a in action.arguments}
        known |= {action.feature for action in actions}
        known |= {
            v for action in actions for a in action.arguments if a.is_feature for v in a.values
        }
        assert {feature for features in domain.features for feature in features} <= known


def test_values_are_values_of_their_argument() -> None:
    rng = random.Random(0)
    for slot in facts().slots.values():
        allowed = {
            value
            for action in ACTIONS.values()
            for argument in action.arguments
            if argument.name == slot.argument
            for value in argument.values
        }
        if slot.unit and allowed:  # Else any number is a value.
            assert {slot.sign * slot.number(rng) for _ in range(500)} <= allowed


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("light", "light"),
        ("cover", "cover"),
        ("cover_blind", "blind"),
        ("sensor_aqi", "air_quality"),
        ("binary_sensor_occupancy", "motion"),
        ("binary_sensor_door", "door"),
        ("input_number", "number"),
        ("input_button", "button"),
        ("media_player_tv", "tv"),
    ],
)
def test_a_sort_has_a_word_in_the_lines_of_a_model(sort: str, kind: str) -> None:
    assert kind_of_sort(sort) == kind


def test_every_sort_has_a_kind_and_a_domain() -> None:
    for sort in facts().sorts:
        assert kind_of_sort(sort) in KINDS
        assert domain_of(sort) in DOMAINS
    assert domain_of("input_number") == "input_number"


def test_actions_that_need_no_device_are_always_allowed() -> None:
    actions = actions_in(["light"])

    assert {"light.turn_on", "timer.start"} <= actions
    assert "fan.turn_on" not in actions


def states(domain: str, device_class: str | None = None, *options: str) -> list[str]:
    """Return how two thousand devices stand that can be set to ``options``."""
    rng = random.Random(0)
    spec = facts().domains[domain]
    return [spec.state(device_class, options, rng) for _ in range(2000)]


def test_a_state_may_be_a_number_in_the_range_of_its_class() -> None:
    found = set(states("sensor", "humidity")) - {"unavailable", "unknown"}

    assert all(30 <= float(state) <= 70 for state in found)
    assert all(state == f"{float(state):.10g}" for state in found)


def test_a_number_helper_has_a_number_of_some_kind() -> None:
    found = set(states("number")) - {"unavailable", "unknown"}

    assert all(-12 <= float(state) <= 5000 for state in found)


def test_a_state_may_be_a_word_of_its_class() -> None:
    known = facts().domains["sensor"].class_states[NO_CLASS]

    assert set(states("sensor")) == {*known, "unavailable", "unknown"}


def test_a_state_may_be_an_option() -> None:
    assert set(states("select", None, "Eco", "Wool")) == {"Eco", "Wool", "unavailable", "unknown"}


def test_few_devices_have_no_state_to_tell() -> None:
    missing = [state for state in states("sensor", "power") if not state[-1].isdigit()]

    assert 0.02 * 2000 < len(missing) < 0.09 * 2000
    assert set(missing) == {"unavailable", "unknown"}


def test_what_devices_can_be_set_to_are_lists_of_words() -> None:
    for domain in facts().domains.values():
        for options in domain.options.values():
            assert 1 < options.least < options.most
            assert len(ENGLISH.lists[options.words]) > options.most


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("argument: brightness,", "argument: shininess,", "no action has an argument 'shininess'"),
        ("  light:", "  lamp:", "unknown field 'lamp'"),
        ("weight: 62", "weight: much", "a number is expected"),
        ("low: 5, high: 60", "low: 5, highest: 60", "unknown field 'highest'"),
        ("share: 1, least: 2", "share: 1, fewest: 2", "unknown field 'fewest'"),
        (
            "parts: {sensor_power",
            "parts: {sensor_might",
            "there is no sort of device 'sensor_might'",
        ),
    ],
)
def test_a_broken_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "domains.yaml"
    path.write_text(PATH.read_text().replace(old, new, 1))

    with pytest.raises(BankError, match=rf"domains.yaml:\d+: {message}"):
        parse(read(path))
