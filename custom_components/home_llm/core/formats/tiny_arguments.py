"""From the arguments of a line to those of an action, with the options that a device really has."""

from collections.abc import Callable, Collection, Mapping
from difflib import SequenceMatcher

from ..actions import Action, TextArgument
from ..home import Entity, Value
from ..mode_words import modes_meant
from ..vocabulary import EVERY_LANGUAGE, vocabulary
from ..words import words
from .tiny_lines import arguments_of, short_word

_ITEM = "item"
_CLOSE = 0.8
_SHORTEST_INEXACT = 4
_SHOPPING = tuple(name for same in EVERY_LANGUAGE.same if ("shopping",) in same for name in same)


def spoken_arguments(
    action: Action,
    given: Mapping[str, Value],
    entities: Collection[Entity],
    said: Callable[[str], str],
    language: str,
) -> dict[str, Value]:
    """Return the arguments of a line as those of an action.

    Args:
        action: the action.
        given: by the short words of lines.
        entities: what it is done to; what they can be set to is theirs.
        said: returns the words of the sentence for those of a line.
        language: of the sentence.

    """
    arguments: dict[str, Value] = {}
    for argument in action.listed:
        value = given.get(short_word(argument.name))
        if value is None:
            continue
        if isinstance(argument, TextArgument):
            value = _text(argument, str(value), said, language)
            if argument.chosen:
                value = _option(value, argument.name, entities, language)
        arguments[argument.name] = value
    return arguments


def in_own_words(
    kind: str, verb: str, given: Mapping[str, Value], said: Callable[[str], str], language: str
) -> dict[str, Value]:
    """Return arguments of a line that can be understood without its sentence.

    Args:
        kind: of the line.
        verb: of the line.
        given: by the short words of lines.
        said: returns the words of the sentence for those of a line.
        language: of the sentence.

    """
    text = {short_word(a.name): a for a in arguments_of(kind, verb) if isinstance(a, TextArgument)}
    return {
        word: _text(text[word], str(value), said, language) if word in text else value
        for word, value in given.items()
    }


def _text(argument: TextArgument, shown: str, said: Callable[[str], str], language: str) -> str:
    """Return what was said for the text of a line."""
    text = said(shown)
    return vocabulary(language).without_articles(text) if argument.name == _ITEM else text


def _option(said: str, name: str, entities: Collection[Entity], language: str) -> str:
    """Return the option that was meant, or what was said if there is none like it.

    Where several are like it nobody knows which was meant, and none is the next best. What is
    called as Home Assistant's integrations call it goes by the words of the language, too.
    """
    options = [each for entity in entities for each in entity.options.get(name, ())]
    plain = {words(option.replace("_", " ")): option for option in options}
    heard = words(said)
    for is_like in (_is_same, _is_within, _is_alike):
        like = {option for text, option in plain.items() if text and is_like(heard, text)}
        if len(like) == 1:
            return like.pop()
        if like:
            return said
    modes = modes_meant(said, language)
    meant = {option for text, option in plain.items() if "_".join(text) in modes}
    return meant.pop() if len(meant) == 1 else said


def _is_same(heard: tuple[str, ...], text: tuple[str, ...]) -> bool:
    """Return whether an option is called so; words may be joined or parted."""
    return "".join(heard) == "".join(text)


def _is_within(heard: tuple[str, ...], text: tuple[str, ...]) -> bool:
    """Return whether one holds the other: "the movie mode", "movie" for "movie night"."""
    shorter, longer = (f" {' '.join(each)} " for each in sorted((heard, text), key=len))
    return shorter in longer


def _is_alike(heard: tuple[str, ...], text: tuple[str, ...]) -> bool:
    """Return whether all words are the same but for slips."""
    return len(heard) == len(text) and all(map(_is_close, heard, text))


def _is_close(heard: str, own: str) -> bool:
    """Return whether a word is another one with a slip; its first letter is seldom wrong."""
    if heard == own:
        return True
    is_short = min(len(heard), len(own)) < _SHORTEST_INEXACT
    if is_short or heard[0] != own[0] or _digits(heard) != _digits(own):
        return False
    return SequenceMatcher(None, heard, own).ratio() >= _CLOSE


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def is_shopping_list(entity: Entity) -> bool:
    """Return whether a list is for things that one buys."""
    names = (set(words(name)) for name in (entity.name, *entity.aliases))
    return any(set(same) <= name for name in names for same in _SHOPPING)
