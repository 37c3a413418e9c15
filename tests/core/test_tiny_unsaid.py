"""Replies about what the sentence does not speak of."""

from collections.abc import Sequence

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Area, Home
from home_llm_core.parser import Say
from tests.core.hearing import comes_to, entity, hearing, turn_of

ROBOT = entity("vacuum.a", "Umbriel", state="cleaning", features=("stop", "pause", "start"))
LAMP = entity("light.a", "Quillon", area_id="hall")
PLAYER = entity("media_player.a", "Pontoon", area_id="hall", features=("play",))
BIA = entity("person.bia", "Bia", state="home")
ON = {"pt": "liga", "es": "enciende", "de": "mach an", "ru": "включи"}
HALL = Area(area_id="hall", name="Zorvath")


def home(language: str) -> Home:
    return Home(areas=(HALL,), entities=(ROBOT, LAMP, PLAYER), language=language)


def lines_of(language: str, said: str, *lines: str) -> Sequence[object]:
    return comes_to(hearing(home(language), said), *lines)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "stop mowing"),
        ("de", "hör auf zu mähen"),
        ("fr", "arrête de tondre"),
        ("nl", "stop met maaien"),
        ("ru", "хватит косить"),
        ("en", "stop the fan"),
        ("de", "stopp die markise"),
    ],
)
def test_it_is_not_of_another_sort(language: str, said: str) -> None:
    house = home(language)
    turn = turn_of(house, *comes_to(hearing(house, "umbriel"), "stop vacuum A"))
    sentence = hearing(house, said, turn=turn)
    assert sentence.misses(comes_to(sentence, "stop it"))


