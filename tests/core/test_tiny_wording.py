"""From what is wanted to what a model should write about a sentence."""

import pytest

from home_llm_core.actions import DEFAULT_ALLOWED
from home_llm_core.calls import Call, Wanted
from home_llm_core.errors import CannotBeSaidError
from home_llm_core.formats import TINY
from home_llm_core.formats.tiny_lines import HERE
from home_llm_core.home import Home
from home_llm_core.parser import Say
from tests.core.hearing import hearing

Said = Call | Wanted | Say
COUNTER = Call(action="light.turn_on", devices=("light counter",))
CEILING = Call(action="light.turn_on", devices=("light kitchen ceiling",))
KITCHEN = Call(action="light.turn_on", area="area kitchen")
BREEZE = Call(action="fan.turn_on", devices=("fan lena's fan",))
KETTLE = Call(action="switch.turn_on", devices=("switch kettle",))


def wanted(verb: str, kind: str = "", target: Call | None = None, **arguments: object) -> Wanted:
    """Return what is no call."""
    return Wanted(
        verb=verb,
        kind=kind,
        target=target or Call(action=""),
        arguments=arguments,  # type: ignore[arg-type]
    )


def at(*devices: str, area: str | None = None, floor: str | None = None) -> Call:
    """Return what a question or a follow-up is about."""
    return Call(action="", devices=devices, area=area, floor=floor)


@pytest.mark.parametrize(
    ("said", "speaker", "those", "reply"),
    [
        ("counter on", None, (COUNTER,), "> on light A\n"),
        ("counter and kettle on", None, (COUNTER, KETTLE), "> on light A\n> on switch B\n"),
        ("kitchen on", None, (KITCHEN,), "> on light: A\n"),
        # Which devices goes without saying.
        ("light on", "kitchen", (KITCHEN,), "> on light\n"),
        ("fan on", "shed", (BREEZE,), "> on fan\n"),
        ("light on", None, (Call(action="light.turn_on"),), "> on light\n"),
        (
            "light here",
            "kitchen",
            (Call(action="light.turn_on", devices=(HERE,)),),
            "> on light: here\n",
        ),
        (
            "all lights",
            None,
            (Call(action="light.turn_on", devices=("all",)),),
            "> on light: all\n",
        ),
        # One of two that are called so: by the room that is said, or that one stands in.
        ("ceiling in the kitchen on", "bedroom", (CEILING,), "> on light A: B\n"),
        ("ceiling on", "kitchen", (CEILING,), "> on light A\n"),
        # Somebody has to ask.
        ("ceiling on", "shed", (CEILING,), "> on light A\n"),
        ("bye", None, (Say(key="bye"),), "> say bye\n"),
        # Arguments in their order, whatever they were given in.
        (
            "kitchen red at 30",
            None,
            (
                Call(
                    action="light.turn_on",
                    area="area kitchen",
                    arguments={"color": "red", "brightness": 30},
                ),
            ),
            "> on light: A = brightness 30 = color red\n",
        ),
        (
            "everything off but the counter",
            None,
            (Call(action="everything.turn_off", devices=("all",), excluding=("light counter",)),),
            "> off everything: all; but A\n",
        ),
        # Kinds are what the devices were called.
        (
            "close all the blinds",
            None,
            (Call(action="cover.close_cover", devices=("all",), kind="blind"),),
            "> close blind: all\n",
        ),
        (
            "is the counter on",
            None,
            (wanted("is", "light", at("light counter"), asked="on"),),
            "> is light A = on\n",
        ),
        (
            "is it above 20 in the kitchen",
            None,
            (wanted("is", "temperature", at(area="area kitchen"), above=20.5),),
            "> is temperature: A = above 20.5\n",
        ),
        (
            "how many lights upstairs",
            None,
            (wanted("count", "light", at(floor="floor upstairs")),),
            "> count light: A\n",
        ),
        ("what about it", None, (wanted("state", "it"),), "> state it\n"),
        ("undo", None, (wanted("undo"),), "> undo\n"),
        (
            "and the counter",
            None,
            (wanted("same", "light", at("light counter")),),
            "> same light A\n",
        ),
        ("and upstairs", None, (wanted("same", "", at(floor="floor upstairs")),), "> same: A\n"),
        ("the other", None, (Wanted(verb="same", picked="other"),), "> same other\n"),
        ("make it blue", None, (wanted("on", "it", color="blue"),), "> on it = color blue\n"),
        (
            "if the kettle is on then the counter",
            None,
            (wanted("if", "switch", at("switch kettle"), asked="on"), COUNTER),
            "> if switch A = on\n> on light B\n",
        ),
        # Text is written as the message shows it.
        (
            "add Oat Milk to the list",
            None,
            (Call(action="todo.add_item", arguments={"item": "Oat Milk"}),),
            "> add todo = item oat milk\n",
        ),
        (
            "add bulbs for the Counter",
            None,
            (Call(action="todo.add_item", arguments={"item": "bulbs for the Counter"}),),
            "> add todo = item bulbs for the light A\n",
        ),
        (
            "buy milk, eggs",
            None,
            (wanted("buy", "todo", item="milk"), wanted("buy", "todo", item="eggs")),
            "> buy todo = item milk\n> buy todo = item eggs\n",
        ),
    ],
)
def test_what_a_model_should_write(
    house: Home, said: str, speaker: str | None, those: tuple[Said, ...], reply: str
) -> None:
    heard = hearing(house, said, speaker)
    assert heard.reply(those) == reply
    assert heard.grammar.accepts(reply, heard.words)


