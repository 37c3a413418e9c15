"""What must hold of every line of a training set; none of it trusts the generator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
import re
from typing import Any

from home_llm_core.calls import EVERYWHERE, Call, Names, resolve
from home_llm_core.errors import CallError, CoreError
from home_llm_core.grammar import Grammar
from home_llm_core.home import Home, Value, home_from_dict
from home_llm_core.parser import BadCall
from home_llm_core.text import fold

from .banks import Group, Language
from .domains import facts
from .houses import FORMAT
from .records import JOINT
from .schema import load
from .templates import Template

_SLOT = re.compile(r"\\\{[a-z_.]+\\\}")
_PERCENT = re.compile(r"(\d+)%")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A home as the checks need it."""

    home: Home
    names: Names
    grammar: Grammar | None
    lines: frozenset[str]


def check(line: Mapping[str, Any], longest: int) -> Iterator[str]:
    """Yield what is wrong with a line.

    Args:
        line: a line of a training set, as read from JSON.
        longest: how many characters a prompt may have.

    """
    try:
        home = home_from_dict(line["home"])
        language = load(line["language"])
    except (CoreError, KeyError) as err:
        yield f"the home cannot be read: {err}"
        return
    system = FORMAT.system(home)
    if line["system"] != system:
        yield "the system message is not what the format prints"
    if len(system) > longest:
        yield f"the system message has {len(system)} characters"
    place = Place(
        home=home,
        names=FORMAT.names(home),
        grammar=FORMAT.grammar(home),
        lines=frozenset(re.split(r" / |: |\n", system)),
    )
    said = set()
    for number, request in enumerate(line["requests"], start=1):
        user = request["messages"][0]["content"]
        if user in said:
            yield f"request {number} is there twice"
        said.add(user)
        for problem in check_request(request, place, language):
            yield f"request {number} ({user!r}): {problem}"


def check_request(request: Mapping[str, Any], place: Place, language: Language) -> Iterator[str]:
    """Yield what is wrong with a request."""
    record, (user, assistant) = request["record"], request["messages"][-2:]
    area = place.home.area_by_id.get(record["speaker_area"] or "")
    if user["content"] != FORMAT.user(record["text"], place.home, area):
        yield "the user's message is not what the format prints"
    calls, speech = parse(assistant["content"])
    if calls is None:
        yield "the reply holds a line that is no call"
        return
    if place.grammar is not None and not place.grammar.accepts(assistant["content"]):
        yield "the grammar does not accept the reply"
    if FORMAT.reply(calls, speech) != assistant["content"]:
        yield "the reply does not survive being parsed and written again"
    yield from _check_calls(calls, record["calls"], place)
    groups = groups_of(record["pattern"], language)
    if not groups:
        yield f"no bank holds the pattern {record['pattern']!r}"
        return
    yield from _check_arguments(calls, record, groups, language)
    yield from _check_speech(calls, speech, groups, language)


def parse(reply: str) -> tuple[list[Call] | None, str]:
    """Return the calls of a reply, none if one is broken, and what is said."""
    parser, calls, speech = FORMAT.parser(), [], ""
    for event in (*parser.feed(reply), *parser.close()):
        if isinstance(event, BadCall):
            return None, speech
        if isinstance(event, Call):
            calls.append(event)
        else:
            speech += event.text
    return calls, speech


def _check_calls(calls: list[Call], labels: list[dict[str, Any]], place: Place) -> Iterator[str]:
    if len(calls) != len(labels):
        yield "the record does not have the calls of the reply"
        return
    for call, label in zip(calls, labels, strict=True):
        targets = [*call.devices, *filter(None, (call.area, call.floor)), *call.excluding]
        for target in targets:
            if target not in place.lines and target != EVERYWHERE:
                yield f"the target {target!r} is not in the prompt"
        try:
            found = resolve(call, place.home, place.names)
        except CallError as err:
            yield f"a call cannot be carried out: {err}"
            continue
        if list(found.entity_ids) != label["entity_ids"]:
            yield f"the call reaches {found.entity_ids}, the record says {label['entity_ids']}"
        if dict(call.arguments) != label["arguments"] or call.action != label["action"]:
            yield "the record does not have the calls of the reply"


