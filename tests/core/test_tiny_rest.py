"""What a sentence says besides names: places that are not here, both, exceptions."""

from dataclasses import replace

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import BadCall, Say, Unclear
from tests.core.hearing import comes_to, done_to, entity, heard, hearing

ABSENT = [Say(key="absent")]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("turn the light on in the attic", "on light"),
        ("turn all the lights on in the attic", "on light: all"),
        ("everything off on the third floor", "off everything: all"),
        ("lights out in the basement", "off light: here"),
        ("close the blinds on the balcony", "close blind: all"),
        # Nobody spoke of a scene.
        ("pop the kettle on", "on scene"),
    ],
)
@pytest.mark.parametrize("speaker", [None, "living"])
def test_what_is_said_to_be_elsewhere_is_not_what_is_here(
    villa: Home, said: str, line: str, speaker: str | None
) -> None:
    assert heard(villa, said, line, speaker=speaker) == ABSENT


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "attic lights off please"),
        ("de", "mach das kellerlicht aus"),
        ("fr", "éteins la lampe du grenier"),
        ("es", "apaga las luces de la cocina"),
        ("it", "spegni la luce della cantina"),
        ("nl", "zolderlamp uit"),
        ("pl", "zgaś światło piwnicy"),
    ],
)
def test_a_light_called_after_a_room_that_is_not_here(
    villa: Home, language: str, said: str
) -> None:
    home = replace(villa, language=language, areas=(), floors=())
    assert heard(home, said, "off light") == ABSENT


@pytest.mark.parametrize(
    ("language", "absent", "everything"),
    [
        ("en", "turn off the dishwasher", "turn off whatever is on"),
        ("de", "mach den geschirrspüler aus", "alles ausmachen"),
        ("fr", "éteins le lave-vaisselle", "éteins absolument tout"),
        ("es", "apaga el lavavajillas", "apaga todo"),
        ("it", "spegni la lavastoviglie", "spegni tutto"),
        ("pt", "desliga a máquina da loiça", "desliga tudo"),
        ("nl", "zet de vaatwasser uit", "zet alles uit"),
        ("pl", "wyłącz zmywarkę", "wyłącz wszystko"),
        ("ru", "выключи посудомойку", "обесточь квартиру"),
        ("ja", "食洗機を消して", "全部消して"),
        ("zh-Hans", "关掉洗碗机", "全部关掉"),
    ],
)
@pytest.mark.parametrize("place", ["", ": all", ": here"])
def test_everything_has_to_be_said(
    villa: Home, language: str, absent: str, everything: str, place: str
) -> None:
    """Who names something that is not there does not mean the whole house."""
    home = replace(villa, language=language)
    assert heard(home, absent, f"off everything{place}") == ABSENT
    assert heard(home, everything, f"off everything{place}") != ABSENT


def test_everything_may_be_said_with_a_slip(villa: Home) -> None:
    assert heard(villa, "everyhing off", "off everything: all") != ABSENT
    assert heard(villa, "kitchen off", "off everything: A") != ABSENT
    assert heard(villa, "good night", "off everything: all") != ABSENT


def test_a_place_that_is_there_is_no_place_elsewhere(villa: Home) -> None:
    for said, line in (
        ("turn the light on in the kitchen", "on light: A"),
        ("all lights on, i'm in the kitchen", "on light: all"),
        ("lights on upstairs and downstairs", "on light: all"),
        ("everything off, upstairs and down", "off light: all"),
        ("activate the scene", "on scene"),
    ):
        (call,) = heard(villa, said, line)
        assert done_to(call, villa)
    # What is bought may be for anywhere.
    (call,) = heard(villa, "note hooks in the attic", "add todo = item hooks in the attic")
    assert isinstance(call, Unclear)


def test_what_opens_in_a_place_that_is_called_so(villa: Home) -> None:
    for line in ("open blind: A", "open gate: A"):
        (call,) = heard(villa, "open the garage", line)
        assert done_to(call, villa) == ("cover.garage",)
        assert heard(villa, "open the blinds and gates in the garage", line) == ABSENT


