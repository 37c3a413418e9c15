"""Text of a sentence as arguments: options that a device really has, items, names."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home
from home_llm_core.parser import Unclear
from tests.core.hearing import done_to, entity, heard, hearing, refusal


def washer(*options: str) -> Home:
    """Return a home in which only one thing can be chosen."""
    return Home(entities=(entity("select.x", "Wascator", options={"option": options}),))


def chosen(said: str, *options: str) -> str:
    """Return the option that is meant by words of a sentence."""
    home = washer(*options)
    sentence = f"set it to {said}"
    name = hearing(home, sentence).shown(" ".join(word for word in said.split() if word != "…"))
    (call,) = heard(home, sentence, f"select select = name {name}")
    assert isinstance(call, Call)
    return str(call.arguments["option"])


@pytest.mark.parametrize(
    ("said", "options", "option"),
    [
        ("cotton", ("Cotton", "Wool"), "Cotton"),
        ("COTTON", ("cotton", "wool"), "cotton"),
        ("heat cool", ("heat_cool", "heat", "cool"), "heat_cool"),
        ("quick thirty", ("Quick thirty",), "Quick thirty"),
        ("quick two", ("Quick 2", "Quick 3"), "Quick 2"),
        # Joined and parted words, slips.
        ("movienight", ("Movie night", "Day"), "Movie night"),
        ("net flix", ("Netflix", "HDMI 1"), "Netflix"),
        ("spotfy", ("Spotify", "Radio"), "Spotify"),
        ("slep", ("Sleep", "Away"), "Sleep"),
        ("movie nigth", ("Movie night", "Movie day"), "Movie night"),
        # A part, or more than it.
        ("movie", ("Movie night", "Day"), "Movie night"),
        ("the eco program", ("Eco", "Boost"), "Eco"),
        ("客 厅", ("客厅", "厨房"), "客厅"),
    ],
)
def test_the_option_that_is_meant(said: str, options: tuple[str, ...], option: str) -> None:
    assert chosen(said, *options) == option


@pytest.mark.parametrize(
    ("said", "options"),
    [
        # Several are like it.
        ("hdmi", ("HDMI 1", "HDMI 2")),
        ("movie", ("Movie night", "Movie day")),
        # A number is never a slip, and short words are easily others.
        ("hdmi 3", ("HDMI 1", "HDMI 2")),
        ("hdmi3", ("HDMI1",)),
        ("day", ("Away", "Home")),
        ("slow", ("Low", "High")),
        ("light", ("Night",)),
        ("dragon", ("Eco", "Boost")),
        ("eco", ()),
        ("eco", ("", "\U0001f4a1")),
    ],
)
def test_never_the_next_best(said: str, options: tuple[str, ...]) -> None:
    """It is told that there is no such option."""
    assert chosen(said, *options) == said
    home = washer(*options)
    (call,) = heard(home, f"set it to {said}", f"select select = name {said}")
    assert refusal(call, home) == ("unknown_option", said)


def test_devices_with_other_options_get_calls_of_their_own() -> None:
    """Those without one are left out: it is enough that one of them can."""
    options = (("Eco", "Boost"), ("eco", "sleep"), ("Auto",))
    home = Home(
        entities=tuple(
            entity(f"climate.{n}", state="heat", options={"preset_mode": each})
            for n, each in zip("xyz", options, strict=True)
        )
    )
    found = heard(home, "all thermostats to eco", "preset climate: all = name eco")
    assert [done_to(event, home) for event in found] == [("climate.x",), ("climate.y",)]
    assert [event.arguments["preset_mode"] for event in found if isinstance(event, Call)] == [
        "Eco",
        "eco",
    ]
    (call,) = heard(home, "all thermostats to boost", "preset climate: all = name boost")
    assert done_to(call, home) == ("climate.x",)
    # If none has it, that is told.
    (call,) = heard(home, "all thermostats to dry", "preset climate: all = name dry")
    assert refusal(call, home) == ("unknown_option", "dry")


@pytest.mark.parametrize(
    ("said", "line", "item"),
    [
        ("put a Watermelon on the list", "add todo = item a watermelon", "Watermelon"),
        ("add some of Mum's jam", "add todo = item some of mum's jam", "of Mum's jam"),
        ("we need the A team", "add todo = item the a team", "team"),
        ("add milk & honey.", "add todo = item milk & honey", "milk & honey"),
        ("add “Earl Grey” (loose), please", "add todo = item earl grey loose", "Earl Grey (loose"),
        ("add a a", "add todo = item a a", "a"),
        ("add x = y", "add todo = item x = y", "x = y"),
        ("add \uff12 eggs", "add todo = item 2 eggs", "2 eggs"),
    ],
)
def test_an_item_is_what_was_said(said: str, line: str, item: str) -> None:
    """With its capitals, and without the articles before it."""
    home = Home(entities=(entity("todo.x", "Chores"),))
    (call,) = heard(home, said, line)
    assert call == Call(action="todo.add_item", devices=("todo chores",), arguments={"item": item})


def test_an_item_can_be_called_like_a_device() -> None:
    """The message has a letter for it; the list has its name."""
    home = Home(entities=(entity("todo.x", "Chores"), entity("light.d", "Desk Lamp")))
    (call,) = heard(home, "add bulbs for the Desk Lamp", "add todo = item bulbs for the light A")
    assert isinstance(call, Call)
    assert call.arguments == {"item": "bulbs for the Desk Lamp"}


@pytest.mark.parametrize(
    ("said", "line", "lists"),
    [
        ("add milk", "add todo = item milk", None),
        ("buy milk", "buy todo = item milk", "todo.groceries"),
        ("add milk to the chores", "add todo A = item milk", "todo.chores"),
        ("milk off the chores", "remove todo A = item milk", "todo.chores"),
    ],
)
def test_which_list(said: str, line: str, lists: str | None) -> None:
    """The only list; for what one buys, the one for that; else somebody has to ask."""
    chores, groceries = entity("todo.chores"), entity("todo.groceries")
    (event,) = heard(Home(entities=(chores, groceries)), said, line)
    if lists is None:
        ids = ("todo.chores", "todo.groceries")
        assert event == Unclear(entity_ids=ids, verb="add", arguments={"item": "milk"})
    else:
        assert done_to(event, Home(entities=(chores, groceries))) == (lists,)
    if "A" not in line:
        for only in (chores, groceries):
            (event,) = heard(Home(entities=(only,)), said, line)
            assert done_to(event, Home(entities=(only,))) == (only.entity_id,)
        (event,) = heard(Home(), said, line)
        assert refusal(event, Home()) == ("empty_target", "all")


def test_two_lists_for_shopping_ask() -> None:
    home = Home(entities=(entity("todo.a", "Shopping list"), entity("todo.b", "Grocery list")))
    (event,) = heard(home, "buy milk", "buy todo = item milk")
    assert isinstance(event, Unclear)


def test_a_timer() -> None:
    line = "start timer = hours 1 = minutes 30 = name earl grey"
    (call,) = heard(Home(), "a timer for the Earl Grey, an hour and a half", line)
    arguments = {"hours": 1, "minutes": 30, "name": "Earl Grey"}
    assert call == Call(action="timer.start", arguments=arguments)
    assert done_to(call, Home()) == ()
    (call,) = heard(Home(), "how long is left", "state timer")
    assert call == Call(action="timer.status")
