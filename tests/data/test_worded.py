"""Tests of wishes with words that are taken as they are: timers, lists, options."""

from collections.abc import Collection

import pytest

from data.houses import House
from data.jotted import POOLS
from data.scenes import Draft
from data.worded import worded
from home_llm_core.calls import Call, Wanted
from tests.data.homes import ENGLISH, device, home, house, only, scene

PLAYER = {"source": ("Radio", "Turntable")}


@pytest.fixture
def rooms() -> House:
    return house(
        home(
            device("todo.a", "Groceries", state="3"),
            device("media_player.b", "Stereo", "study", state="playing", options=PLAYER),
            device("select.c", "Washer", "hall", state="Eco", options={"option": ("Eco", "Wool")}),
            device("input_select.d", "Mood", state="calm", options={"option": ("calm", "wild")}),
            device("select.e", "Dumb", "hall", state="unknown"),
            areas=("study", "hall"),
        )
    )


def drafts(where: House, kind: str, pattern: str) -> list[tuple[Draft, list[Wanted]]]:
    """Return what many people say with a pattern, and what is wanted."""
    known = only(pattern)
    made = (worded(scene(where, seed, patterns=known), kind) for seed in range(100))
    found = [draft for draft in made if draft is not None]
    assert found
    for draft in found:
        assert draft.kind == kind
        assert draft.calls is None
        assert all(isinstance(each, Wanted) for each in draft.wanted)
        assert all(value in draft.sentence.text for value in draft.sentence.values)
    return [(d, [w for w in d.wanted if isinstance(w, Wanted)]) for d in found]


def lists_with(item: str) -> set[str]:
    return {name for name in ("shopping_item", "task_item") if item in words_of(name)}


def words_of(name: str) -> Collection[str]:
    return {word.text.source for word in ENGLISH.lists[name]}


def test_a_timer_and_how_long_it_runs(rooms: House) -> None:
    for draft, (wanted,) in drafts(rooms, "timer", "set a {timer} for {duration}"):
        assert (wanted.verb, wanted.kind) == ("start", "timer")
        assert wanted.arguments.keys() <= {"hours", "minutes", "seconds"}
        assert draft.sentence.sorts == ()
        assert draft.sentence.text.endswith(draft.sentence.values[0])


def test_a_duration_before_a_noun_has_an_article(rooms: House) -> None:
    for draft, _ in drafts(rooms, "timer", "set {duration.a} {timer}"):
        assert draft.sentence.values[0].split()[0] in ("a", "an")
        assert "minutes" not in draft.sentence.text


def test_a_timer_has_a_name(rooms: House) -> None:
    for draft, (wanted,) in drafts(rooms, "timer", "cancel the {name} {timer}"):
        assert wanted.arguments == {"name": draft.sentence.values[0]}


def test_names_of_timers_are_known_spliced_and_invented(rooms: House) -> None:
    found = drafts(rooms, "timer", "cancel the {name} {timer}")
    names = [str(wanted.arguments["name"]) for _, (wanted,) in found]
    known = {word for name in POOLS for word in words_of(name)}
    parts = {part for word in known for part in word.split()}

    listed = [name for name in names if name in known]
    spliced = [name for name in names if name not in known and parts.issuperset(name.split())]
    assert listed
    assert spliced
    assert len(listed) + len(spliced) < len(names)


def test_a_timer_in_a_room(rooms: House) -> None:
    found = drafts(rooms, "timer", "set a {timer} for {duration} {area.in}")

    texts = {draft.sentence.text.rpartition(" in the ")[2] for draft, _ in found}
    assert texts == {"study", "hall"}
    for _, (wanted,) in found:
        assert wanted.target == Call(action="")
        assert wanted.arguments.keys() <= {"hours", "minutes", "seconds"}


@pytest.mark.parametrize(
    ("pattern", "verb"),
    [
        ("add {item} to {target}", "add"),
        ("we need {item}", "buy"),
        ("i bought {item}, tick it off", "complete"),
        ("remind me to {item}", "add"),
    ],
)
def test_an_item_and_what_is_done_with_it(rooms: House, pattern: str, verb: str) -> None:
    for draft, (wanted,) in drafts(rooms, "todo", pattern):
        assert (wanted.verb, wanted.kind) == (verb, "todo")
        assert wanted.arguments == {"item": draft.sentence.values[0]}
        named = ("todo groceries",) if "{target}" in pattern else ()
        assert wanted.target.devices == named


@pytest.mark.parametrize(
    ("pattern", "lists"),
    [
        ("we need {item}", {"shopping_item"}),
        ("remind me to {item}", {"task_item"}),
        ("add {item} to {target}", {"shopping_item", "task_item"}),
    ],
)
def test_things_to_buy_and_things_to_do(rooms: House, pattern: str, lists: set[str]) -> None:
    items = {draft.sentence.values[0] for draft, _ in drafts(rooms, "todo", pattern)}

    assert all(items & set(words_of(name)) for name in lists)
    assert all(lists & homes for item in items if (homes := lists_with(item)))


def test_several_items_are_a_line_each(rooms: House) -> None:
    found = drafts(rooms, "todo", "we need {items}")

    assert {len(wanted) for _, wanted in found} >= {2, 3}
    for draft, wanted in found:
        assert [each.arguments["item"] for each in wanted] == list(draft.sentence.values)


def test_an_option_that_the_device_has(rooms: House) -> None:
    found = drafts(rooms, "value", "set {target} to {option}")

    assert {wanted.arguments["name"] for _, (wanted,) in found} == {"eco", "wool", "calm", "wild"}
    for _, (wanted,) in found:
        assert wanted.verb == "select"
        washer = wanted.arguments["name"] in ("eco", "wool")
        assert wanted.target.devices == (("select washer" if washer else "input_select mood"),)


def test_an_option_in_a_room_or_of_what_goes_without_saying(rooms: House) -> None:
    for _, (wanted,) in drafts(rooms, "value", "switch to {source} {area.in}"):
        assert wanted.target.area == "area study"
    for _, (wanted,) in drafts(rooms, "value", "change the (source|input) to {source}"):
        assert wanted.target.devices == ("media_player stereo",)


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("todo", "add {item} to {target}"),
        ("value", "set {target} to {option}"),
        ("value", "switch to {source} {area.in}"),
        ("value", "change the (source|input) to {source}"),
        ("timer", "set a {timer} for {duration} {area.in}"),
    ],
)
def test_no_list_and_no_options_and_no_room(kind: str, pattern: str) -> None:
    radios = [device(f"media_player.{name}", f"{name} Radio", options=PLAYER) for name in "ab"]
    bare = house(home(device("select.a", "Dumb", state="unknown"), *radios))
    known = only(pattern)

    assert [worded(scene(bare, seed, patterns=known), kind) for seed in range(20)] == [None] * 20


@pytest.mark.parametrize(
    "pattern", ["put the heating on {preset} {area.in}", "set the fan of {target} to {fan_mode}"]
)
def test_an_option_of_something_else_is_none(pattern: str) -> None:
    fan = device("fan.a", "Zephyr", "study", options={"preset_mode": ("Eco", "Sleep")})
    heater = device("climate.b", "Heater", "study", options={"swing_mode": ("both", "none")})
    where = house(home(fan, heater, areas=("study",)))
    known = only(pattern)

    assert [worded(scene(where, seed, patterns=known), "value") for seed in range(20)] == [
        None
    ] * 20
