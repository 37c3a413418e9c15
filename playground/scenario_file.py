"""Scenario files: sentences said in a house, as YAML that people write and read.

tests/scenarios/README.md describes the format. A file is read as a whole or not at all; what is
wrong is told in one sentence with the file and the line.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from homeassistant.generated.languages import LANGUAGES

from . import checks
from .checks import CheckError
from .expectations import read_calls, read_expected, read_timers
from .house import House
from .house_file import read_house
from .scenarios import REQUESTS, Scenario, ScenarioFile
from .sections import Section, read_sections

__all__ = ["read_scenarios"]

HOMES = "homes"
"""The folder beside those of the languages."""

_KEYS = (
    *("say", "kind", "before", "area", "expect", "calls", "timers"),
    *("reply", "not_in_reply", "asks"),
)


def read_scenarios(path: Path) -> ScenarioFile:
    """Read a file of scenarios, and the house in which they take place.

    Raises:
        HouseFileError: one of them cannot be read, or something in it is wrong.

    """
    file = read_sections(path, "scenarios", "a file of scenarios is a mapping with a home")
    file.only(("home", "scenarios"))
    if "home" not in file:
        raise file.error("it does not say in which home it is")
    home = path.parent.parent / HOMES / file.get("home", checks.text)
    if not home.is_file():
        raise file.error(f"there is no home {home}", "home")
    house = read_house(home)
    sections = list(file.sections("scenarios"))
    if not sections:
        raise file.error("there are no scenarios in it")
    language = path.parent.name if path.parent.name in LANGUAGES else house.language
    scenarios = tuple(_scenario(section, path, house, language) for section in sections)
    return ScenarioFile(path=path, home=home, scenarios=scenarios)


def _scenario(section: Section, path: Path, house: House, language: str) -> Scenario:
    section.only(_KEYS)
    for key in ("say", "kind"):
        if key not in section:
            raise section.error(f"a scenario needs '{key}'")
    scenario = Scenario(
        path=path,
        line=section.line,
        language=language,
        say=section.get("say", checks.text),
        kind=section.get("kind", checks.one_of(*REQUESTS)),
        before=section.get("before", sentences) or (),
        area=_area(section, house),
        expect=read_expected(section, house),
        calls=read_calls(section, house),
        timers=read_timers(section),
        reply=section.get("reply", facts) or (),
        not_in_reply=section.get("not_in_reply", checks.texts) or (),
        asks=section.get("asks", checks.flag) or False,
    )
    _check(section, scenario)
    return scenario


def _check(section: Section, scenario: Scenario) -> None:
    """Refuse what contradicts itself."""
    if scenario.asks and scenario.acts:
        raise section.error("who asks back does nothing", "asks")
    if scenario.timers is not None and scenario.area is None:
        raise section.error("timers need an area: they run on the satellite there", "timers")


def _area(section: Section, house: House) -> str | None:
    said: str | None = section.get("area", checks.text)
    if said is None:
        return None
    if (name := house.area_name(said)) is None:
        known = ", ".join(area.name for area in house.areas)
        raise section.error(f"there is no area '{said}' in this house (areas: {known})", "area")
    return name


def sentences(value: object) -> tuple[str, ...]:
    """Accept a list of sentences, which may repeat."""
    return _all(value, "a list of sentences")


def facts(value: object) -> tuple[tuple[str, ...], ...]:
    """Accept a list of facts: each a word, or a list of words of which one has to be there."""
    if not isinstance(value, list):
        raise CheckError("a list of facts")
    what = "a list of facts, each a word or a list of words"
    return tuple(_all(fact if isinstance(fact, list) else [fact], what) for fact in value)


def _all(value: object, what: str) -> tuple[str, ...]:
    words: Sequence[Any] = value if isinstance(value, list) else ()
    if not words:
        raise CheckError(what)
    return tuple(map(checks.text, words))
