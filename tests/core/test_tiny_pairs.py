"""How many of several are meant: both lamps, all that are called so, and the only one of a sort."""

import pytest

from home_llm_core.home import Area, Home
from home_llm_core.parser import Unclear
from tests.core.hearing import comes_to, done_to, entity, hearing

BEDROOM = (
    entity("light.main", "Main light", area_id="bedroom"),
    entity("light.a", "Ken's lamp", area_id="bedroom"),
    entity("light.b", "Pauline's lamp", area_id="bedroom"),
    entity("light.c", "Hall lamp", area_id="hall"),
)
AREAS = (Area(area_id="bedroom", name="Bedroom"), Area(area_id="hall", name="Hall"))
HOUSE = Home(entities=BEDROOM, areas=AREAS)


@pytest.mark.parametrize("line", ["off light: all", "off light"])
def test_both_are_the_two_here_that_are_called_so(line: str) -> None:
    (call,) = comes_to(hearing(HOUSE, "turn off both lamps", "bedroom"), line)
    assert done_to(call, HOUSE) == ("light.a", "light.b")


def test_both_of_a_room() -> None:
    (call,) = comes_to(hearing(HOUSE, "both bedroom lamps off"), "off light: A")
    assert done_to(call, HOUSE) == ("light.a", "light.b")


def test_both_of_three_is_asked_back() -> None:
    (answer,) = comes_to(hearing(HOUSE, "both lights off", "bedroom"), "off light: all")
    assert isinstance(answer, Unclear)
    assert answer.entity_ids == ("light.main", "light.a", "light.b")


def test_both_kinds_are_no_pair() -> None:
    (call,) = comes_to(hearing(HOUSE, "both the lights and the fans off"), "off light: all")
    assert len(done_to(call, HOUSE)) == len(BEDROOM)


CURTAINS = Home(
    entities=(
        entity("cover.a", "客厅布帘", device_class="curtain", area_id="living", state="open"),
        entity("cover.b", "客厅纱帘", device_class="curtain", area_id="living", state="open"),
        entity("cover.c", "主卧窗帘", device_class="curtain", area_id="bed", state="open"),
        entity("light.a", "左边床头灯", area_id="bed"),
        entity("light.b", "右边床头灯", area_id="bed"),
        entity("light.c", "主卧大灯", area_id="bed"),
        entity("light.d", "玄关灯", area_id="living"),
    ),
    areas=(Area(area_id="living", name="客厅"), Area(area_id="bed", name="主卧")),
    language="zh-Hans",
)


@pytest.mark.parametrize(
    ("said", "line", "speaker", "meant"),
    [
        ("纱帘拉上", "close curtain", None, ("cover.b",)),
        ("把客厅的纱帘拉上", "close curtain: A", None, ("cover.b",)),
        ("大灯关了", "off light", None, ("light.c",)),
        ("床头灯全关", "off light A", None, ("light.a", "light.b")),
        ("床头灯全部关掉", "off light: all", None, ("light.a", "light.b")),
        ("灯全关了", "off light", None, ("light.a", "light.b", "light.c", "light.d")),
        ("关灯", "off light", "bed", ("light.a", "light.b", "light.c")),
    ],
)
def test_sorts_and_all_of_them(
    said: str, line: str, speaker: str | None, meant: tuple[str, ...]
) -> None:
    (call,) = comes_to(hearing(CURTAINS, said, speaker), line)
    assert {*done_to(call, CURTAINS)} == {*meant}


def test_two_sorts_in_a_sentence_are_asked_back() -> None:
    (answer,) = comes_to(hearing(CURTAINS, "纱帘拉上,布帘拉开"), "close curtain")
    assert isinstance(answer, Unclear)


@pytest.mark.parametrize(
    ("said", "message"),
    [("关灯关窗帘", "关灯,关窗帘"), ("开灯开电视", "开灯,开电视"), ("开灯开关", "开灯开关")],
)
def test_two_wishes_in_a_row_are_parted(said: str, message: str) -> None:
    assert hearing(Home(language="zh-Hans"), said).message == message


def test_one_is_no_part_of_another_name() -> None:
    home = Home(entities=(entity("light.a", "小米台灯1S"),), language="zh-Hans")
    assert hearing(home, "空调高一度").message == "空调高一度"
    lamps = Home(entities=(entity("light.a", "Lamp 1"), entity("light.b", "Lamp 2")))
    assert hearing(lamps, "turn off lamp number two").message == "turn off light A"
