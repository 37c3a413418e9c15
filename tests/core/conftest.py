"""Homes that the tests of the core share."""

import pytest

from home_llm_core.home import Area, Entity, Floor, Home
from tests.core import templates
from tests.core.villa import VILLA


@pytest.fixture
def sample_home() -> Home:
    """Return the home of the sample that the Home-LLM format is defined by."""
    return Home(
        entities=(
            Entity(
                entity_id="light.office",
                name="Office Light",
                state="on",
                attributes={"brightness": 80},
            ),
            Entity(entity_id="fan.office", name="Office fan", state="off"),
            Entity(
                entity_id="light.kitchen",
                name="Kitchen Light",
                state="on",
                attributes={"brightness": 80, "color": "red"},
            ),
            Entity(entity_id="light.bedroom", name="Bedroom Light", state="off"),
        )
    )


@pytest.fixture
def house() -> Home:
    """Return a house with two floors, equal names, aliases, and a device that cannot be reached."""
    dimmable = frozenset({"dim", "color"})
    return Home(
        floors=(
            Floor(floor_id="ground", name="Ground floor"),
            Floor(floor_id="top", name="Upstairs", aliases=("Top floor",)),
        ),
        areas=(
            Area(area_id="kitchen", name="Kitchen", floor_id="ground", aliases=("Cooking corner",)),
            Area(area_id="bedroom", name="Bedroom", floor_id="top"),
            Area(area_id="shed", name="Shed"),
        ),
        entities=(
            Entity(
                entity_id="light.k1",
                name="Ceiling",
                area_id="kitchen",
                state="on",
                attributes={"brightness": 80, "color": "red"},
                features=dimmable,
            ),
            Entity(entity_id="light.k2", name="Counter", area_id="kitchen", state="off"),
            Entity(
                entity_id="light.b1",
                name="Ceiling",
                area_id="bedroom",
                state="off",
                features=dimmable,
            ),
            Entity(
                entity_id="fan.b2",
                name="Lena\u2019s Fan",
                aliases=("Breeze",),
                area_id="bedroom",
                state="on",
                attributes={"percentage": 40},
                features=frozenset({"speed"}),
            ),
            Entity(entity_id="switch.s1", name="Pump", area_id="shed", state="unavailable"),
            Entity(entity_id="switch.x", name="Kettle", state="off"),
        ),
        last_changed=("fan.b2", "light.k1"),
    )


@pytest.fixture
def villa() -> Home:
    """Return a house with devices of most domains; nothing is in the shed but what is broken."""
    return VILLA


@pytest.fixture(scope="session")
def chat_templates() -> dict[str, str]:
    """Return the chat templates of real models, by their names."""
    return templates.load()