def test_the_spots_of_a_place_are_not_all_its_lights() -> None:
    names = ("Kitchen spot 1", "Kitchen spot 2", "Kitchen pendant")
    kitchen = Area(area_id="kitchen", name="Kitchen")
    lights = (entity(f"light.{n}", x, area_id="kitchen") for n, x in enumerate(names))
    home = Home(areas=(kitchen,), entities=tuple(lights))
    for said, those in (
        ("kitchen spots on", ("light.0", "light.1")),
        ("kitchen lights on", ("light.0", "light.1", "light.2")),
        ("in the kitchen turn it on", ("light.0", "light.1", "light.2")),
        ("kitchen chandeliers on", ("light.0", "light.1", "light.2")),
    ):
        (call,) = heard(home, said, "on light: A")
        assert done_to(call, home) == those


def test_both_of_what_is_called_so() -> None:
    lamps = (entity(f"light.{side}", f"{side}床头灯") for side in ("左", "右"))
    home = Home(entities=tuple(lamps), language="zh-Hans")
    (asked,) = heard(home, "床头灯关了", "off light A")
    assert isinstance(asked, Unclear)
    (call,) = heard(home, "两个床头灯都关了", "off light A")
    assert done_to(call, home) == ("light.右", "light.左")
    (call,) = heard(home, "左边的床头灯关了", "off light A")
    assert done_to(call, home) == ("light.左",)
    # Doors are unlocked one by one.
    locks = (entity(f"lock.{side}", f"{side}储物柜锁") for side in ("左", "右"))
    home = Home(entities=tuple(locks), language="zh-Hans")
    (asked,) = heard(home, "两个储物柜锁都打开", "unlock lock A")
    assert isinstance(asked, Unclear)


def test_a_door_may_be_opened_by_most_of_its_name() -> None:
    home = Home(
        entities=(
            entity("lock.front", "Nuki front door", state="locked"),
            entity("binary_sensor.front", "Front door contact", device_class="door", state="off"),
        )
    )
    (call,) = heard(home, "unlock the front door", "unlock lock A")
    assert done_to(call, home) == ("lock.front",)


def test_a_reply_without_the_exception_is_half_a_reply(villa: Home) -> None:
    sentence = hearing(villa, "all lights off except for the dragon's")
    assert sentence.misses(comes_to(sentence, "off light: all"))
    sentence = hearing(villa, "all lights darker except for the desk lamp")
    assert sentence.misses(comes_to(sentence, "on light: all = by -20"))
    sentence = hearing(villa, "turn all lights off")
    assert not sentence.misses(comes_to(sentence, "off light: all"))


def test_a_room_of_a_number_that_is_not_there() -> None:
    rooms = tuple(Area(area_id=f"room_{n}", name=f"Room {n}") for n in (1, 2))
    lamps = tuple(entity(f"light.{n}", f"Lamp {n}", area_id=f"room_{n}") for n in (1, 2))
    home = Home(areas=rooms, entities=lamps)
    for said in ("turn off the light in room five", "room 5 lights off"):
        assert heard(home, said, "off light", speaker="room_1") == ABSENT
    for said in ("turn off the light in room two", "turn off the light in the room 2"):
        (call,) = heard(home, said, "off light: A", speaker="room_1")
        assert done_to(call, home) == ("light.2",)
    (call,) = heard(home, "turn on the light in the room, it's 5", "on light", speaker="room_1")
    assert done_to(call, home) == ("light.1",)


def test_the_lights_of_a_name_are_all_that_are_called_so() -> None:
    lamps = (entity(f"light.{side}", f"Hue Play {side}") for side in ("left", "right"))
    home = Home(entities=tuple(lamps))
    (call,) = heard(home, "hue play lights off", "off light A")
    assert done_to(call, home) == ("light.left", "light.right")
    (asked,) = heard(home, "hue play light off", "off light A")
    assert isinstance(asked, Unclear)


