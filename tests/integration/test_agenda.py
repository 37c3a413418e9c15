"""Lists and calendars are read out."""

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.home_llm.agenda import MOST_ITEMS
from custom_components.home_llm.answering import Answers
from custom_components.home_llm.core.home import Entity, Home
from custom_components.home_llm.core.parser import Query
from tests.integration.agenda_house import Calendar, List, async_add, event
from tests.integration.spoken import ENGLISH

SATURDAY_MORNING = "2026-11-21 10:00:00+00:00"


async def _said(hass: HomeAssistant, kind: str, day: str = "") -> str:
    states = hass.states.async_all(kind)
    entities = tuple(
        Entity(entity_id=state.entity_id, name=state.name, state=state.state) for state in states
    )
    query = Query(verb="list", kind=kind, entity_ids=tuple(e.entity_id for e in entities), day=day)
    answers = Answers(hass, ENGLISH, Home(entities=entities), Context())
    return await answers.async_answer(query)


@pytest.fixture(autouse=True)
async def utc(hass: HomeAssistant) -> None:
    """Let the home be in Greenwich."""
    await hass.config.async_set_time_zone("UTC")


async def test_what_is_to_be_done(hass: HomeAssistant) -> None:
    await async_add(hass, "todo", List("Shopping", "milk", "coffee*", "bread"), List("Chores"))
    said = await _said(hass, "todo")
    assert said == "On Shopping: milk and bread. There is nothing on Chores."


async def test_long_lists_are_cut(hass: HomeAssistant) -> None:
    await async_add(hass, "todo", List("Shopping", *(f"thing {n}" for n in range(MOST_ITEMS + 2))))
    said = await _said(hass, "todo")
    assert said.endswith(f"thing {MOST_ITEMS - 1} and two more.")


async def test_a_list_that_cannot_be_reached(hass: HomeAssistant) -> None:
    hass.states.async_set("todo.shopping", "unavailable")
    assert await _said(hass, "todo") == "I cannot reach shopping at the moment."
    # There is no such action, since there are no lists.
    hass.states.async_set("todo.shopping", "3")
    assert await _said(hass, "todo") == "I cannot reach shopping at the moment."


@pytest.mark.freeze_time(SATURDAY_MORNING)
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("today", "Today: Market and Concert at 8:00 PM."),
        ("tonight", "Tonight: Market and Concert at 8:00 PM."),
        ("tomorrow", "Tomorrow: Vet at 9:00 AM."),
        ("sunday", "Tomorrow: Vet at 9:00 AM."),
        (
            "weekend",
            "This weekend: Market today, Concert today at 8:00 PM and Vet tomorrow at 9:00 AM.",
        ),
        ("monday", "There is nothing in the calendar on Monday."),
        ("", "Next: Market today, Concert today at 8:00 PM and Vet tomorrow at 9:00 AM."),
    ],
)
async def test_what_is_on(hass: HomeAssistant, day: str, said: str) -> None:
    await async_add(
        hass,
        "calendar",
        Calendar("Family", event("Vet", 1, 9), event("Dentist", 3, 9), event("Breakfast", 0, 8)),
        Calendar("Town", event("Market", 0), event("Concert", 0, 20)),
    )
    assert await _said(hass, "calendar", day) == said


@pytest.mark.freeze_time(SATURDAY_MORNING)
async def test_what_has_begun_has_no_time(hass: HomeAssistant) -> None:
    await async_add(hass, "calendar", Calendar("Family", event("Brunch", 0, 9.5)))
    assert await _said(hass, "calendar", "today") == "Today: Brunch."


async def test_a_calendar_that_cannot_be_read(hass: HomeAssistant) -> None:
    await async_add(hass, "calendar", Calendar("Family", broken=True))
    assert await _said(hass, "calendar") == "I cannot reach Family at the moment."
    assert await _said(hass, "valve") == "There are no valves here that I can see."
