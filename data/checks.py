"""What must hold of every line of a training set; none of it trusts the generator."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
import re
from typing import Any

from home_llm_core.calls import Call, resolve
from home_llm_core.errors import CallError, CoreError
from home_llm_core.formats.base import Hearing
from home_llm_core.home import Home, Value, home_from_dict
from home_llm_core.parser import BadCall, Event, Query
from home_llm_core.text import fold
from home_llm_core.turns import turn_from_dict
from home_llm_core.vocabulary import vocabulary
from home_llm_core.words import words

from .banks import DURATION_UNITS, Group, Language, Pattern
from .domains import actions_in, facts
from .houses import FORMAT
from .phrasings import TOPIC, groups as phrasings
from .records import JOINT
from .schema import load
from .templates import Template
from .values import HALF, HALF_OF_IT, HALVED, NUMBER

_SLOT = re.compile(r"\\\{[a-z_.\\]+\\\}")
_LIMIT = re.compile(r"(?:above|below) (-?[\d.]+)")
_PERCENT = re.compile(r"(\d+)%")

_LOOKING = ("question", "condition")
"""The kinds of request that are answered by what is found."""

_WHATEVER_IS_DONE = {"several", "rest_done", "timer_none"}
"""Replies that serve all calls, or the look at a timer."""

_Effect = tuple[str, str, frozenset[tuple[str, Value]]]


def check(line: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a line of a training set, as read from JSON."""
    try:
        home = home_from_dict(line["home"])
        language = load(line["language"])
    except (CoreError, KeyError) as err:
        yield f"the home cannot be read: {err}"
        return
    allowed = actions_in(line["domains"])
    said = set()
    for number, request in enumerate(line["requests"], start=1):
        record = request["record"]
        text, area_id = record["text"], record["speaker_area"]
        if (text, area_id) in said:
            yield f"request {number} is there twice"
        said.add((text, area_id))
        turn = turn_from_dict(record["turn"], home)
        hearing = FORMAT.hear(text, home, home.area_by_id.get(area_id or ""), allowed, turn)
        for problem in _check_request(request, hearing, home, language):
            yield f"request {number} ({text!r}): {problem}"


def _check_request(
    request: Mapping[str, Any], hearing: Hearing, home: Home, language: Language
) -> Iterator[str]:
    record, (user, assistant) = request["record"], request["messages"]
    if user["content"] != hearing.message:
        yield "the user's message is not what the format prints"
    groups = groups_of(record["pattern"], language)
    if not groups:
        yield f"no bank holds the pattern {record['pattern']!r}"
        return
    yield from _check_speech(record, groups, language)
    for said in record["values"]:
        if fold(said) not in fold(record["text"]):
            yield f"{said!r} is not in the sentence"
    if assistant["content"]:  # Else the sentence cannot name what is wanted.
        events = read(assistant["content"], hearing)
        yield from _check_reply(assistant["content"], events, hearing)
        yield from _check_effects(events, record["calls"], home)
        if not record["turn"]:  # Else arguments may come from what was said before.
            limits = frozenset(map(float, _LIMIT.findall(assistant["content"])))
            yield from _check_arguments(events, record, limits, groups, language)


def read(reply: str, hearing: Hearing) -> list[Event]:
    """Return what a reply comes to."""
    parser = hearing.parser()
    return [*parser.feed(reply), *parser.close()]


def _check_reply(reply: str, events: Sequence[Event], hearing: Hearing) -> Iterator[str]:
    if any(isinstance(event, BadCall) for event in events):
        yield "the reply holds a line that makes no sense"
    if hearing.grammar is not None and not hearing.grammar.accepts(reply, hearing.words):
        yield "the grammar does not accept the reply"


def _check_effects(
    events: Sequence[Event], labels: Sequence[Mapping[str, Any]], home: Home
) -> Iterator[str]:
    """Check that the reply does what the record says is right, and nothing else."""
    done: Counter[_Effect] = Counter()
    for event in events:
        if isinstance(event, Call):
            try:
                call = resolve(event, home, FORMAT.names(home))
            except CallError:
                continue  # People are told why; nothing is done.
            done.update(_effects(call.action.name, call.entity_ids, call.arguments))
    right: Counter[_Effect] = Counter()
    for label in labels:
        right.update(_effects(label["action"], label["entity_ids"], label["arguments"]))
    for action, entity_id, arguments in done - right:
        yield f"the reply does {action} {dict(arguments)} to {entity_id}, which the record does not"
    for action, entity_id, arguments in right - done:
        yield f"the record does {action} {dict(arguments)} to {entity_id}, which the reply does not"


