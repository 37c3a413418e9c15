"""Tests of what the home says: it is true, whatever is asked."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import random
import shutil
from typing import Any

import pytest

from data.builders import build
from data.houses import House
from data.records import record
from data.replies import Replies
from data.reporting import Done
from data.requests import Mixture, requests
from data.schema import LANGUAGES, load
from data.sources import BankError
from home_llm_core.actions import ACTIONS
from home_llm_core.answers import holds
from home_llm_core.calls import ResolvedCall
from home_llm_core.parser import Query, Unclear
from home_llm_core.turns import Turn, turn_to_dict
from tests.data.homes import ENGLISH, device, home, house

SEEDS = 12
YES, NO = ("answer_yes", "answer_no")


@pytest.fixture(scope="module")
def rooms() -> House:
    return house(
        home(
            device("light.a", "Desk Lamp", "study", state="on", attributes={"brightness": 80}),
            device("light.b", "Ceiling", "study"),
            device("light.c", "Spotty", "hall", state="on", attributes={"color": "red"}),
            device("light.d", "Shelf", "hall", state="unavailable"),
            device("lock.e", "Front Door", "hall", state="locked"),
            device("cover.f", "Roller", "study", state="open", device_class="blind"),
            device("climate.g", "Heater", "attic", state="heat", attributes={"temperature": 21}),
            device("sensor.h", "Gauge", "study", state="22.5", device_class="temperature"),
            device("sensor.i", "Probe", "hall", state="18", device_class="temperature"),
            device("binary_sensor.j", "Eye", "hall", state="on", device_class="motion"),
            device("binary_sensor.k", "Sniffer", "attic", device_class="smoke"),
            device("person.l", "Ada", state="Work"),
            device("person.m", "Ben", state="home"),
            device("todo.n", "Groceries", state="3"),
            device("calendar.o", "Family", state="on"),
            device("weather.p", "Sky", state="rainy", attributes={"temperature": 8}),
            device("sensor.q", "Dumb", "attic", state="unknown", device_class="humidity"),
            device(
                "select.r", "Program", "attic", state="eco", options={"option": ("eco", "fast")}
            ),
            areas=("study", "hall", "attic"),
        )
    )


def request(text: str, line: str, **more: Any) -> dict[str, Any]:
    """Return a request as a line holds it, with one line of the model as its reply."""
    known: dict[str, Any] = {
        "text": text,
        "speaker_area": None,
        "calls": [],
        "speech": "",
        "before": "",
        "turn": None,
    }
    messages = [{"role": "user", "content": ""}, {"role": "assistant", "content": f"> {line}\n"}]
    return {"messages": messages, "record": known | {"turn": None} | more}


def replies(where: House, text: str, line: str, **more: Any) -> set[str]:
    """Return the replies that chance may choose."""
    asked = request(text, line, **more)
    made = (Replies(where, random.Random(seed)).exchanges(asked)[-1] for seed in range(SEEDS))
    return {exchange.speech for exchange in made}


@pytest.mark.parametrize(
    ("text", "line", "needed"),
    [
        ("is the desk lamp on", "is light A = on", ("desk lamp is on",)),
        ("is the ceiling on", "is light A = on", ("ceiling is off",)),
        ("is the front door locked", "is lock A = locked", ("front door is locked",)),
        ("is the desk lamp over 50 percent", "is light A = of brightness = above 50", ("80",)),
        ("how bright is the desk lamp", "state light A = of brightness", ("desk lamp", "80")),
        ("what color is spotty", "state light A = of color", ("spotty is red",)),
        ("what song is on the desk lamp", "state light A = of title", ("the title", "desk lamp")),
        ("is anybody home", "any person = home", ("ben is at home",)),
        ("where is ada", "where person A", ("ada is at work.",)),
        ("where is the roller", "where blind A", ("roller is in the study.",)),
        ("are all the locks locked", "all lock = locked", ("front door is locked",)),
        ("how warm is it in the study", "state temperature: A", ("22.5 degrees",)),
        ("how warm is it", "state temperature: all", ("22.5 degrees", "18 degrees")),
        ("which temperature is over 20", "which temperature: all = above 20", ("22.5",)),
        ("any smoke", "any smoke = detected", ("sniffer is clear",)),
        ("is there motion in the hall", "is motion: A = detected", ("eye is detecting motion",)),
        ("what is the heater doing", "state climate A", ("set to heating", "21 degrees")),
        ("is it raining", "is weather = rainy", ("rainy",)),
        ("will it rain tomorrow", "forecast weather = rainy = day tomorrow", ("rainy",)),
        ("what is on the groceries", "list todo A", ("groceries",)),
        ("what is on today", "list calendar = day today", ("family is busy",)),
        ("what is the program on", "state select A", ("program is set to eco",)),
        ("is there a garage open", "any garage = open", ("garage door",)),
    ],
)
def test_the_answer_is_what_the_home_shows(
    rooms: House, text: str, line: str, needed: tuple[str, ...]
) -> None:
    for reply in replies(rooms, text, line):
        assert all(part in reply.lower() for part in needed), reply
        assert reply[0].isupper() or reply[0].isdigit()
        assert reply.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "line", "beginning"),
    [
        ("how many lights are on", "count light: all = on", "two lights are on"),
        ("how many locks are there", "count lock: all", "one lock"),
        ("how many people are away", "count person = away", "one person is away"),
        ("how many blinds are closed", "count blind = closed", "the roller is open"),
    ],
)
def test_what_is_counted(rooms: House, text: str, line: str, beginning: str) -> None:
    for reply in replies(rooms, text, line):
        assert beginning in reply.lower().replace("of the four ", ""), reply


def test_what_cannot_be_reached_is_not_said_to_be_anything(rooms: House) -> None:
    for line in ("is light A = on", "is light A = off", "state light A"):
        for reply in replies(rooms, "how is the shelf", line):
            assert "shelf" in reply
            assert "shelf is on." not in reply
            assert "shelf is off." not in reply
    for reply in replies(rooms, "are the lights in the hall on", "is light: A = on"):
        assert "spotty is on" in reply
        assert reply.endswith(tuple(_sentences("unavailable", "the shelf")))


def test_what_is_unknown_is_said_to_be(rooms: House) -> None:
    expected = set(_sentences("unknown_state", "the dumb"))

    assert replies(rooms, "how humid is it", "state humidity") <= expected


def test_why_nothing_is_done(rooms: House) -> None:
    unmet = replies(rooms, "if the roller is closed turn the ceiling on", "if blind A = closed")

    assert all("the roller is open" in reply.lower() for reply in unmet)
    unless = replies(rooms, "unless the desk lamp is on turn the ceiling on", "unless light A = on")
    assert all("the desk lamp is on" in reply.lower() for reply in unless)
    unsure = replies(rooms, "if the shelf is on turn the ceiling on", "if light A = on")
    assert unsure <= set(_sentences("unmet_unknown", ""))


def test_what_there_is_none_of(rooms: House) -> None:
    for reply in replies(rooms, "is the fan on in the attic", "is fan: A = on"):
        assert "in the attic" in reply
    for reply in replies(rooms, "what is the co2 level", "state carbon_dioxide"):
        assert not reply.startswith(("No", "Yes", "There is no co2"))


def done(action: str, *ids: str, **arguments: Any) -> Done:
    """Return a call that was made."""
    return Done(action=action, entity_ids=ids, arguments=arguments)


@pytest.mark.parametrize(
    ("calls", "needed"),
    [
        ([done("light.turn_on", "light.b")], "ceiling"),
        ([done("light.turn_on", "light.b", brightness=40)], "40%"),
        ([done("light.turn_on", "light.b", color="red")], "red"),
        ([done("light.turn_off", "light.a", "light.b", "light.c")], "all the lights"),
        ([done("light.turn_off", "light.a", "light.b")], "study"),
        ([done("timer.start", minutes=5)], "5 minutes"),
        ([done("timer.start", minutes=5, name="pizza")], "pizza timer"),
        ([done("timer.cancel", name="pizza")], "pizza timer"),
        ([done("timer.cancel", minutes=10)], "timer for 10 minutes"),
        ([done("timer.add_time", hours=1)], "an hour"),
        ([done("timer.status")], "timer"),
        ([done("todo.add_item", "todo.n", item=i) for i in ("milk", "tea")], "milk and tea"),
        ([done("todo.complete_item", "todo.n", item="milk")], "groceries"),
        ([done("select.select_option", "select.r", option="fast")], "fast"),
        ([done("input_number.set_value", "select.r", value=4)], "4"),
    ],
)
def test_what_was_done_is_said(rooms: House, calls: list[Done], needed: str) -> None:
    for seed in range(SEEDS):
        assert needed in Replies(rooms, random.Random(seed)).to("do it", (), calls)


@pytest.mark.parametrize(("step", "word"), [(20, "bright"), (-20, "dim")])
def test_steps_go_the_right_way(rooms: House, step: int, word: str) -> None:
    call = done("light.turn_on", "light.b", brightness_step=step)
    heard = {Replies(rooms, random.Random(s)).to("", (), [call]).lower() for s in range(SEEDS)}

    assert any(word in reply for reply in heard)
    assert not any(("dim" if word == "bright" else "bright") in reply for reply in heard)


def test_a_follow_up_comes_with_the_turn_before(rooms: House) -> None:
    call = ResolvedCall(action=ACTIONS["light.turn_on"], entity_ids=("light.b",), arguments={})
    turn = turn_to_dict(Turn(calls=(call,), before={"light.b": rooms.home.entity_by_id["light.b"]}))
    asked = request(
        "and off again", "off it", before="turn the ceiling on", turn=turn,
        calls=[{"action": "light.turn_off", "entity_ids": ["light.b"], "arguments": {}}],
    )  # fmt: skip
    before, this = Replies(rooms, random.Random(1)).exchanges(asked)

    assert before.said == "turn the ceiling on"
    assert (before.done[0].action, this.done[0].action) == ("light.turn_on", "light.turn_off")
    assert "on" in before.speech
    assert "off" in this.speech


def test_a_reply_to_what_was_asked_back(rooms: House) -> None:
    turn = turn_to_dict(Turn(asked=Unclear(entity_ids=("light.a", "light.b"), verb="on")))
    asked = request("the ceiling", "same light A", before="light on", turn=turn)
    before, _ = Replies(rooms, random.Random(1)).exchanges(asked)

    assert before.speech.endswith("?")
    assert "the desk lamp or the ceiling" in before.speech


def test_what_is_off_has_a_battery_all_the_same() -> None:
    where = house(home(device("media_player.a", "Boom", attributes={"battery": 40})))

    assert replies(where, "how loud is boom", "state media_player A = of volume") == _at_rest(where)
    for said in replies(where, "how full is boom", "state media_player A = of battery"):
        assert "40" in said


def _at_rest(where: House) -> set[str]:
    return replies(where, "is boom on", "state media_player A")


def test_what_is_asked_back_has_a_word_that_fits_all_of_it() -> None:
    tv, speaker = (
        device(f"media_player.{name}", name.title(), state="paused", device_class=name)
        for name in ("tv", "speaker")
    )
    lamp = device("light.a", "Desk Lamp")

    for devices, word in (((tv, speaker), "player"), ((tv, lamp), "thing")):
        asked = Unclear(entity_ids=tuple(each.entity_id for each in devices), verb="on")
        turn = turn_to_dict(Turn(asked=asked))
        said = request("the first one", "same first", before="on please", turn=turn)
        made = (
            Replies(house(home(*devices)), random.Random(seed)).exchanges(said)[0]
            for seed in range(SEEDS)
        )
        assert any(word in exchange.speech for exchange in made)


def _sentences(key: str, subject: str) -> Iterator[str]:
    """Return every way to say something of one thing."""
    for template in ENGLISH.replies[key]["one"]:
        text = template.source.replace("{subject}", subject)
        yield text[:1].upper() + text[1:]


def _says(reply: str, key: str) -> bool:
    heads = (t.source.partition("{fact}")[0] for t in ENGLISH.replies[key]["one"])
    return reply.startswith(tuple(heads))


@pytest.fixture(scope="module")
def lines() -> list[tuple[House, dict[str, Any], dict[str, Any]]]:
    """Return generated lines, each without and with the replies that look at the home."""
    found = []
    for number in range(40):
        rng = random.Random(f"replies {number}")
        where = build("en", "train", rng, (6, 24))
        emphasis = dict.fromkeys(("question", "condition", "follow_up"), 4.0)
        made = requests(where, rng, 8, Mixture(emphasis=emphasis))
        plain, spoken = (record(where, made, number, speech=speech) for speech in (False, True))
        found.append((where, plain, spoken))
    return found


def test_yes_is_said_where_it_is_so(
    lines: list[tuple[House, dict[str, Any], dict[str, Any]]],
) -> None:
    count = 0
    for where, _, line in lines:
        for each in line["requests"]:
            asked = Replies(where, random.Random(0)).exchanges(each)[-1].asked
            if (
                each["record"]["kind"] == "question"
                and asked
                and asked.verb in ("is", "any", "all")
            ):
                count += _agrees(each["record"]["speech"], asked, where)
    assert count >= 8


def _agrees(reply: str, asked: Query, where: House) -> bool:
    """Return whether a question is answered by yes or no, which must then be right."""
    is_so = holds(asked, where.home)
    if is_so is None or not (_says(reply, YES) or _says(reply, NO)):
        assert not _says(reply, YES)
        return False
    assert _says(reply, YES if is_so else NO), reply
    return True


def test_only_the_speech_is_added(
    lines: list[tuple[House, dict[str, Any], dict[str, Any]]],
) -> None:
    for _, plain, spoken in lines:
        assert _without_speech(plain) == _without_speech(spoken)
        for before, after in zip(plain["requests"], spoken["requests"], strict=True):
            said = before["record"]["speech"]
            assert not said or after["record"]["speech"] == said
            if before["messages"][-1]["content"]:
                assert after["record"]["speech"] or "say" in before["messages"][-1]["content"]


def _without_speech(line: Mapping[str, Any]) -> str:
    copy = json.loads(json.dumps(line))
    for each in copy["requests"]:
        each["record"]["speech"] = ""
    return json.dumps(copy)


def test_the_banks_have_many_replies() -> None:
    found = {
        t.source for numbers in ENGLISH.replies.values() for ts in numbers.values() for t in ts
    }

    assert len(found) >= 600


def test_a_reply_is_in_one_file_only(tmp_path: Path) -> None:
    shutil.copytree(LANGUAGES / "en", tmp_path / "en")
    (tmp_path / "en" / "replies_more.yaml").write_text("several: [All of it.]\n")

    with pytest.raises(BankError, match=r"replies_more.yaml:1: the reply 'several' is in another"):
        load("en", tmp_path)