def test_all_of_a_kind_are_an_exception(villa: Home) -> None:
    for said, line in (
        ("everything off except the lights", "off everything: all"),
        ("turn everything off in here but not the bulbs", "off everything: here"),
        ("alles aus außer den lampen", "off everything: all"),
    ):
        home = replace(villa, language="de") if said.startswith("alles") else villa
        sentence = hearing(home, said, "living")
        calls = comes_to(sentence, line)
        assert calls
        assert not sentence.misses(calls)
        done = [each for call in calls for each in done_to(call, home)]
        assert done
        assert not [each for each in done if each.startswith("light.")]
    (bad,) = heard(villa, "all lights off except the lamps", "off light: all")
    assert isinstance(bad, BadCall)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "everything off except the sofa lamp and the desk lamp"),
        ("de", "alles aus außer der sofa lamp und der desk lamp"),
        ("ja", "sofa lampとdesk lamp以外全部消して"),
        ("zh-Hans", "除了sofa lamp和desk lamp全关了"),
        ("zh-Hans", "sofa lamp、desk lamp别关,其他都关了"),
    ],
)
def test_what_is_left_alone_is_not_forgotten(villa: Home, language: str, said: str) -> None:
    home = replace(villa, language=language)
    assert heard(home, said, "off everything: all; but A") == [Say(key="what")]
    assert heard(home, said, "off light A") == [Say(key="what")]
    calls = heard(home, said, "off everything: all; but A; B")
    done = [each for call in calls for each in done_to(call, home)]
    assert "light.corner" in done
    assert not {"light.sofa", "light.desk"} & set(done)


def test_the_only_player_of_a_room_is_left_alone() -> None:
    rooms = (Area(area_id="kitchen", name="Kitchen"),)
    home = Home(
        areas=rooms,
        entities=(
            entity("light.k", "Ceiling", area_id="kitchen"),
            entity("media_player.radio", "Radio", area_id="kitchen"),
        ),
    )
    said = "turn off everything in the kitchen but not the radio"
    sentence = hearing(home, said)
    calls = comes_to(sentence, "off everything: A; but B")
    assert [done_to(call, home) for call in calls] == [("light.k",)]
    assert not sentence.misses(calls)
    # What a model has lost, the sentence itself tells.
    assert comes_to(sentence, "off everything: A") == calls


def test_what_is_left_alone_may_be_set(villa: Home) -> None:
    said = "all lights off except the sofa lamp, put the sofa lamp at 20"
    calls = heard(villa, said, "off light: all; but A", "on light B = brightness 20")
    assert [type(call) for call in calls] == [Call, Call]
    # What follows an exception is a wish of its own.
    calls = heard(villa, "lights off but not the sofa lamp and turn on the desk lamp", "on light B")
    assert [done_to(call, villa) for call in calls] == [("light.desk",)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "mach das licht im keller aus"),
        ("fr", "éteins la lumière à l'étage"),
        ("es", "apaga la luz del sótano"),
        ("it", "spegni la luce in cantina"),
        ("nl", "doe het licht boven uit"),
        ("pl", "zgaś światło na piętrze"),
        ("pt", "apaga a luz no andar de cima"),
        ("ru", "выключи свет на втором этаже"),
        ("ja", "二階の電気を消して"),
        ("zh-Hans", "把楼上的灯关掉"),
    ],
)
def test_places_of_every_language(villa: Home, language: str, said: str) -> None:
    home = replace(villa, language=language, areas=(), floors=())
    assert heard(home, said, "off light: all") == ABSENT


def test_only_the_lamp_on_is_not_all_but_the_lamp(villa: Home) -> None:
    only = heard(villa, "only the sofa lamp on", "on everything: all; but A")
    assert only == [Say(key="what")]
    assert done_to(heard(villa, "all on but the sofa lamp", "on everything: all; but A")[0], villa)


@pytest.mark.parametrize(
    ("said", "is_about_lights"),
    [
        ("leave only the sofa lamp on", True),
        ("everything off, only the sofa lamp stays on", False),
        ("leave only the tv on", False),
    ],
)
def test_only_one_lamp_left_is_about_lights(villa: Home, said: str, is_about_lights: bool) -> None:
    events = heard(villa, said, "off everything: all; but A")
    actions = {event.action for event in events if isinstance(event, Call)}
    assert (actions == {"light.turn_off"}) is is_about_lights
    assert "light.turn_off" in actions


def test_where_somebody_is_nothing_has_to_be_done(villa: Home) -> None:
    for said in ("everything off, i'm in the bath", "i'm in the sauna, all off"):
        assert done_to(heard(villa, said, "off everything: all")[0], villa)
    assert heard(villa, "everything off in the sauna", "off everything: all") == ABSENT


