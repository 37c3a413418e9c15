"""Whose something is: lamps, rooms and lists that are called after people."""

import pytest

from home_llm_core.home import Area, Home
from home_llm_core.owners import with_their_room, with_what_is_theirs
from tests.core.hearing import comes_to, done_to, entity, hearing

LAMPS = Home(
    entities=(
        entity("light.a", "Mum's lamp", area_id="bedroom"),
        entity("light.b", "Dad's lamp", area_id="bedroom"),
        entity("media_player.c", "Dad's radio"),
        entity("person.dad", "Dad"),
        entity("todo.jobs", "Jobs for Dad"),
        entity("todo.shopping", "Shopping"),
    ),
    areas=(Area(area_id="bedroom", name="Bedroom"),),
)
HOUSE = Home(
    entities=(
        entity("person.zq", "志强"),
        entity("light.a", "志强书桌灯", area_id="zq"),
        entity("climate.b", "志强空调", area_id="zq"),
        entity("fan.c", "爷爷的落地扇", area_id="old"),
        entity("light.d", "小夜灯", area_id="girl"),
        entity("light.e", "厨房灯", area_id="kitchen"),
    ),
    areas=(
        Area(area_id="zq", name="志强的房间"),
        Area(area_id="old", name="老人房"),
        Area(area_id="girl", name="妹妹房"),
        Area(area_id="kitchen", name="厨房"),
    ),
    language="zh-Hans",
)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Mum's lamp off, Dad's on", "Mum's lamp off, Dad's lamp on"),
        ("mum's lamp to 30 and dad's to 50", "mum's lamp to 30 and dad's lamp to 50"),
        ("Mum's lamp off and Dad's radio on", "Mum's lamp off and Dad's radio on"),
        ("Dad's on the phone", "Dad's on the phone"),
        ("turn it off", "turn it off"),
    ],
)
def test_the_thing_is_said_with_everybody_whose_it_is(said: str, left: str) -> None:
    assert with_what_is_theirs(said, LAMPS) == left


@pytest.mark.parametrize(
    ("language", "name", "said", "left"),
    [
        ("en", "Ken's den", "if Ken is out, lights off in his room", "lights off in Ken's den"),
        ("es", "Cuarto de Ken", "si Ken no está apaga su cuarto", "apaga Cuarto de Ken"),
        ("pt", "Quarto do Ken", "se o Ken saiu apaga o quarto dele", "apaga o Quarto do Ken"),
        ("zh-Hans", "Ken的房间", "如果Ken不在家就把他房间的灯关了", "就把Ken的房间的灯关了"),
        ("en", "Mia's room", "if Ken is out, lights off in his room", "lights off in his room"),
        ("en", "Ken's den", "lights off in his room", "lights off in his room"),
    ],
)
def test_somebody_s_room_is_theirs_who_was_named(
    language: str, name: str, said: str, left: str
) -> None:
    home = Home(
        entities=(entity("person.ken", "Ken"),),
        areas=(Area(area_id="ken", name=name), Area(area_id="hall", name="Hall")),
        language=language,
    )
    assert with_their_room(said, home).endswith(left)


def test_what_is_theirs_begins_with_the_thing() -> None:
    home = Home(
        entities=(
            entity("light.a", "Lampe de chevet Yann"),
            entity("light.b", "Lampe de chevet Gwen"),
            entity("person.g", "Gwen"),
        ),
        language="fr",
    )
    said = hearing(home, "éteins la lampe de chevet de Yann et allume celle de Gwen")
    assert said.message == "éteins la light A et allume light B"
    assert hearing(home, "est-ce que Gwen est là").message == "est-ce que person A est là"
    both = hearing(home, "éteins les deux lampes de chevet")
    assert both.message == "éteins les lampes de chevet ~light A*"


def test_a_list_is_called_after_who_keeps_it() -> None:
    assert hearing(LAMPS, "what's on dad's list").message == "what's on todo A"
    assert hearing(LAMPS, "is dad home").message == "is person A home"


@pytest.mark.parametrize(
    ("said", "message", "line", "meant"),
    [
        ("志强房间的空调打开", "area A的空调打开", "on climate: A", ("climate.b",)),
        ("志强屋里的灯关了", "area A的灯关了", "off light: A", ("light.a",)),
        ("志强的空调打开", "climate A打开", "on climate A", ("climate.b",)),
        ("爷爷的风扇打开", "fan A打开", "on fan A", ("fan.c",)),
        ("妹妹的灯关了", "area A灯关了", "off light: A", ("light.d",)),
        ("妹妹房间的灯关了", "area A的灯关了", "off light: A", ("light.d",)),
    ],
)
def test_rooms_and_things_of_people(
    said: str, message: str, line: str, meant: tuple[str, ...]
) -> None:
    heard = hearing(HOUSE, said)
    assert heard.message == message
    (call,) = comes_to(heard, line)
    assert done_to(call, HOUSE) == meant


def test_a_person_stays_one() -> None:
    assert hearing(HOUSE, "志强在家吗").message == "person A在家吗"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "turn the lights off in his room"),
        ("de", "mach das licht in ihrem zimmer aus"),
        ("fr", "éteins la lumière dans sa chambre"),
        ("es", "apaga la luz de su cuarto"),
        ("it", "spegni la luce in camera sua"),
        ("nl", "doe het licht uit in zijn kamer"),
        ("pl", "zgaś światło w jego pokoju"),
        ("pt", "apaga a luz no quarto dele"),
        ("ru", "погаси лампу в её комнате"),
        ("ja", "彼の部屋の電気を消して"),
        ("zh-Hans", "把他房间的灯关了"),
    ],
)
def test_somebody_s_room_is_not_the_whole_house(language: str, said: str) -> None:
    home = Home(entities=(entity("light.a", "Quillon"), entity("light.b", "Zorvath")))
    (answer,) = comes_to(
        hearing(Home(entities=home.entities, language=language), said), "off light: all"
    )
    assert getattr(answer, "key", "") == "absent"
