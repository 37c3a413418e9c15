"""What is meant where a model cannot know it: of questions, lists, gates and doors."""

import pytest

from home_llm_core.home import Home
from home_llm_core.parser import Query, Say, Unclear, Unmet
from tests.core.hearing import comes_to, done_to, entity, heard, hearing

HEATING = entity("climate.zubrin", "Zubrin")
WELL = entity("sensor.well", "Wasserstand Brunnen", state="2.4")
METER = entity("sensor.meter", "Haupt", device_class="power", state="90")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "what is the zubrin set to"),
        ("de", "auf wie viel grad steht zubrin"),
        ("fr", "sur combien est réglé zubrin"),
        ("es", "a qué temperatura está programado zubrin"),
        ("it", "a quanto è impostato zubrin"),
        ("pt", "para quanto está regulado zubrin"),
        ("nl", "op hoeveel graden staat zubrin"),
        ("pl", "na ile jest ustawiony zubrin"),
        ("ru", "на сколько градусов выставлен zubrin"),
        ("ja", "zubrinの設定温度は"),
        ("zh-Hans", "zubrin设定多少度"),
    ],
)
def test_what_it_is_set_to_is_not_how_warm_it_is(language: str, said: str) -> None:
    home = Home(entities=(HEATING,), language=language)
    (query,) = heard(home, said, "state climate A = of current_temperature")
    assert isinstance(query, Query)
    assert query.of == "temperature"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "how warm is it at the zubrin"), ("de", "wie warm ist es bei zubrin")],
)
def test_how_warm_it_is(language: str, said: str) -> None:
    home = Home(entities=(HEATING,), language=language)
    (query,) = heard(home, said, "state climate A = of current_temperature")
    assert isinstance(query, Query)
    assert query.of == "current_temperature"


def test_the_sensor_that_is_called_like_it_tells() -> None:
    """Nobody said of what class it is."""
    home = Home(entities=(WELL, METER), language="de")
    (query,) = heard(home, "wie viel wasser ist im brunnen", "state water")
    assert isinstance(query, Query)
    assert query.entity_ids == ("sensor.well",)
    (query,) = heard(home, "wie viel gas ist im tank", "state gas")
    assert isinstance(query, Query)
    assert query.entity_ids == ()


@pytest.mark.parametrize(
    ("language", "said", "item"),
    [
        ("en", "delete the errands", "the todo A"),
        ("de", "lösch die errands", "die todo A"),
        ("ru", "удали errands", "todo A"),
    ],
)
def test_a_list_is_not_its_own_item(language: str, said: str, item: str) -> None:
    home = Home(entities=(entity("todo.x", "Errands"),), language=language)
    assert heard(home, said, f"remove todo A = item {item}") == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("ru", "закрой все ворота"), ("pl", "zamknij wszystkie bramy"), ("de", "alle tore zu")],
)
def test_all_gates_are_all_that_are_called_so(language: str, said: str) -> None:
    names = {"ru": "Ворота", "pl": "Bramy", "de": "Tore"}
    garage = entity("cover.a", f"{names[language]} Kubix", device_class="garage")
    yard = entity("cover.b", "Yard", device_class="gate")
    blind = entity("cover.c", "Loft", device_class="blind")
    home = Home(entities=(garage, yard, blind), language=language)
    (call,) = heard(home, said, "close gate: all")
    assert done_to(call, home) == ("cover.a", "cover.b")


@pytest.mark.parametrize(
    ("language", "said", "door"),
    [
        ("en", "lock the door", "Front door"),
        ("de", "schließ die tür ab", "Vordere Tür"),
        ("pl", "zamknij drzwi na klucz", "Drzwi wejściowe"),
        ("ru", "запри дверь", "Парадная дверь"),
    ],
)
def test_the_only_lock_that_is_called_a_door(language: str, said: str, door: str) -> None:
    lock, padlock = entity("lock.a", door), entity("lock.b", "Abus")
    home = Home(entities=(lock, padlock), language=language)
    (call,) = heard(home, said, "lock lock")
    assert done_to(call, home) == ("lock.a",)
    (unclear,) = heard(home, said, "unlock lock")
    assert isinstance(unclear, Unclear)


