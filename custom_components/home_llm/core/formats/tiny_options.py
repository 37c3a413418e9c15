"""What a device can be set to, where that tells what is meant: "stick Disney Plus on".

A source of a player names nothing of the home. A model that does not read the home may take it for
something that is not there, or put on the player and no more; the sentence itself tells.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from ..actions import TextArgument
from ..cues import cues
from ..home import Entity
from ..parser import Say, Unclear
from ..vocabulary import Vocabulary, vocabulary
from ..words import WORD, is_character, plain, words
from .tiny_lines import Line, action_of
from .tiny_meant import Meant
from .tiny_places import Places, ids
from .tiny_rest import Rest

PLAYER = "media_player"
_SOURCE, _PRESET, _BY = "source", "preset", "by"
_CHOSEN_BY = (_SOURCE, "select", _PRESET, "blow", "swing", "direction")
_SET_BY: Mapping[str, str] = {PLAYER: _SOURCE, "fan": _PRESET, "climate": _PRESET}
"""The verbs that set devices to what they have names for, by domain."""

_KINDS = (PLAYER, "tv", "speaker", "fan", "climate")
"""The kinds of those that a wish to put something on may speak of."""

_PUT_ON = ("on", "play")
_Words = tuple[str, ...]


def _options_of(entity: Entity, verb: str) -> Iterator[str]:
    """Yield what a verb can set a device to."""
    action = action_of(entity.domain, verb)
    for argument in action.listed if action is not None else ():
        if isinstance(argument, TextArgument) and argument.chosen:
            yield from entity.options.get(argument.name, ())


def with_its_option(line: Line, entities: Collection[Entity], rest: Rest) -> Line:
    """Return a line: "put the fan on breeze" does more than to put it on.

    Args:
        line: a line.
        entities: what it is about.
        rest: what the sentence says besides names.

    """
    verbs = {_SET_BY.get(entity.domain, "") for entity in entities}
    if verbs == {_SOURCE} and (line.verb == "toggle" or _is_a_number_of(line, entities, rest)):
        return _with_its_source(line, entities, rest)
    if verbs == {_PRESET} and set(line.arguments) == {_BY}:
        return _with_its_preset(line, entities, rest)
    if line.verb not in _PUT_ON or line.arguments or len(verbs) != 1 or "" in verbs:
        return line
    (verb,) = verbs
    options = {each for e in entities for each in _options_of(e, verb)}
    option = option_said(options, rest) or _around_a_name(options, line, rest)
    joints = vocabulary(rest.language).joints
    is_alone = not any(word in joints for part in rest.outside for word in words(part))
    if option is None or not is_alone:
        return line
    return replace(line, verb=verb, arguments={"name": option})


def _is_a_number_of(line: Line, entities: Collection[Entity], rest: Rest) -> bool:
    """Return whether a volume is the number of a channel: "put the tv on La 1"."""
    level = line.arguments.get("percent")
    if line.verb != "volume" or level is None:
        return False
    options = {option for each in entities for option in _options_of(each, _SOURCE)}
    numbered = [words(each) for each in options if str(level) in words(each)[1:]]
    heard = words(rest.text)
    return any(heard[at : at + len(each)] == each for each in numbered for at in range(len(heard)))


def _with_its_source(line: Line, entities: Collection[Entity], rest: Rest) -> Line:
    """Return a line: "switch the tv over to the Xbox" is no other state of the tv."""
    text = rest.text
    for span in (rest.spans[letter] for letter in line.devices if letter in rest.spans):
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    heard, known = words(text), vocabulary(rest.language)
    options = {option for each in entities for option in _options_of(each, _SOURCE)}
    said = [each for each in options if _is_led_to(words(each), heard, known)]
    longest = max((len(words(each)) for each in said), default=0)
    named = [each for each in said if len(words(each)) == longest]
    return replace(line, verb=_SOURCE, arguments={"name": named[0]}) if len(named) == 1 else line


def _around_a_name(options: Collection[str], line: Line, rest: Rest) -> str | None:
    """Return the option that a name is a part of: "radio 2" of the one that is called "radio"."""
    spans = [rest.spans[letter] for letter in line.devices if letter in rest.spans]
    heard = words(rest.text)
    own = {word for span in spans for word in words(rest.text[span.start : span.end])}
    said = [
        each
        for each in options
        if own < {*words(each)}
        and any(heard[at : at + len(words(each))] == words(each) for at in range(len(heard)))
    ]
    return said[0] if own and len(said) == 1 else None


def _is_led_to(option: _Words, heard: _Words, known: Vocabulary) -> bool:
    """Return whether an option is said behind a word for where to: "over to the Xbox"."""
    leading = known.prepositions | known.articles
    return any(
        heard[at : at + len(option)] == option
        and (heard[at - 1] in leading or is_character(heard[at - 1]))
        for at in range(1, len(heard))
    )


def _with_its_preset(line: Line, entities: Collection[Entity], rest: Rest) -> Line:
    """Return a line: "boost the heating" is the preset, where there is one that is called so."""
    said = vocabulary(rest.language).words(rest.outside[0])[:1]
    options = {option for each in entities for option in _options_of(each, _PRESET)}
    named = [option for option in options if words(option) == said]
    return replace(line, verb=_PRESET, arguments={"name": named[0]}) if named else line


def source_wished(places: Places, rest: Rest) -> tuple[Line, Meant | Unclear] | None:
    """Return what is wished where a sentence says no more than a source of a player.

    Args:
        places: what it names: players, or where they are.
        rest: what else it says.

    """
    players = places.home.of_domain(PLAYER)
    for letter in places.spans:
        named = ids(places.any_of(letter))
        players = tuple(entity for entity in players if entity.entity_id in named)
    if not places.spans and places.area is not None:
        here = tuple(e for e in players if e.area_id == places.area.area_id)
        players = here or players
    option = option_said({each for e in players for each in _options_of(e, _SOURCE)}, rest)
    if option is None:
        return None
    found = tuple(entity for entity in players if option in _options_of(entity, _SOURCE))
    line = Line(verb=_SOURCE, kind=PLAYER, arguments={"name": option})
    return line, Meant(entities=found) if len(found) == 1 else Unclear(entity_ids=ids(found))


def that_has_it(
    line: Line,
    found: Meant | Unclear | Say,
    places: Places,
    has_it: Callable[[Line, Entity], bool],
) -> Meant | Unclear | Say:
    """Return what is meant: of several the only one that can be set so.

    Args:
        line: a line.
        found: what it may be about.
        places: what the sentence names.
        has_it: returns whether a device can be set to what a line says.

    """
    if line.verb not in _CHOSEN_BY or isinstance(found, Say):
        return found
    if isinstance(found, Unclear):
        those = [places.home.entity_by_id[each] for each in found.entity_ids]
    elif line.devices or line.place or any(has_it(line, each) for each in found.entities):
        return found
    else:  # What plays is another one.
        those = [
            each for d in {e.domain for e in found.entities} for each in places.home.of_domain(d)
        ]
    having = tuple(entity for entity in those if has_it(line, entity))
    return Meant(entities=having) if len(having) == 1 else found


def option_said(options: Collection[str], rest: Rest) -> str | None:
    """Return the option that a wish names, if it says no more than that it is to be put on.

    Args:
        options: what devices can be set to.
        rest: what the sentence says besides names.

    """
    known, language = cues(rest.language), vocabulary(rest.language)
    small = language.vague.union(*(language.kind_words.get(kind, ()) for kind in _KINDS))
    is_wish = known.say("play", rest.outside)
    if not is_wish or any(
        known.say(cue, rest.outside) for cue in ("no_play", "off", "perhaps_off")
    ):
        return None
    found: dict[int, set[str]] = {}
    for option in options:
        for ways in (option, option.replace("+", " plus ")):
            said = words(ways)
            left = (
                _without(said, rest.outside) if not language.vague_words.issuperset(said) else None
            )
            if left is not None and small.issuperset(words(known.without("play", left))):
                found.setdefault(len(said), set()).add(option)
    longest = found.get(max(found, default=0), set())
    return longest.pop() if len(longest) == 1 else None


def _without(said: _Words, parts: Collection[str]) -> str | None:
    """Return some texts without words in a row; none if they do not hold them."""
    for number, part in enumerate(parts):
        heard = list(WORD.finditer(part))
        own = tuple(plain(match[0]) for match in heard)
        for at in range(len(own) - len(said) + 1):
            if own[at : at + len(said)] == said:
                start, end = heard[at].start(), heard[at + len(said) - 1].end()
                others = [each for at_number, each in enumerate(parts) if at_number != number]
                return " - ".join((part[:start], part[end:], *others))
    return None