def _effects(
    action: str, entity_ids: Sequence[str], arguments: Mapping[str, Value]
) -> Iterator[_Effect]:
    for entity_id in entity_ids or ("",):
        yield action, entity_id, frozenset(arguments.items())


@lru_cache(maxsize=16)
def _groups_by_pattern(code: str, *, is_own: bool) -> Mapping[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for group in load(code).groups if is_own else phrasings(code):
        for pattern in group.patterns:
            found[pattern.id] = (*found.get(pattern.id, ()), group)
    return found


def groups_of(patterns: str, language: Language) -> list[Group]:
    """Return the groups that the patterns of a record may come from.

    Raises:
        PhrasingsError: a pattern is Home Assistant's, and its sentences are not to be had.

    """
    return [
        group
        for name in patterns.split(JOINT)
        for group in _groups_by_pattern(language.code, is_own=not name.startswith(f"{TOPIC}:")).get(
            name, ()
        )
    ]


def _check_arguments(
    events: Sequence[Event],
    record: Mapping[str, Any],
    limits: Collection[float],
    groups: list[Group],
    language: Language,
) -> Iterator[str]:
    """Check that each argument is said, and that each value that is said is an argument."""
    calls = [event for event in events if isinstance(event, Call)]
    fixed = {(name, value) for group in groups for name, value in group.arguments.items()}
    own = record["pattern"].split(JOINT)
    patterns = [each for group in groups for each in group.patterns if each.id in own]
    meant = {
        said: {*_meanings(said, language), *_own_meanings(said, patterns)}
        for said in record["values"]
    }
    given = {item for call in calls for item in call.arguments.items()}
    # What is asked back about is not done yet, and its value not written.
    is_done = bool(calls) and all(isinstance(event, Call | Query) for event in events)
    for name, value in given:
        said = isinstance(value, str) and _plain(value) in _plain(record["text"])
        known = (name, value) in fixed or any((name, value) in m for m in meant.values())
        if not said and not known:
            yield f"nothing in the sentence justifies {name} = {value!r}"
    written = {_plain(str(value)) for _, value in given}
    for said, meanings in meant.items():
        kept = meanings & given or any(value in limits for _, value in meanings)
        if (
            is_done
            and not kept
            and written.isdisjoint(
                _plain(s) for s in (said, vocabulary(language.code).without_articles(said))
            )
        ):
            yield f"{said!r} is lost"


def _plain(text: str) -> str:
    return " ".join(words(text))


def _meanings(said: str, language: Language) -> Iterator[tuple[str, Value]]:
    """Yield what a value may mean: arguments with values."""
    for slot, phrases in language.values.items():
        for phrase in phrases:
            if any(template.source == said for template in phrase.say):
                yield facts().slots[slot].argument, phrase.value
    for spec in facts().slots.values():
        for unit, half in ((spec.unit, 0.0), (f"{HALF}{spec.unit}", 0.5)):
            for key in _in_all_forms(unit, language) if spec.unit else ():
                number = _number(said, key, language)
                if number is not None:
                    yield spec.argument, spec.sign * (number + half)
    yield from _durations(said, language)


def _own_meanings(said: str, patterns: Collection[Pattern]) -> Iterator[tuple[str, Value]]:
    """Yield what a value may mean in words of the patterns, or as a number in their units."""
    for pattern in patterns:
        for slot in pattern.template.slot_names & facts().slots.keys():
            spec = facts().slots[slot]
            if pattern.template.form_of(slot) == NUMBER and said.isdecimal():
                yield spec.argument, spec.sign * int(said)
            for phrase in pattern.values.get(slot, ()):
                if any(template.source == said for template in phrase.say):
                    yield spec.argument, phrase.value


def _durations(said: str, language: Language) -> Iterator[tuple[str, Value]]:
    """Yield what a duration may mean: hours, minutes and seconds with their numbers."""
    for span in language.durations:
        if any(
            template.source == said for templates in span.say.values() for template in templates
        ):
            yield from span.parts.items()
    yield from _halves(said, language)
    for part in _duration_parts(said, language):
        yield from _amounts(part, language)


def _duration_parts(said: str, language: Language) -> tuple[str, ...]:
    """Return the parts of a duration, each of which is a number of one unit."""
    if any(_amounts(said, language)):
        return (said,)
    for at in range(1, len(said)):
        first, last = said[:at].rstrip(" ,"), said[at:].strip()
        # "Two hours ten minutes", "two hours and ten minutes": the joint is a word or a character.
        for second in (last, last.partition(" ")[2], last[1:]):
            if all(any(_amounts(part, language)) for part in (first, second)):
                return first, second
    return ()


def _amounts(said: str, language: Language) -> Iterator[tuple[str, Value]]:
    """Yield what a number of hours, minutes or seconds may be."""
    for unit in DURATION_UNITS:
        one, many = (_in_all_forms(each, language) for each in (unit.removesuffix("s"), unit))
        if any(template.source == said for key in one for template in language.units[key]):
            yield unit, 1
        for key in (*one, *many):
            number = _number(said, key, language)
            if number is not None:
                yield unit, number


def _halves(said: str, language: Language) -> Iterator[tuple[str, Value]]:
    """Yield what "two and a half hours" may mean."""
    for unit, smaller in HALVED.items():
        for key in _in_all_forms(f"{HALF}{unit}", language):
            number = _number(said, key, language)
            if number is not None:
                yield from ((unit, number), (smaller, HALF_OF_IT))


def _in_all_forms(unit: str, language: Language) -> list[str]:
    return [key for key in language.units if key == unit or key.startswith(f"{unit}_")]


def _number(said: str, unit: str, language: Language) -> int | None:
    for template in language.units.get(unit, ()):
        pattern = re.escape(template.source).replace(r"\{number\}", r"(\d+)")
        pattern = pattern.replace(r"\{article\}\ ", r"(?:\w+ )?")
        match = re.fullmatch(re.sub(r"\\\{(?:words|counted)\\\}", r"(\\D+)", pattern), said)
        if match is None or not match.groups():
            continue
        if match[1].isdigit():
            return int(match[1])
        if match[1] in language.numbers:
            return language.numbers.index(match[1])
        for number, word in language.counted.items():
            if match[1] == word:
                return number
    return None


def _check_speech(
    record: Mapping[str, Any], groups: list[Group], language: Language
) -> Iterator[str]:
    """Check that what is said claims what is done, and nothing else."""
    if not record["speech"]:
        return  # It is said from what is found.
    calls, speech = record["calls"], record["speech"]
    claiming = {group.reply for group in groups if group.reply} | _WHATEVER_IS_DONE
    if calls:
        verbs = {call["action"].partition(".")[2] for call in calls}
        claiming |= {g.reply for g in language.groups if g.reply and g.verb in verbs}
        if not any(_says(speech, key, language.code) for key in claiming):
            yield f"{speech!r} does not say what is done"
        given = {value for call in calls for value in call["arguments"].values()}
        for number in _PERCENT.findall(speech):
            if int(number) not in given:
                yield f"what is said is {number}%"
        return
    all_claims = {group.reply for group in language.groups if group.reply} | {"several"}
    if record["kind"] in _LOOKING:
        if any(_says(speech, key, language.code) for key in sorted(all_claims)):
            yield f"nothing is done, but {speech!r} is said"
        return
    harmless = {key for key in language.replies if _has_words(key, language)} - all_claims
    harmless |= {group.talk for group in groups if group.talk}
    if not any(_says(speech, key, language.code) for key in sorted(harmless)):
        yield f"nothing is done, but {speech!r} is said"


def _says(speech: str, key: str, code: str) -> bool:
    return any(pattern.fullmatch(speech) for pattern in _replies(code, key))


def _has_words(key: str, language: Language) -> bool:
    """Return whether all replies of a key hold words: "{fact}." alone is said of anything."""
    templates = (t for number in language.replies[key].values() for t in number)
    return all(any(map(str.isalpha, template.plain())) for template in templates)


@lru_cache(maxsize=4096)
def _replies(code: str, key: str) -> tuple[re.Pattern[str], ...]:
    templates = {t for number in load(code).replies[key].values() for t in number}
    return tuple(_expression(t) for t in sorted(templates, key=lambda t: t.source))


def _expression(template: Template) -> re.Pattern[str]:
    source = template.source[:1].upper() + template.source[1:]
    pattern = _SLOT.sub("(?:.*?)", re.escape(source))
    words = template.joints.first_words
    if words:  # They may have melted together with what fills the slot.
        pattern = re.sub(rf"(?<!\w)(?:{'|'.join(words)})\\ \(\?:\.\*\?\)", "(?:.*?)", pattern)
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