def test_what_dries_the_air_is_no_humidifier() -> None:
    dry = entity("humidifier.d", "Dryer", device_class="dehumidifier", area_id="cellar")
    wet = entity("humidifier.w", "Mister", device_class="humidifier", area_id="cellar")
    cellar = (Area(area_id="cellar", name="Cellar"),)
    both, one = Home(areas=cellar, entities=(dry, wet)), Home(areas=cellar, entities=(dry,))
    for home, said, line, action, device in (
        (one, "it's damp in the cellar", "off humidifier: A", "turn_on", dry),
        (one, "it's dry in the cellar", "on humidifier: A", "turn_off", dry),
        (both, "it's damp in the cellar", "off humidifier: A", "turn_off", wet),
        # Whatever is made of it, what is damp is dried.
        (one, "the cellar is damp", "on humidifier: A", "turn_on", dry),
        (both, "the cellar is damp", "on humidifier: A", "turn_off", wet),
        (one, "the cellar is dry", "off humidifier: A", "turn_off", dry),
        (one, "the cellar isn't damp, it's not", "on humidifier: A", "turn_off", dry),
        (both, "dehumidifier on in the cellar", "on humidifier: A", "turn_on", dry),
        (one, "dehumidifier off in the cellar", "off humidifier: A", "turn_off", dry),
    ):
        (call,) = heard(home, said, line)
        assert isinstance(call, Call)
        assert call.action == f"humidifier.{action}"
        assert done_to(call, home) == (device.entity_id,)


@pytest.mark.parametrize(
    ("said", "line", "is_forgotten"),
    [
        ("all the lights off upstairs", "off light: all", True),
        ("turn everything in the study off", "off everything: all", True),
        ("everything off, i'm in the study", "off everything: all", False),
        ("turn everything off", "off everything: all", False),
        ("turn everything in the study off", "off everything: A", False),
        ("all lights off but those in the study", "off light: all; but A", False),
    ],
)
def test_a_place_is_not_the_whole_house(
    villa: Home, said: str, line: str, is_forgotten: bool
) -> None:
    heard_out = hearing(villa, said)
    assert heard_out.misses(heard(villa, said, line)) is is_forgotten


def test_a_room_is_not_left_out_of_itself(villa: Home) -> None:
    (call,) = heard(villa, "lights off upstairs except in the study", "off light: A; but A")
    assert "light.desk" not in done_to(call, villa)
    assert "light.b_ceiling" in done_to(call, villa)


@pytest.mark.parametrize(
    ("language", "name", "said", "is_there"),
    [
        ("en", "Lounge radiator", "turn on the air conditioning", False),
        ("en", "Lounge radiator", "turn on the heating", True),
        ("en", "Lounge", "turn on the air conditioning", True),
        ("en", "Daikin split", "turn the ac on", True),
        ("de", "Heizung Diele", "mach die klimaanlage an", False),
        ("fr", "Radiateur du salon", "allume la clim", False),
        ("es", "Radiador", "enciende el aire acondicionado", False),
        ("it", "Termosifone", "accendi il condizionatore", False),
        ("pt", "Radiador", "liga o ar condicionado", False),
        ("nl", "Radiator hal", "zet de airco aan", False),
        ("pl", "Kaloryfer", "włącz klimatyzację", False),
        ("ru", "Радиатор", "включи кондиционер", False),
        ("ja", "床暖房", "エアコンつけて", False),
        ("zh-Hans", "客厅地暖", "打开空调", False),
    ],
)
def test_what_heats_is_no_air_conditioning(
    language: str, name: str, said: str, *, is_there: bool
) -> None:
    home = Home(entities=(entity("climate.x", name, state="off"),), language=language)
    events = comes_to(hearing(home, said), "on climate")

    assert (events != [Say(key="absent")]) is is_there


@pytest.mark.parametrize(("features", "is_there"), [(("heat",), False), (("heat", "cool"), True)])
def test_what_can_only_heat_is_no_air_conditioning(
    features: tuple[str, ...], *, is_there: bool
) -> None:
    home = Home(entities=(entity("climate.x", "Quillon", state="off", features=features),))
    events = comes_to(hearing(home, "turn on the air conditioning"), "on climate")
    assert (events != [Say(key="absent")]) is is_there


def test_what_is_called_like_a_place_is_meant_where_the_place_has_none() -> None:
    home = Home(
        areas=(Area(area_id="front", name="Front"), Area(area_id="den", name="Den")),
        entities=(
            entity(
                "cover.front",
                "Front",
                area_id="den",
                device_class="blind",
                features=("position",),
            ),
            entity("lock.door", "Quillon", area_id="front"),
        ),
    )
    (call,) = heard(home, "the front ones halfway", "position blind: A = position 50")
    assert done_to(call, home) == ("cover.front",)