@lru_cache(maxsize=16)
def _groups_by_pattern(code: str) -> Mapping[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for group in load(code).groups:
        for pattern in group.patterns:
            found[pattern.id] = (*found.get(pattern.id, ()), group)
    return found


def groups_of(patterns: str, language: Language) -> list[Group]:
    """Return the groups that the patterns of a record may come from."""
    known = _groups_by_pattern(language.code)
    return [group for pattern in patterns.split(JOINT) for group in known.get(pattern, ())]


def _check_arguments(
    calls: list[Call], record: Mapping[str, Any], groups: list[Group], language: Language
) -> Iterator[str]:
    """Check that each argument is said, and that each value that is said is an argument."""
    text = fold(record["text"])
    for said in record["values"]:
        if fold(said) not in text:
            yield f"{said!r} is not in the sentence"
    fixed = {(name, value) for group in groups for name, value in group.arguments.items()}
    meant = {said: set(_meanings(said, language)) for said in record["values"]}
    given = {item for call in calls for item in call.arguments.items()}
    for name, value in given:
        if (name, value) not in fixed and not any((name, value) in m for m in meant.values()):
            yield f"nothing in the sentence justifies {name} = {value!r}"
    for said, meanings in meant.items():
        if calls and not meanings & given:
            yield f"{said!r} is lost"


def _meanings(said: str, language: Language) -> Iterator[tuple[str, Value]]:
    """Yield what a value may mean: arguments with values."""
    for slot, phrases in language.values.items():
        for phrase in phrases:
            if any(template.source == said for template in phrase.say):
                yield facts().slots[slot].argument, phrase.value
    for spec in facts().slots.values():
        number = _number(said, spec.unit, language) if spec.unit else None
        if number is not None:
            yield spec.argument, spec.sign * number


def _number(said: str, unit: str, language: Language) -> int | None:
    for template in language.units[unit]:
        pattern = re.escape(template.source).replace(r"\{number\}", r"(\d+)")
        match = re.fullmatch(pattern.replace(r"\{words\}", r"(\D+)"), said)
        if match and match[1].isdigit():
            return int(match[1])
        if match and match[1] in language.numbers:
            return language.numbers.index(match[1])
    return None


def _check_speech(
    calls: list[Call], speech: str, groups: list[Group], language: Language
) -> Iterator[str]:
    """Check that the reply claims what the calls do, and nothing else."""
    claiming = {group.reply for group in groups if group.reply} | {"several"}
    if calls:
        if not any(_says(speech, key, language.code) for key in claiming):
            yield f"the reply {speech!r} does not say what is done"
        percent = {v for call in calls for k, v in call.arguments.items() if isinstance(v, int)}
        for number in _PERCENT.findall(speech):
            if int(number) not in percent:
                yield f"the reply says {number}%"
        return
    all_claims = {group.reply for group in language.groups if group.reply} | {"several"}
    harmless = language.replies.keys() - all_claims
    if not any(_says(speech, key, language.code) for key in sorted(harmless)):
        yield f"nothing is done, but the reply is {speech!r}"


def _says(speech: str, key: str, code: str) -> bool:
    return any(pattern.fullmatch(speech) for pattern in _replies(code, key))


@lru_cache(maxsize=4096)
def _replies(code: str, key: str) -> tuple[re.Pattern[str], ...]:
    templates = {t for number in load(code).replies[key].values() for t in number}
    return tuple(_expression(t) for t in sorted(templates, key=lambda t: t.source))


def _expression(template: Template) -> re.Pattern[str]:
    source = template.source[:1].upper() + template.source[1:]
    return re.compile(_SLOT.sub("(?:.*?)", re.escape(source)), re.IGNORECASE | re.DOTALL)
