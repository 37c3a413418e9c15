"""Sentences that go back to the turn before."""

import pytest

from home_llm_core.calls import Call
from home_llm_core.home import Home, Value
from home_llm_core.parser import Say, Unclear
from home_llm_core.turns import Turn
from tests.core.hearing import comes_to, done_to, entity, heard, hearing, refusal, turn_of

WHAT = [Say(key="what")]
ABSENT = [Say(key="absent")]
LIGHTS = ("light.sofa", "light.corner", "light.worktop", "light.k_ceiling")


def call(action: str, *devices: str, **arguments: Value) -> Call:
    """Return a call to devices."""
    return Call(action=action, devices=devices, arguments=arguments)


def asked(verb: str, *entity_ids: str, **arguments: Value) -> Turn:
    """Return a turn in which it was asked which one is meant."""
    return Turn(asked=Unclear(entity_ids=entity_ids, verb=verb, arguments=arguments))


SOFA_AT_30 = call("light.turn_on", "light sofa lamp", brightness=30)


@pytest.mark.parametrize(
    "line", ["same", "same other", "same: A", "undo", "again", "off it", "up it"]
)
@pytest.mark.parametrize("turn", [None, Turn()])
def test_where_nothing_was_before(line: str, turn: Turn | None) -> None:
    home = Home(entities=(entity("light.x", "Dragon"),))
    assert comes_to(hearing(home, "that one", turn=turn), line) == WHAT


@pytest.mark.parametrize(
    ("said", "line", "entity_ids"),
    [
        ("the corner lamp", "same light A", ("light.corner",)),
        ("the ceiling", "same light A", ("light.k_ceiling",)),
        ("the sofa lamp and the worktop", "same light A; B", ("light.sofa", "light.worktop")),
        ("the one in the kitchen", "same: A", ("light.k_ceiling", "light.worktop")),
        ("the worktop in the kitchen", "same light A: B", ("light.worktop",)),
        ("all of them", "same all", tuple(sorted(LIGHTS))),
        ("the first one", "same first", ("light.sofa",)),
        ("the second one", "same second", ("light.corner",)),
        ("the third one", "same third", ("light.worktop",)),
        ("the last one", "same last", ("light.k_ceiling",)),
        # By a word that only one of them has.
        ("the corner one", "same", ("light.corner",)),
        ("the one at the sofa", "same", ("light.sofa",)),
    ],
)
def test_the_answer_which_one(
    villa: Home, said: str, line: str, entity_ids: tuple[str, ...]
) -> None:
    turn = asked("on", *LIGHTS, brightness=30)
    (event,) = comes_to(hearing(villa, said, turn=turn), line)
    assert isinstance(event, Call)
    if event.arguments:
        assert event.arguments == {"brightness": 30}
    able = {e.entity_id for e in villa.entities if "dim" in e.features}
    if set(entity_ids) <= able:
        assert done_to(event, villa) == entity_ids
    else:
        assert refusal(event, villa)[0] == "unsupported"
    turn = asked("off", *LIGHTS)
    (event,) = comes_to(hearing(villa, said, turn=turn), line)
    assert done_to(event, villa) == entity_ids


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("hmm", "same"),
        ("the lamp", "same"),
        ("the other one", "same other"),
        ("the desk lamp", "same light A"),
        ("the one in the study", "same: A"),
    ],
)
def test_an_answer_that_does_not_tell_is_asked_again(villa: Home, said: str, line: str) -> None:
    turn = asked("on", *LIGHTS, brightness=30)
    assert comes_to(hearing(villa, said, turn=turn), line) == [turn.asked]


def test_fewer_than_were_counted(villa: Home) -> None:
    turn = asked("on", "light.sofa", "light.corner")
    assert heard(villa, "the third", "same third", turn=turn) == [turn.asked]


def test_what_left_the_home_cannot_be_meant(villa: Home) -> None:
    turn = asked("off", "light.gone", "light.sofa", "light.corner")
    (event,) = heard(villa, "the first", "same first", turn=turn)
    assert done_to(event, villa) == ("light.sofa",)


def test_a_room_does_not_unlock_several_doors(villa: Home) -> None:
    """They are named, one by one."""
    turn = asked("unlock", "lock.front", "lock.back")
    for said, line in (("both", "same all"), ("on the ground floor", "same: A")):
        assert heard(villa, said, line, turn=turn) == [turn.asked]
    (event,) = heard(villa, "front door and back door", "same lock A; B", turn=turn)
    assert done_to(event, villa) == ("lock.back", "lock.front")
    (event,) = heard(villa, "the one in the kitchen", "same: A", turn=turn)
    assert done_to(event, villa) == ("lock.back",)
    locked = turn_of(villa, call("lock.lock", "lock front door", "lock back door"))
    (event,) = heard(villa, "unlock them", "unlock it", turn=locked)
    assert event == Unclear(entity_ids=("lock.back", "lock.front"), verb="unlock")


def test_words_of_the_sentence_before_are_kept(villa: Home) -> None:
    """A letter of that sentence stands for something else in this one."""
    (event,) = heard(villa, "add a Desk Lamp", "add todo = item a light A")
    assert isinstance(event, Unclear)
    assert event.arguments == {"item": "Desk Lamp"}
    turn = Turn(asked=event)
    (event,) = heard(villa, "to the chores", "same todo A", turn=turn)
    assert event == call("todo.add_item", "todo chores", item="Desk Lamp")


