"""Whose it is, where the thing itself is not said again: "Mum's lamp off, Dad's on".

Of the second nothing is left but whose it is, which may be a person of the home. What was named
before tells what it is.
"""

from collections.abc import Mapping, Sequence

from .cues import cues
from .home import Home
from .text import fold
from .vocabulary import vocabulary
from .words import WORD, words

_OWNERS_END = "s"
_FEWEST = 2
_SWITCHING = ("on", "off", "particle")
_Words = tuple[str, ...]


def with_what_is_theirs(text: str, home: Home) -> str:
    """Return a text in which the thing is said with everybody whose it is.

    Args:
        text: a sentence.
        home: the home, of which some devices are called after somebody: "Mum's lamp".

    """
    owners = home.once(_owners_of)
    folded = fold(text)
    if not owners or len(folded) != len(text):
        return text
    found = list(WORD.finditer(folded))
    said = [match[0] for match in found]
    parts, at = list[str](), 0
    thing: tuple[str, ...] = ()
    for number, word in enumerate(said):
        own = owners.get(word, ())
        named = next((head for head in own if _follows(said, number, head)), None)
        if named is not None:
            thing = named
        elif thing in own and _says_no_other(said, number, home.language):
            end = found[number].end()
            parts += (text[at:end], *thing)
            at = end
    return " ".join(parts) + text[at:] if parts else text


def with_their_room(text: str, home: Home) -> str:
    """Return a text in which "his room" is called as it is, if it was said who he is.

    Args:
        text: a sentence: "if Ken's away, the light in his room off".
        home: the home, of which an area is called after a person.

    """
    folded = fold(text)
    if len(folded) != len(text):
        return text
    said = list(cues(home.language).found("his_room", folded))
    if len(said) != 1:
        return text
    (room,) = said
    heard = words(folded[: room.start()])
    people = {words(each.name) for each in home.of_domain("person")}
    named = [name for name in people if _holds(heard, name)]
    theirs = {
        area.area_id: name
        for area in home.areas
        for name in (*area.aliases, area.name)
        if len(named) == 1 and _holds(words(name), named[0])
    }
    if len(theirs) != 1:
        return text
    return text[: room.start()] + next(iter(theirs.values())) + text[room.end() :]


def _holds(said: _Words, name: _Words) -> bool:
    """Return whether words hold those of a name in a row."""
    return bool(name) and any(
        said[at : at + len(name)] == name for at in range(len(said) - len(name) + 1)
    )


def _owners_of(home: Home) -> Mapping[str, Sequence[_Words]]:
    """Return what is whose, of that which more than one of the home has."""
    known = (name for entity in home.entities for name in (entity.name, *entity.aliases))
    names = (tuple(WORD.findall(fold(name))) for name in known)
    own = dict.fromkeys(
        name for name in names if len(name) >= _FEWEST and name[0].endswith(_OWNERS_END)
    )
    found: dict[str, list[_Words]] = {}
    for owner, *head in own:
        if sum(name[1:] == tuple(head) for name in own) >= _FEWEST:
            found.setdefault(owner, []).append(tuple(head))
    return found


def _follows(said: Sequence[str], number: int, head: _Words) -> bool:
    return tuple(said[number + 1 : number + 1 + len(head)]) == head


def _says_no_other(said: Sequence[str], number: int, language: str) -> bool:
    """Return whether no other thing follows: "Dad's radio"."""
    known = vocabulary(language)
    after = " ".join(said[number + 1 : number + 2])
    if not after or after in known.joints | known.prepositions:
        return True
    return any(cues(language).begin(cue, after) for cue in _SWITCHING)
