"""What is to be bought is noted down thing by thing, on the list for it."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.formats.tiny_arguments import is_shopping_list
from home_llm_core.home import Home
from tests.core.hearing import comes_to, entity, hearing

CHORES = entity("todo.chores", "Quillon")


def items(language: str, name: str, said: str, item: str) -> list[object]:
    """Return the items that are noted down on a list of that name."""
    home = Home(entities=(entity("todo.list", name), CHORES), language=language)
    events = comes_to(hearing(home, said), f"add todo A = item {item}")
    return [event.arguments["item"] for event in events if isinstance(event, Call)]


@pytest.mark.parametrize(
    ("language", "name", "said", "noted"),
    [
        ("en", "Shopping list", "milk and Eggs on the shopping list", ["milk", "Eggs"]),
        ("nl", "Boodschappen", "melk en eieren op de boodschappen", ["melk", "eieren"]),
        ("de", "Einkaufsliste", "milch und eier auf die einkaufsliste", ["milch", "eier"]),
        ("fr", "Courses", "lait et oeufs sur les courses", ["lait", "oeufs"]),
        ("ru", "Покупки", "хлеб и молоко в покупки", ["хлеб", "молоко"]),
    ],
)
def test_two_things_are_two_items(language: str, name: str, said: str, noted: list[str]) -> None:
    item = " ".join(said.lower().split()[:3])
    assert items(language, name, said, item) == noted


@pytest.mark.parametrize(
    ("name", "said", "item"),
    [
        ("Quorl", "wash and dry the car on the quorl", "wash and dry the car"),
        ("Shopping list", "one pack of salt and vinegar crisps on the shopping list", ""),
        ("Shopping list", "sand paper on the shopping list", "sand paper"),
    ],
)
def test_one_thing_is_one_item(name: str, said: str, item: str) -> None:
    whole = item or said.partition(" on the")[0]
    assert items("en", name, said, whole) == [whole]


@pytest.mark.parametrize(
    "name",
    [
        *("Shopping list", "Einkaufsliste", "Courses", "Lista de la compra", "Lista della spesa"),
        *("Compras", "Boodschappen", "Zakupy", "Покупки", "買い物リスト", "购物清单"),
    ],
)
def test_a_list_for_shopping_is_known_by_its_name(name: str) -> None:
    assert is_shopping_list(entity("todo.x", name))
    assert not is_shopping_list(CHORES)


def test_an_item_ends_before_the_list_that_is_named() -> None:
    home = Home(entities=(entity("todo.ken", "Jobs for Ken"),))
    said = "add ring the gas man to ken's jobs"
    (call,) = comes_to(hearing(home, said), "add todo A = item ring the gas man to ken's jobs")
    assert isinstance(call, Call)
    assert call.arguments == {"item": "ring the gas man"}