@pytest.mark.parametrize(
    ("said", "line", "devices"),
    [
        ("and the worktop", "same light A", ("light worktop",)),
        ("and the study", "same: A", ("light desk lamp",)),
        ("and the kitchen", "same: A", ("light worktop",)),  # The ceiling cannot be dimmed.
        ("and the ceiling in the kitchen", "same light A: B", ("light kitchen ceiling",)),
        ("the other one", "same other", ("light corner lamp",)),
        ("all of them", "same all", ("light sofa lamp", "light corner lamp")),
    ],
)
def test_the_same_for_something_else(
    villa: Home, said: str, line: str, devices: tuple[str, ...]
) -> None:
    turn = turn_of(villa, SOFA_AT_30)
    found = heard(villa, said, line, turn=turn)
    assert found == [call("light.turn_on", *devices, brightness=30)]


def test_the_same_in_words_of_another_kind(villa: Home) -> None:
    """What is switched on can be anything; what is opened cannot."""
    turn = turn_of(villa, SOFA_AT_30)
    assert heard(villa, "breeze", "same fan A", turn=turn) == [call("fan.turn_on", "fan breeze")]
    turn = turn_of(villa, call("cover.open_cover", "cover left blind"))
    assert heard(villa, "and the worktop", "same light A", turn=turn) == WHAT
    found = heard(villa, "and the sprinkler", "same valve A", turn=turn)
    assert found == [call("valve.open_valve", "valve sprinkler")]


def test_the_same_where_nothing_of_the_kind_is(villa: Home) -> None:
    turn = turn_of(villa, SOFA_AT_30)
    assert heard(villa, "and the garage", "same: A", turn=turn) == ABSENT
    assert heard(villa, "and the ceiling in the hall", "same light A: B", turn=turn) == ABSENT
    turn = turn_of(villa, call("vacuum.start", "vacuum rosie"))
    assert heard(villa, "the other one", "same other", turn=turn) == ABSENT


def test_of_two_names_what_is_done_is_not_meant_again(villa: Home) -> None:
    turn = turn_of(villa, call("light.turn_off", "light kitchen ceiling"))
    (event,) = heard(villa, "and the ceiling", "same light A", turn=turn)
    assert done_to(event, villa) == ("light.b_ceiling",)
    turn = turn_of(villa, SOFA_AT_30)
    (event,) = heard(villa, "and the ceiling", "same light A", turn=turn)
    ids = ("light.k_ceiling", "light.b_ceiling")
    assert event == Unclear(entity_ids=ids, verb="on", arguments={"brightness": 30})


def test_the_other_one_of_several(villa: Home) -> None:
    home = Home(entities=tuple(entity(f"light.{n}", f"{n} spot") for n in ("red", "blue", "green")))
    turn = turn_of(home, call("light.turn_on", "light red spot"))
    (event,) = heard(home, "the other one", "same other", turn=turn)
    assert event == Unclear(entity_ids=("light.blue", "light.green"), verb="on")


def test_again(villa: Home) -> None:
    tea = call("timer.start", minutes=5, name="tea")
    turn = turn_of(villa, SOFA_AT_30, tea)
    assert heard(villa, "once more", "again", turn=turn) == [SOFA_AT_30, tea]
    without = Home(entities=tuple(e for e in villa.entities if e.entity_id != "light.sofa"))
    assert heard(without, "once more", "again", turn=turn) == [tea]


def test_undo(villa: Home) -> None:
    kitchen = Call(action="light.turn_on", area="area kitchen")
    turn = turn_of(villa, call("lock.unlock", "lock front door"), kitchen)
    assert heard(villa, "undo that", "undo", turn=turn) == [
        call("light.turn_off", "light kitchen ceiling"),
        call("light.turn_off", "light worktop"),
        call("lock.lock", "lock front door"),
    ]
    # What is no longer there stays as it is.
    without = Home(entities=tuple(e for e in villa.entities if e.domain != "light"))
    assert heard(without, "undo", "undo", turn=turn) == [call("lock.lock", "lock front door")]
    turn = turn_of(villa, call("button.press", "button gong"))
    assert heard(villa, "undo that", "undo", turn=turn) == WHAT


def test_the_same_in_the_whole_house(villa: Home) -> None:
    turn = turn_of(villa, call("light.turn_off", "light sofa lamp"))
    (event,) = heard(villa, "and everywhere else", "same: all", turn=turn)
    lights = {each.entity_id for each in villa.entities if each.domain == "light"}
    assert set(done_to(event, villa)) == lights
    # No house is unlocked that way.
    turn = turn_of(villa, call("lock.unlock", "lock front door"))
    (event,) = heard(villa, "and everywhere else", "same: all", turn=turn)
    assert isinstance(event, Unclear)


@pytest.mark.parametrize("line", ["same: all", "same: here", "same: Z", "same light Z", "same: A"])
@pytest.mark.parametrize("done", [SOFA_AT_30, None])
def test_letters_that_stand_for_nothing(villa: Home, line: str, done: Call | None) -> None:
    """Whatever a model writes, it breaks nothing and unlocks nothing."""
    turn = turn_of(villa, done) if done is not None else asked("unlock", "lock.front", "lock.back")
    for event in comes_to(hearing(villa, "the worktop", turn=turn), line):
        assert not isinstance(event, Call) or event.action == "light.turn_on"


@pytest.mark.parametrize(
    ("told", "line", "is_clear"),
    [
        (("todo.shopping", "todo.chores"), "add todo = item bins", False),
        (("todo.chores",), "add todo = item bins", True),
        ((), "add todo = item bins", False),
        # Which list has it is known when it is done.
        (("todo.chores",), "complete todo = item bins", False),
        (("todo.chores",), "remove todo = item bins", False),
    ],
)
def test_an_item_is_put_on_the_list_that_was_told(
    villa: Home, told: tuple[str, ...], line: str, is_clear: bool
) -> None:
    (event,) = heard(villa, "the bins please", line, turn=Turn(spoken_of=told))
    assert isinstance(event, Unclear) is not is_clear
