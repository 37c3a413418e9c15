"""What devices, places and kinds of device are called in a sentence."""

from collections.abc import Collection, Sequence

from .core.home import Entity, Home
from .core.kinds import IT, kind_of
from .core.vocabulary import vocabulary
from .core.words import words
from .speech import Sentences

MOST_NAMED = 4
_ENDING = 2

_KINDS = {"one": "kind", "few": "kinds_few", "many": "kinds"}
"""How the keys of kinds begin, by how many there are."""


class Naming:
    """Names of one home in the words of one language."""

    def __init__(self, sentences: Sentences, home: Home) -> None:
        """Take a language and a home."""
        self._sentences = sentences
        self._home = home

    def one(self, entity: Entity) -> str:
        """Return what a device is called, with its area if there is another of that name."""
        name = self.with_article(entity.name)
        area = self._home.area_by_id.get(entity.area_id or "")
        alike = [e for e in self._home.of_domain(entity.domain) if e.name == entity.name]
        if area is None or len(alike) == 1:
            return name
        return self._sentences.say("in_area", name=name, area=self.area(area.name))

    def some(self, entities: Collection[Entity]) -> str:
        """Return what devices are called, or how many they are."""
        names = list(dict.fromkeys(map(self.one, entities)))
        if len(names) > MOST_NAMED:
            return self.so_many(len(entities), common_kind(entities))
        return self._sentences.listed(names)

    def named(self, entities: Collection[Entity]) -> str:
        """Return what devices are called, and how many there are beyond the first few."""
        return self._sentences.first_few([self.one(entity) for entity in entities], MOST_NAMED)

    def so_many(self, count: int, kind: str) -> str:
        """Return how many devices of a kind there are."""
        return self._sentences.counted("so_many", count, kind=self.kind(kind, count))

    def kind(self, kind: str, count: int = 0) -> str:
        """Return what one or several devices of a kind are called."""
        prefix = _KINDS[self._sentences.plural(count)]
        key = self._sentences.known(f"{prefix}_{kind}") or f"{prefix}_everything"
        return self._sentences.say(key)

    def area(self, name: str) -> str:
        """Return what a room is called."""
        return name if _is_own(name) else self._with("room", name)

    def with_article(self, name: str) -> str:
        """Return a name with an article, if it tells what a thing is: Rosie is no "the"."""
        known = vocabulary(self._home.language).all_kind_words
        tells = not known.isdisjoint(words(name))
        return self._with("thing", name) if tells and not _is_own(name) else name

    def is_many(self, entities: Sequence[Entity]) -> bool:
        """Return whether devices are spoken of in the plural: also some curtains are."""
        return len(entities) > 1 or self._is_plural(entities[0].name)

    def _is_plural(self, name: str) -> bool:
        """Return whether the last word is a kind's, and hardly longer than another one of it."""
        last = words(name)[-1:] or ("",)
        return any(
            last[0].startswith(other) and 0 < len(last[0]) - len(other) <= _ENDING
            for said in vocabulary(self._home.language).kind_words.values()
            if last[0] in said and not last[0][-1:].isdigit()
            for other in said
        )

    def _with(self, key: str, name: str) -> str:
        article = self._sentences.say(key, name="")
        if not article.strip() or name.casefold().startswith(article.casefold()):
            return name
        # A capital that only begins a name does not stand in the middle of a sentence.
        plain = name[:1].lower() + name[1:]
        return self._sentences.say(key, name=plain if plain.islower() else name)


def common_kind(entities: Collection[Entity]) -> str:
    """Return the kind that all of some devices are of; none is empty."""
    kinds = {kind_of(entity.domain, entity.device_class) for entity in entities}
    if len(kinds) > 1:
        kinds = {entity.domain for entity in entities}
    return kinds.pop() if len(kinds) == 1 else ""


def asked_kind(kind: str, entities: Collection[Entity]) -> str:
    """Return the kind that a question is about, also if it says "it"."""
    return common_kind(entities) if kind == IT else kind


def _is_own(name: str) -> bool:
    """Return whether a name needs no article: it has a number, or somebody owns it."""
    said = name.replace("\u2019", "'").casefold().split()
    return bool(said) and (said[-1].isdigit() or "'" in said[0])
