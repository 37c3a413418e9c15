"""What a question is about: the devices, and what they may be found to be."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..answers import asked_about, sensed_as, sensed_by, sensed_outdoors, told_by
from ..cues import cues
from ..home import Entity, Home, Value
from ..kinds import IT, KINDS, MEASURED
from ..parser import Query
from ..states import Test, passes, reading
from ..turns import Turn
from ..vocabulary import vocabulary
from ..words import words
from .tiny_lines import ABOVE, ASKED, BELOW, DAY, OF, Line
from .tiny_places import Places, ids
from .tiny_rest import Rest

_WEATHER, _TEMPERATURE = "weather", "temperature"
_SENSOR, _LOCK = "sensor", "lock"
_SWITCHES = ("switch", "input_boolean")
_OF_ONE, _LOCKED = ("is", "state"), ("locked", "unlocked")
_SINGLE = {"W", "Wh", "VA"}
_TIMES = ("duration", "timestamp")
"""Device classes of sensors that know how long something takes, or when it is done."""


def query(line: Line, places: Places, turn: Turn | None) -> Query:
    """Return what a question is about.

    Args:
        line: the line.
        places: what its letters stand for.
        turn: the turn before.

    Raises:
        ParseError: the line uses a letter for what it does not stand for.

    """
    test = _test(line.arguments)
    kind, of = line.kind, str(line.arguments.get(OF, ""))
    found = told_by(_asked_of(line, places, turn), test, places.home)
    told = sensed_by(found, of, places.home) if of else found
    if kind == _WEATHER and not told and DAY not in line.arguments:
        told = sensed_outdoors(of, places.home)  # Where no weather is known, the garden's will do.
    if told and told != found and all(entity.domain == "sensor" for entity in told):
        kind, of = sensed_as(of), ""
    return Query(
        verb=line.verb,
        kind=kind,
        entity_ids=ids(told),
        test=test,
        of=of,
        day=str(line.arguments.get(DAY, "")),
    )


def query_said(line: Line, places: Places, turn: Turn | None, rest: Rest) -> Query:
    """Return what a question is about, whose sentence may not say what is measured.

    "If it is under sixty in the yard" is about the temperature where no light is measured. Four
    kilowatts are 4,000 for a meter that counts watts.

    Args:
        line: the line.
        places: what its letters stand for.
        turn: the turn before.
        rest: what the sentence says besides names.

    Raises:
        ParseError: the line uses a letter for what it does not stand for.

    """
    asked = _told_in_words(query(line, places, turn), places.home)
    if sensors := _sensors_of_a_switch(line, asked, places, rest):
        return Query(verb=line.verb, kind=_SENSOR, entity_ids=ids(sensors), test=asked.test)
    has_limit = not line.arguments.keys().isdisjoint((ABOVE, BELOW))
    is_guess = line.kind in MEASURED and line.kind not in rest.kinds
    if asked.entity_ids and has_limit and cues(rest.language).say("thousands", (rest.text,)):
        return _in_thousands(asked, places.home)
    if asked.entity_ids or not has_limit or not is_guess:
        return asked
    told = query(replace(line, kind=_TEMPERATURE), places, turn)
    return told if told.entity_ids else asked


def _sensors_of_a_switch(
    line: Line, asked: Query, places: Places, rest: Rest
) -> tuple[Entity, ...]:
    """Return the only sensor that is called as a switch is, where a value is asked for.

    A switch has none: "how full is the well" is no question for the well pump, nor "how much charge
    does the Tesla have" for the Tesla charger.
    """
    found = [places.home.entity_by_id[each] for each in asked.entity_ids]
    if not line.devices or not found or any(each.domain not in _SWITCHES for each in found):
        return ()
    asks_for_a_value = line.verb == "state" and _asks_for_a_value(rest)
    if not asked.of and not asks_for_a_value:
        return ()
    spans = [places.span(letter) for letter in line.devices]
    said = [set(words(rest.text[span.start : span.end])) for span in spans]
    named = tuple(
        sensor
        for sensor in places.home.of_domain(_SENSOR)
        if any(each and each <= set(words(sensor.name)) for each in said)
    )
    told = tuple(each for each in named if each.device_class == sensed_as(asked.of))
    if asks_for_a_value and not told:
        told = tuple(each for each in named if reading(each) is not None)
    return told if len(told) == 1 else ()


def _asks_for_a_value(rest: Rest) -> bool:
    known = cues(rest.language)
    return known.say("a_value", rest.outside) or known.end("a_value_last", rest.text)


def _told_in_words(asked: Query, home: Home) -> Query:
    """Return a question: of a sensor that tells in words of its own, what it tells.

    "Has the dishwasher finished" is not no because it is called "finished", and not "done".
    """
    told = [home.entity_by_id[each] for each in asked.entity_ids]
    is_of_words = bool(told) and all(e.domain == "sensor" and reading(e) is None for e in told)
    if asked.verb != "is" or asked.test is None or not is_of_words:
        return asked
    is_so = any(passes(e, asked.test) for e in told)
    return asked if is_so else replace(asked, verb="state", test=None)


def _in_thousands(asked: Query, home: Home) -> Query:
    """Return a question with the limit that it has for those that count in single units."""
    units = {home.entity_by_id[e].attributes.get("unit_of_measurement") for e in asked.entity_ids}
    limit = asked.test
    if limit is None or not units <= _SINGLE:
        return asked
    above, below = (None if x is None else 1000 * x for x in (limit.above, limit.below))
    return replace(asked, test=replace(limit, above=above, below=below))


def time_left(places: Places) -> Query | None:
    """Return the question how long a device takes, if a sensor tells: timers are for the rest."""
    things = [thing for span in places.spans.values() for thing in (*span.things, *span.parts)]
    named = [places.home.entity_by_id[t.id] for t in things if t.kind == "device"]
    found = [
        sensor
        for of in _TIMES
        for sensor in sensed_by(named, of, places.home)
        if sensor.domain == "sensor" and sensor.device_class == of
    ]
    return Query(verb="state", kind="sensor", entity_ids=ids(found)) if found else None


def of_what_is_named(line: Line, places: Places, rest: Rest) -> Line:
    """Return a question about the device that its sentence names, if a model lost it.

    "Is the dishwasher done" asks a sensor called so, and no timer; "have i locked the front door"
    asks the lock, and not what else may be a door.
    """
    if (line.verb, line.kind) == ("status", "timer"):
        said = str(line.arguments.get("name", "")).split()
        named = [each for each in said if _is_all_that_is_said(each, said, places, rest)]
        return Line(verb="state", kind=_SENSOR, devices=tuple(named)) if len(named) == 1 else line
    if line.verb not in _OF_ONE or line.devices or line.place is not None or len(places.spans) != 1:
        return line
    (letter,) = places.spans
    kinds = (line.kind, *([_LOCK] if line.arguments.get(ASKED) in _LOCKED else []))
    kind = next((each for each in kinds if _names_one(letter, each, places)), None)
    return replace(line, kind=kind, devices=(letter,)) if kind is not None else line


def _is_all_that_is_said(letter: str, said: Collection[str], places: Places, rest: Rest) -> bool:
    """Return whether words are a sensor by its letter, and what it was called, and no more."""
    if letter not in places.spans or not places.devices(letter, _SENSOR):
        return False
    span = places.span(letter)
    own = {letter, *words(rest.text[span.start : span.end]), *vocabulary(rest.language).articles}
    return all(word in own or word in KINDS for word in said)


def _names_one(letter: str, kind: str, places: Places) -> bool:
    things = places.span(letter).things
    is_device = all(thing.kind == "device" for thing in things)
    return kind in KINDS and is_device and len(places.devices(letter, kind)) == 1


def _test(arguments: Mapping[str, Value]) -> Test | None:
    if arguments.keys().isdisjoint((ASKED, ABOVE, BELOW)):
        return None
    above, below = arguments.get(ABOVE), arguments.get(BELOW)
    return Test(
        word=str(arguments.get(ASKED, "")),
        above=float(str(above)) if above is not None else None,
        below=float(str(below)) if below is not None else None,
    )


def _asked_of(line: Line, places: Places, turn: Turn | None) -> tuple[Entity, ...]:
    """Return the devices that a question is about."""
    kind, word, home = line.kind, str(line.arguments.get(ASKED, "")), places.home
    if kind == IT:
        before = turn.entity_ids if turn is not None else ()
        return tuple(home.entity_by_id[each] for each in before if each in home.entity_by_id)
    if line.devices:
        return tuple(e for each in line.devices for e in places.fitting(each, kind, line.place))
    if line.place is not None:
        where = places.places(line.place)
        return tuple(e for place in where for e in asked_about(kind, places.in_place(place), word))
    if places.here is not None:
        here = asked_about(kind, places.in_place(places.here), word)
        if here:
            return here
    return asked_about(kind, home.entities, word) or _what_is_like_it(line, places)


def _what_is_like_it(line: Line, places: Places) -> tuple[Entity, ...]:
    """Return the only sensor without a class that has a name like what is asked about.

    "How much water is in the well" is about the "water level of the well".
    """
    if line.kind not in MEASURED or line.verb != "state":
        return ()
    likes = [letter for letter, span in places.spans.items() if not span.is_whole]
    found = [
        sensor
        for each in likes
        for sensor in places.devices(each, "sensor")
        if not sensor.device_class
    ]
    return tuple(found) if len(found) == 1 else ()
