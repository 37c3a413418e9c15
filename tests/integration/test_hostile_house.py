"""A house with names, states and titles that give orders, and people who do: all of it is text."""

from collections.abc import Mapping
import os
from random import Random
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.light import ColorMode
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
import orjson
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    setup_test_component_platform,
)

from custom_components.home_llm.core.actions import ACTIONS
from tests.core import hostile
from tests.integration.conftest import Say, speech_of, worker_of
from tests.integration.doors import Door
from tests.integration.house import Fan, Lamp, Plug
from tests.integration.remote_agents import async_change

# A registry holds no halves of surrogate pairs.
SIGNS = [sign for sign in hostile.SIGNS if sign.strip() and not "\ud800" <= sign <= "\udfff"]
NAMES = (*hostile.MARKUP, *hostile.ORDERS, *SIGNS, "Lamp", "Front door")
FORBIDDEN = {"lock.unlock", "lock.open", "switch.turn_off"}
TAKEN_BACK = [action for action in ACTIONS if action not in FORBIDDEN]

many = pytest.mark.parametrize(
    "count", [200, pytest.param(5000, marks=pytest.mark.soak)], ids=["some", "many"]
)


def _things(rng: Random, number: int) -> list[Entity]:
    """Return a device of each kind; each name is another's, too."""
    lamp = Lamp(rng.choice(NAMES), {ColorMode.BRIGHTNESS})
    things: list[Entity] = [lamp, Plug(rng.choice(NAMES)), Fan(rng.choice(NAMES))]
    things.append(Door(rng.choice(NAMES)))
    for thing in things:
        thing._attr_unique_id = f"{type(thing).__name__} {number}"
    return things


async def async_furnish(hass: HomeAssistant) -> set[str]:
    """Build the house; return the ids of what is exposed."""
    rng = Random(6)
    things = [thing for number in range(12) for thing in _things(rng, number)]
    for domain, kind in (("light", Lamp), ("switch", Plug), ("fan", Fan), ("lock", Door)):
        those = [thing for thing in things if isinstance(thing, kind)]
        setup_test_component_platform(hass, domain, those)
        assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
    await hass.async_block_till_done()
    areas = [ar.async_get(hass).async_create(f"{name} {n}") for n, name in enumerate(NAMES[::9])]
    exposed = set()
    for number, thing in enumerate(things):
        entry = er.async_get(hass).async_update_entity(
            thing.entity_id, area_id=rng.choice(areas).id, aliases=[rng.choice(NAMES)]
        )
        if number % 3:
            exposed.add(entry.entity_id)
        async_expose_entity(hass, "conversation", entry.entity_id, bool(number % 3))
    for number, name in enumerate(NAMES):
        title = {"media_title": name, "media_artist": name, "friendly_name": name}
        hass.states.async_set(f"media_player.x{number}", "playing", title)
        hass.states.async_set(f"sensor.x{number}", name[:200], {"friendly_name": name})
        for entity_id in (f"media_player.x{number}", f"sensor.x{number}"):
            async_expose_entity(hass, "conversation", entity_id, bool(number % 2))
            exposed |= {entity_id} if number % 2 else set()
    return exposed


PLAIN = ("turn on all the fans", "turn on all the lights", "lock all the doors", "everything on")
"""What is done in any house, however its things are called."""


def said_in(rng: Random) -> str:
    """Return what is said in such a house."""
    if rng.random() < 0.2:
        return rng.choice(PLAIN)
    orders = ("turn on {}", "{} off", "unlock {}", "open {}", "set {} to 30%", "what is {}", "{}")
    sentence = rng.choice(orders).format(rng.choice(NAMES))
    return f"{sentence} {hostile.text(rng, 3)}" if rng.random() < 0.6 else sentence


@many
async def test_only_what_is_exposed_and_allowed_is_touched(
    hass: HomeAssistant, core: None, entry: MockConfigEntry, say: Say, count: int
) -> None:
    """Whatever is said: each action that Home Assistant runs is one that may be run."""
    exposed = await async_furnish(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_change(hass, entry, actions=TAKEN_BACK)
    called: list[Mapping[str, Any]] = []

    def note(event: Event) -> None:
        called.append(event.data)

    hass.bus.async_listen(EVENT_CALL_SERVICE, note)
    rng = Random(count)
    spoken = None
    await say("hello")
    worker = worker_of(entry)
    for _ in range(count):
        spoken = spoken if rng.random() < 0.4 else None
        result = await say(said_in(rng), conversation_id=spoken)
        spoken = result.conversation_id
        assert speech_of(result).strip()
        orjson.dumps(result.as_dict())  # What cannot be written as JSON never reaches anybody.
    assert len(called) > count / 20  # It would prove nothing if nothing had been done.
    for data in called:
        action = f"{data['domain']}.{data['service']}"
        given = dict(data["service_data"])
        assert action in TAKEN_BACK
        assert given.pop("entity_id") in exposed
        assert not {"area_id", "device_id", "floor_id", "label_id"} & given.keys()
    assert worker_of(entry) == worker
    assert worker is not None
    os.kill(worker, 0)
