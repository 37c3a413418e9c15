"""What one request needs to know of the home: a snapshot, and what the format makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from homeassistant.core import HomeAssistant, callback

from .core.actions import ACTIONS, DEFAULT_ALLOWED
from .core.calls import Names
from .core.floors import with_floors
from .core.formats import Format
from .core.home import Home
from .core.rooms import with_rooms
from .home import HomeReader


@dataclass(frozen=True, kw_only=True)
class View:
    """The home at one moment.

    Args:
        home: the snapshot.
        allowed: the actions that a model may call.
        names: what calls name devices, areas and floors by.

    """

    home: Home
    allowed: Collection[str]
    names: Names

    def spoken_to(self, language: str) -> View:
        """Return the same home as somebody sees it who speaks a language."""
        return replace(self, home=replace(self.home, language=language))


class HasFormat(Protocol):
    """A model, as far as views go."""

    @property
    def format(self) -> Format:
        """The prompt format that it reads, known for certain once it is loaded."""

    @property
    def domains(self) -> Collection[str] | None:
        """The domains that it is told of, known for certain once it is loaded; none means all."""


class HomeViews:
    """Makes views. Names are kept until an entity, an area or a floor changes."""

    def __init__(
        self, hass: HomeAssistant, model: HasFormat, allowed: Collection[str] = DEFAULT_ALLOWED
    ) -> None:
        """Look at a home through the format of a model."""
        self._reader = HomeReader(hass)
        self._model = model
        self._allowed = frozenset(allowed)
        self._structure: tuple[object, ...] | None = None
        self._names: Names

    @callback
    def now(self) -> View:
        """Return the home as it is now."""
        format_, domains = self._model.format, self._model.domains
        home = with_floors(with_rooms(self._reader.read(domains)))
        known = (name for name in self._allowed if name in format_.actions)
        allowed = frozenset(n for n in known if domains is None or _is_known(n, domains))
        structure = (format_, _structure(home))
        if structure != self._structure:
            self._names = format_.names(home)
            self._structure = structure
        return View(home=home, allowed=allowed, names=self._names)


def _is_known(name: str, domains: Collection[str]) -> bool:
    """Return whether a model knows what an action is done to; a timer is in no domain."""
    action = ACTIONS[name]
    return action.domain in domains or not action.targets


def _structure(home: Home) -> tuple[object, ...]:
    """Return what names depend on: everything but states."""
    entities = tuple((entity.entity_id, entity.name, entity.area_id) for entity in home.entities)
    return entities, home.areas, home.floors