@pytest.mark.parametrize(
    ("said", "speaker", "those"),
    [
        ("it is dark", None, COUNTER),
        ("light on", None, KITCHEN),
        ("light on", "bedroom", KITCHEN),
        ("counter on", None, Call(action="light.turn_on", devices=("all",), excluding=("x",))),
        # It would be the one of the bedroom.
        ("ceiling on", "bedroom", CEILING),
        # The counter is in the kitchen.
        (
            "the bedroom but the counter",
            None,
            Call(action="light.turn_on", area="area bedroom", excluding=("light counter",)),
        ),
        ("add milk", None, Call(action="todo.add_item", arguments={"item": "eggs"})),
        ("add milkshakes", None, Call(action="todo.add_item", arguments={"item": "milk"})),
        ("is it on", None, wanted("is", "light", at("light counter"), asked="on")),
        ("and there", None, wanted("same", "", at(area="area kitchen"))),
        ("and that", None, wanted("same", "light", at("light counter"))),
    ],
)
def test_what_a_sentence_does_not_name_cannot_be_written(
    house: Home, said: str, speaker: str | None, those: Said
) -> None:
    with pytest.raises(CannotBeSaidError):
        hearing(house, said, speaker).reply([those])


def test_a_sensor_that_is_named_says_which_room(villa: Home) -> None:
    """Who says "set the living room temperature" means the thermostat there."""
    heard = hearing(villa, "set the living room temperature to 21")
    assert heard.message == "set the temperature A to 21"
    call = Call(
        action="climate.set_temperature", area="area living room", arguments={"temperature": 21}
    )
    reply = heard.reply([call])
    assert reply == "> temperature climate: A = temperature 21\n"
    assert heard.grammar.accepts(reply, heard.words)


def test_what_is_not_allowed_cannot_be_written_by_a_model(house: Home) -> None:
    """It is known what was wanted all the same."""
    heard = TINY.hear("counter on", house, None, DEFAULT_ALLOWED - {"light.turn_on"})
    assert not heard.grammar.accepts(heard.reply([COUNTER]), heard.words)


def test_words_of_the_sentence_and_of_the_message(house: Home) -> None:
    heard = hearing(house, "Add Jam \u2014 and the  Ceiling\u2019s bulb, to it")
    assert heard.message == "add jam \u2014 and the light A* 's bulb, to it"
    assert heard.shown("Jam") == "jam"
    assert heard.shown("the Ceiling\u2019s bulb") == "the light A 's bulb"
    assert heard.shown("the Ceiling") == "the light A"
    assert heard.shown("ja") is None
    assert heard.shown("dragon") is None


@pytest.mark.parametrize(
    ("said", "kind", "written"),
    [
        # The house has a blind and a curtain in the living room, and only a blind in the bedroom.
        ("close the shutters in the bedroom", "blind", "close shutter: A"),
        ("keep the bedroom dark", "blind", "close blind: A"),
        ("close the drapes in the living room", "curtain", "close curtain: A"),
    ],
)
def test_a_kind_is_what_was_said_where_that_means_the_same(
    villa: Home, said: str, kind: str, written: str
) -> None:
    area = "area bedroom" if "bedroom" in said else "area living room"
    call = Call(action="cover.close_cover", area=area, kind=kind)
    assert hearing(villa, said).reply([call]) == f"> {written}\n"


def test_a_kind_that_nobody_said_is_the_first_that_means_the_same(villa: Home) -> None:
    pause = Call(action="media_player.media_pause", area="area kitchen", kind="speaker")
    assert hearing(villa, "hush in the kitchen").reply([pause]) == "> pause media_player: A\n"
    speakers = hearing(villa, "pause the speakers in the kitchen")
    assert speakers.reply([pause]) == "> pause speaker: A\n"


def test_where_there_are_blinds_the_curtains_are_not_called_so(villa: Home) -> None:
    call = Call(action="cover.close_cover", area="area living room", kind="curtain")
    with pytest.raises(CannotBeSaidError):
        hearing(villa, "close the blinds in the living room").reply([call])