@pytest.mark.parametrize(
    ("language", "said", "unit", "limit"),
    [
        ("en", "if haupt is over four kilowatts", "W", 4000),
        ("en", "if haupt is over four kilowatts", "kW", 4),
        ("en", "if haupt is over four watts", "W", 4),
        ("de", "wenn haupt über vier kilowatt liegt", "W", 4000),
        ("zh-Hans", "如果haupt超过4千瓦", "W", 4000),
    ],
)
def test_kilowatts_are_thousands_of_watts(
    language: str, said: str, unit: str, limit: float
) -> None:
    unit_of = {"unit_of_measurement": unit}
    meter = entity("sensor.m", "Haupt", device_class="power", state="1", attributes=unit_of)
    lamp = entity("light.x", "Zubrin")
    home = Home(entities=(meter, lamp), language=language)
    condition = "if power A = above 4"
    events = comes_to(hearing(home, f"{said} zubrin"), condition, "on light B")
    (event,) = events
    assert isinstance(event, Unmet)
    assert event.query.test is not None
    assert event.query.test.above == limit


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "is anything open", "any door: all = open"),
        ("en", "what's open", "which door = open"),
        ("en", "is everything shut", "all everything = off"),
        ("de", "ist noch irgendwas offen", "any window = open"),
        ("fr", "est-ce que tout est fermé", "all everything = off"),
    ],
)
def test_anything_that_is_open_may_be_a_door_or_a_window(
    language: str, said: str, line: str
) -> None:
    classes = ("door", "window", "garage_door", "motion")
    there = tuple(entity(f"binary_sensor.{c}", c, device_class=c) for c in classes)
    blind = entity("cover.blind", "Zubrin", device_class="blind")
    (asked,) = comes_to(hearing(Home(entities=(*there, blind), language=language), said), line)
    assert isinstance(asked, Query)
    assert set(asked.entity_ids) == {f"binary_sensor.{c}" for c in classes[:3]}
    assert asked.test is not None
    assert asked.test.word in ("open", "closed")


@pytest.mark.parametrize(
    ("state", "verb"), [("finished", "state"), ("running", "state"), ("off", "is"), ("21.5", "is")]
)
def test_a_sensor_with_words_of_its_own_is_let_speak(state: str, verb: str) -> None:
    washer = entity("sensor.w", "Zubrin", state=state)
    sentence = hearing(Home(entities=(washer,)), "has the zubrin finished")
    (asked,) = comes_to(sentence, "is sensor A = off")
    assert isinstance(asked, Query)
    assert asked.verb == verb


def test_a_device_that_is_named_is_asked_and_no_timer() -> None:
    home = Home(
        entities=(
            entity("sensor.dish", "Dishwasher status", state="running"),
            entity("lock.front", "Front door Yale", state="locked"),
            entity("binary_sensor.back", "Back door", device_class="door", state="on"),
        )
    )
    (asked,) = comes_to(hearing(home, "is the dishwasher done"), "status timer = name dishwasher A")
    assert isinstance(asked, Query)
    assert asked.entity_ids == ("sensor.dish",)
    (asked,) = comes_to(hearing(home, "have i locked the front door"), "is door = locked")
    assert isinstance(asked, Query)
    assert asked.entity_ids == ("lock.front",)
    (asked,) = comes_to(hearing(home, "are the doors open"), "any door = open")
    assert isinstance(asked, Query)
    assert asked.entity_ids == ("binary_sensor.back",)


@pytest.mark.parametrize(
    ("said", "line", "told"),
    [
        ("how full is the well", "state switch A = of brightness", "sensor.well"),
        ("what's the well at", "state switch A", "sensor.well"),
        ("how much charge does the zoe have", "state switch A = of battery", "sensor.zoe"),
        ("is the well pump on", "is switch A = on", "switch.well"),
        ("what about the well pump", "state switch A", "switch.well"),
    ],
)
def test_a_switch_has_no_value(said: str, line: str, told: str) -> None:
    home = Home(
        entities=(
            entity("switch.well", "Well pump", state="off"),
            entity("sensor.well", "Well water level", state="64"),
            entity("switch.zoe", "Zoe charger", state="off"),
            entity("sensor.zoe", "Zoe battery", state="41", device_class="battery"),
        )
    )
    (asked,) = comes_to(hearing(home, said), line)
    assert isinstance(asked, Query)
    assert asked.entity_ids == (told,)