@pytest.mark.parametrize(
    "said", ["stop it", "stop vacuuming", "that robot, stop it", "not the fan"]
)
def test_it_may_be_of_the_sort_that_is_said(said: str) -> None:
    house = home("en")
    turn = turn_of(house, *comes_to(hearing(house, "umbriel"), "stop vacuum A"))
    sentence = hearing(house, said, turn=turn)
    assert not sentence.misses(comes_to(sentence, "stop it"))


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "turn it off in zorvath", "off everything: A"),
        ("nl", "zet het uit in zorvath", "off everything: A"),
        ("en", "close everything in zorvath", "off everything: A"),
        ("ru", "закрой все в zorvath", "off everything: A"),
        ("ja", "zorvathを全部閉めて", "off everything: A"),
        ("ru", "включи джакузи", "play media_player"),
        ("pl", "włącz jacuzzi", "play media_player"),
        ("es", "enciende el jacuzzi", "play media_player"),
    ],
)
def test_what_no_word_says_is_not_done(language: str, said: str, line: str) -> None:
    assert lines_of(language, said, line) == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "everything off in zorvath", "off everything: A"),
        ("en", "shut everything down in zorvath", "off everything: A"),
        ("en", "whatever is on in zorvath, off with it", "off everything: A"),
        ("ru", "включи музыку", "play media_player"),
        ("pl", "włącz radio", "play media_player"),
    ],
)
def test_what_a_word_says_is_done(language: str, said: str, line: str) -> None:
    assert Say(key="what") not in lines_of(language, said, line)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "wake me at 7"),
        ("en", "wake me at seven in the morning"),
        ("de", "weck mich um sieben"),
        ("fr", "réveille-moi à 7 heures"),
        ("es", "despiértame a las siete"),
        ("it", "svegliami alle sette"),
        ("pt", "acorda-me às sete"),
        ("nl", "maak me om zeven uur wakker"),
        ("ru", "разбуди меня в семь утра"),
        ("zh-Hans", "七点叫我"),
    ],
)
def test_a_time_of_day_is_no_duration(language: str, said: str) -> None:
    assert lines_of(language, said, "start timer = hours 7") == [Say(key="later")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "set a timer at seven hours"),
        ("de", "timer auf sieben stunden"),
        ("fr", "mets le timer à 7 heures"),
        ("nl", "wek me over zeven uur"),
        ("ru", "таймер на семь часов"),
    ],
)
def test_hours_are_counted(language: str, said: str) -> None:
    assert Say(key="later") not in lines_of(language, said, "start timer = hours 7")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "i've already closed the {}"),
        ("fr", "j'ai déjà éteint le {}"),
        ("fr", "le {} a fini"),
        ("es", "acabo de apagar {}"),
        ("es", "papá apagó {}"),
        ("it", "ho appena spento {}"),
        ("it", "{} ha finito"),
        ("pt", "já desliguei {}"),
        ("pt", "{} já acabou"),
        ("pl", "już wyłączyłam {}"),
        ("ru", "я уже выключил {}"),
        ("ru", "{} закончила"),
    ],
)
def test_what_is_told_is_not_asked_for(language: str, said: str) -> None:
    assert lines_of(language, said.format("quillon"), "off light A") == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("fr", "l'aspirateur a fini", "stop vacuum"),
        ("it", "ho già spento le luci", "off light: all"),
    ],
)
def test_what_is_told_of_a_kind_is_not_asked_for(language: str, said: str, line: str) -> None:
    assert lines_of(language, said, line) == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "i've already locked up so put the quillon out"),
        ("fr", "j'ai ouvert le volet éteins le quillon"),
        ("fr", "on a fini éteins le quillon"),
        ("es", "ya cerré la puerta apaga quillon"),
        ("it", "ho chiuso la finestra spegni quillon"),
        ("pt", "já fechei a janela desliga quillon"),
        ("pl", "zamknąłem okno zgaś quillon"),
        ("pl", "chciałbym żebyś wyłączył quillon"),
        ("ru", "я закрыл окно выключи quillon"),
        ("ru", "хочу чтобы ты выключил quillon"),
    ],
)
def test_what_is_asked_for_besides_what_is_told(language: str, said: str) -> None:
    (event,) = lines_of(language, said, "off light A")
    assert isinstance(event, Call)
    assert event.action == "light.turn_off"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "leave the lamp on and turn the rest off"),
        ("de", "lass die lampe an und mach den rest aus"),
        ("fr", "laisse la lampe et éteins le reste"),
        ("es", "deja la lámpara y apaga lo demás"),
        ("it", "lascia la lampada e spegni il resto"),
        ("pt", "deixa o candeeiro e apaga o resto"),
        ("nl", "laat de lamp aan en doe de rest uit"),
        ("pl", "zostaw lampę i wyłącz resztę"),
        ("ru", "оставь лампу и выключи остальное"),
        ("ja", "ランプは残して他のは全部消して"),
        ("zh-Hans", "留着台灯其他的都关了"),
    ],
)
def test_the_rest_is_not_everything(language: str, said: str) -> None:
    for line in ("off everything: all", "off light: all"):
        assert lines_of(language, said, line) == [Say(key="what")]
    assert Say(key="what") not in lines_of(language, f"{said}, quillon", "off light A")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "is there enough air in zorvath"),
        ("en", "how warm is zorvath"),
        ("de", "ist die luft in zorvath gut"),
        ("nl", "hoe warm is het in zorvath"),
        ("fr", "est-ce que l'air est bon dans zorvath"),
    ],
)
def test_a_question_does_nothing(language: str, said: str) -> None:
    assert lines_of(language, said, "off light: A") == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "is there any chance you could turn zorvath off"),
        ("de", "wer macht mal das licht in zorvath aus"),
        ("nl", "wie doet het licht in zorvath uit"),
        ("fr", "est-ce que tu peux éteindre zorvath"),
    ],
)
def test_a_question_may_be_a_wish(language: str, said: str) -> None:
    assert Say(key="what") not in lines_of(language, said, "off light: A")


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "did it rain yesterday", "forecast weather = rainy = day today"),
        ("de", "war das licht gestern an", "is light = on"),
        ("es", "llovió ayer", "is weather = rainy"),
        ("zh-Hans", "昨天下雨了吗", "is weather = rainy"),
    ],
)
def test_nobody_knows_how_it_was(language: str, said: str, line: str) -> None:
    assert lines_of(language, said, line) == [Say(key="unknown")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt", "a bia abriu o zorvath"),
        ("es", "bia prendió zorvath otra vez"),
        ("de", "die bia hat zorvath brennen lassen"),
        ("ru", "bia включила zorvath"),
    ],
)
def test_what_somebody_did_is_not_asked_for(language: str, said: str) -> None:
    where = home(language)
    where = Home(areas=where.areas, entities=(*where.entities, BIA), language=language)
    sentence = hearing(where, said)
    assert comes_to(sentence, "on light: B") == [Say(key="what")]
    (event,) = comes_to(hearing(where, f"{said}, {ON[language]} quillon"), "on light C")
    assert isinstance(event, Call)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "mum told me to turn quillon off"),
        ("en", "i thought quillon was off"),
        ("en", "i was going to turn quillon off"),
        ("de", "ich hab ihm gesagt er soll quillon ausmachen"),
        ("nl", "ik dacht dat quillon uit was"),
        ("fr", "je lui ai dit d'éteindre quillon"),
        ("es", "le dije que apagara quillon"),
        ("it", "pensavo che quillon fosse spento"),
        ("pt", "pensei que quillon estava desligado"),
        ("pl", "powiedziałam mu, żeby wyłączył quillon"),
        ("ru", "мама попросила меня выключить quillon"),
        ("ja", "quillonを消すつもりだった"),
        ("zh-Hans", "我以为quillon关了"),
    ],
)
def test_what_was_said_to_others_is_not_asked_for(language: str, said: str) -> None:
    assert lines_of(language, said, "off light A") == [Say(key="what")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "i thought quillon was off, turn it off"),
        ("en", "i told you to turn quillon off"),
        ("de", "ich dachte quillon ist aus, mach aus"),
        ("fr", "je pensais que quillon était éteint, éteins, allez, éteins"),
        ("zh-Hans", "我以为quillon关了,帮我关掉"),
    ],
)
def test_what_is_said_again_is_asked_for(language: str, said: str) -> None:
    (event,) = lines_of(language, said, "off light A")
    assert isinstance(event, Call)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "can i be sure quillon is off"),
        ("en", "do you know if quillon is off"),
        ("de", "weißt du ob quillon aus ist"),
        ("nl", "weet je of quillon uit is"),
        ("fr", "dis-moi si quillon est éteint"),
        ("es", "sabes si quillon está apagado"),
        ("it", "posso essere sicuro che quillon è spento"),
        ("pt", "sabes se quillon está desligado"),
        ("pl", "wiesz czy quillon jest wyłączony"),
        ("ru", "ты не знаешь, quillon выключен"),
    ],
)
def test_who_asks_whether_it_is_so_wishes_nothing(language: str, said: str) -> None:
    assert lines_of(language, said, "off light A") == [Say(key="what")]
    assert Say(key="what") not in lines_of(language, said, "is light A = off")


def test_who_asks_may_wish_something_too() -> None:
    said = "tell me if quillon is off and if not turn it off"
    assert Say(key="what") not in lines_of("en", said, "off light A")


def test_what_was_said_to_somebody_who_is_named_is_not_asked_for() -> None:
    where = home("en")
    where = Home(areas=where.areas, entities=(*where.entities, BIA), language="en")
    said = "i told bia to turn quillon off"
    assert comes_to(hearing(where, said), "off light B") == [Say(key="what")]
