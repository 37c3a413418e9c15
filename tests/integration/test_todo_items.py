"""Items of to-do lists are found as people say them, and nothing is done to others."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.home_llm.control import Outcome, Problem
from custom_components.home_llm.core.errors import CallError
from custom_components.home_llm.todo_items import Item, meant
from tests.integration.carried_out import async_build, async_do
from tests.integration.conftest import Answer, Say, speech_of

_LIST = (
    "{name: Shopping, kind: todo, attributes: "
    "{items: [Oat milk, 6 Eggs, Butter, {summary: Bread, done: true}]}}"
)
_LISTS = f"{_LIST}, {{name: Chores, kind: todo, attributes: {{items: [Bins, Oat milk]}}}}"


type Wanted = Callable[[str, str], Awaitable[str]]


async def _items(hass: HomeAssistant) -> dict[str, str]:
    response = await hass.services.async_call(
        "todo", "get_items", {"entity_id": "todo.shopping"}, blocking=True, return_response=True
    )
    items: Any = response["todo.shopping"] if response else {}
    return {item["summary"]: item["status"] for item in items["items"]}


async def test_an_item_is_added(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_build(hass, tmp_path, _LIST)
    outcome = await async_do(hass, "todo.add_item", "todo.shopping", item="Coffee")
    assert outcome == Outcome(entity_ids=("todo.shopping",), items=("Coffee",))
    assert (await _items(hass))["Coffee"] == "needs_action"


async def test_an_item_is_completed(hass: HomeAssistant, tmp_path: Path) -> None:
    await async_build(hass, tmp_path, _LIST)
    outcome = await async_do(hass, "todo.complete_item", "todo.shopping", item="oat milk")
    assert outcome == Outcome(entity_ids=("todo.shopping",), items=("Oat milk",))
    assert await _items(hass) == {
        "Oat milk": "completed",
        "6 Eggs": "needs_action",
        "Butter": "needs_action",
        "Bread": "completed",
    }


@pytest.mark.parametrize(("said", "summary"), [("egg", "6 Eggs"), ("bread", "Bread")])
async def test_an_item_is_removed(
    hass: HomeAssistant, tmp_path: Path, said: str, summary: str
) -> None:
    await async_build(hass, tmp_path, _LIST)
    outcome = await async_do(hass, "todo.remove_item", "todo.shopping", item=said)
    assert outcome.items == (summary,)
    assert summary not in await _items(hass)
    assert len(await _items(hass)) == 3


@pytest.fixture
async def wanted(hass: HomeAssistant, tmp_path: Path, answer: Answer, say: Say) -> Wanted:
    """Return a function that wants something of an item, where two lists are, and what is said."""
    await async_build(hass, tmp_path, _LISTS)

    async def wanted(verb: str, item: str) -> str:
        answer(f"> {verb} todo = item {item}\n")
        return speech_of(await say(f"{item}, please"))

    return wanted


@pytest.mark.parametrize(
    ("verb", "item", "name"), [("complete", "butter", "Butter"), ("remove", "eggs", "6 Eggs")]
)
async def test_a_list_that_nobody_names_is_the_one_that_has_the_item(
    hass: HomeAssistant, wanted: Wanted, verb: str, item: str, name: str
) -> None:
    assert name in await wanted(verb, item)
    assert (await _items(hass)).get(name) != "needs_action"


async def test_what_is_done_is_not_what_is_meant(
    hass: HomeAssistant, tmp_path: Path, answer: Answer, say: Say
) -> None:
    """Nor is what only holds the words, where another list has just that."""
    done = "{name: Done, kind: todo, attributes: {items: [{summary: Butter, done: true}]}}"
    longer = "{name: Longer, kind: todo, attributes: {items: [Butter for the cat]}}"
    await async_build(hass, tmp_path, f"{_LIST}, {done}, {longer}")
    answer("> complete todo = item butter\n")
    assert "Butter" in speech_of(await say("butter, please"))
    assert (await _items(hass))["Butter"] == "completed"


async def test_a_list_that_does_not_answer_leaves_the_question(
    hass: HomeAssistant, wanted: Wanted
) -> None:
    hass.services.async_remove("todo", "get_items")
    assert "which one do you mean" in (await wanted("complete", "butter")).lower()


@pytest.mark.parametrize(("verb", "item"), [("complete", "oat milk"), ("add", "tea")])
async def test_where_the_item_does_not_tell_somebody_asks_which_list(
    hass: HomeAssistant, wanted: Wanted, verb: str, item: str
) -> None:
    before = await _items(hass)
    assert "which one do you mean" in (await wanted(verb, item)).lower()
    assert await _items(hass) == before


async def test_which_list_is_asked_once_for_all_items(
    hass: HomeAssistant, tmp_path: Path, answer: Answer, say: Say
) -> None:
    await async_build(hass, tmp_path, _LISTS)
    answer("> add todo = item tea\n> add todo = item rice\n")
    asked = await say("tea, rice")
    assert speech_of(asked).lower().count("which one do you mean") == 1
    answer("> same todo A\n")
    said = speech_of(await say("shopping", conversation_id=asked.conversation_id))
    assert "tea" in said
    assert {"tea", "rice"} <= (await _items(hass)).keys()


async def test_an_item_of_no_list_is_not_asked_about(hass: HomeAssistant, wanted: Wanted) -> None:
    before = await _items(hass)
    assert "cannot find soap" in await wanted("remove", "soap")
    assert await _items(hass) == before


@pytest.mark.parametrize("action", ["todo.complete_item", "todo.remove_item"])
async def test_an_unknown_item_is_told(hass: HomeAssistant, tmp_path: Path, action: str) -> None:
    await async_build(hass, tmp_path, _LIST)
    before = await _items(hass)
    outcome = await async_do(hass, action, "todo.shopping", item="Soap")
    assert outcome == Outcome(problems=(Problem(reason="unknown_item", name="Soap"),))
    assert await _items(hass) == before


@pytest.mark.parametrize(
    ("said", "summary"),
    [
        ("MILK", "milk"),
        ("tomato", "Tomatoes"),
        ("batteries", "battery"),
        ("the dishes", "Dish"),
        ("mlik", "milk"),
        ("buttr", "Butter"),
        ("call mum", "Call mum about the weekend"),
        ("two lemons", "2 lemons"),
        ("sharpened the mower", "Sharpen the mower"),
        ("cleaned windows", "Clean the windows"),
    ],
)
def test_items_are_meant_as_people_say_them(said: str, summary: str) -> None:
    others = (Item(summary="Washing powder"), Item(summary="Flour"))
    item = Item(summary=summary)
    assert meant(said, (*others, item)) is item


def test_what_is_to_be_done_goes_before_what_is_done() -> None:
    done, open_ = Item(summary="milk", is_open=False), Item(summary="Oat milk")
    assert meant("milk", (done, open_)) is open_
    assert meant("milk", (done,)) is done


def test_the_same_goes_before_a_part() -> None:
    same = Item(summary="Milk")
    assert meant("milk", (Item(summary="Oat milk"), same)) is same
    twice = (Item(summary="milk", uid="1"), Item(summary="Milk", uid="2"))
    assert meant("milk", twice) is twice[0]


@pytest.mark.parametrize(
    ("said", "error"),
    [("milk", "ambiguous_item: Oat milk, Soy milk"), ("ham", "unknown_item: ham"), ("?", "unk")],
)
def test_nothing_is_guessed(said: str, error: str) -> None:
    items = (Item(summary="Oat milk"), Item(summary="Soy milk"), Item(summary="Jam"))
    with pytest.raises(CallError, match=error):
        meant(said, items)
