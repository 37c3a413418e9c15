"""Tests of the facts that hold in every language."""

from pathlib import Path
import random

import pytest

from data.domains import PATH, facts, parse
from data.sources import BankError, read
from home_llm_core.actions import ACTIONS
from home_llm_core.kinds import DOMAINS


def test_every_domain_is_described() -> None:
    assert set(facts().domains) == set(DOMAINS)


def test_features_are_what_the_actions_ask_for() -> None:
    for name, domain in facts().domains.items():
        actions = [action for action in ACTIONS.values() if action.domain == name]
        known = {a.feature for action in actions for a in action.arguments}
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
    ("old", "new", "message"),
    [
        ("argument: brightness,", "argument: shininess,", "no action has an argument 'shininess'"),
        ("  light:", "  lamp:", "unknown field 'lamp'"),
        ("weight: 62", "weight: much", "a number is expected"),
    ],
)
def test_a_broken_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "domains.yaml"
    path.write_text(PATH.read_text().replace(old, new, 1))

    with pytest.raises(BankError, match=rf"domains.yaml:\d+: {message}"):
        parse(read(path))
