"""What a group of request patterns may hold, and how one is read."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from home_llm_core.actions import ACTIONS
from home_llm_core.formats.tiny_lines import CONDITIONS, DAYS, QUESTIONS, READINGS
from home_llm_core.home import Value
from home_llm_core.kinds import DOMAINS, EVERYTHING, KINDS
from home_llm_core.states import WORDS

from .banks import ANY, TEXT_SLOTS, Group, Pattern
from .domains import facts
from .sources import Source
from .splits import SPLITS

_FIELDS = {
    "kind", "action", "sorts", "everything", "arguments", "reply", "scope", "query", "condition",
    "about", "asked", "of", "day", "follow", "verb", "talk",
    *SPLITS,
}  # fmt: skip
_FOLLOW = (
    *("same", "other", "all", "first", "second", "third", "last", "pick", "part", "undo", "again"),
    "it",
)
_ASKING = ("query", "condition")
_LIMITS = ("above", "below")
_ONE_OF: Mapping[str, Collection[str]] = {
    "scope": ("area", "floor", "here", "house", "here_or_house", "only"),
    "query": QUESTIONS,
    "condition": CONDITIONS,
    "of": READINGS,
    "day": DAYS,
    "follow": _FOLLOW,
}
_SLOTS = ("target", "area", "floor", "except", "kind", "kinds", "timer", "word")
_NOT_IN_TALK = ("floor", "except", "kind", "kinds", "timer", "word")


class Grouping:
    """Reads groups of patterns, and knows what was said before.

    Args:
        forms: the forms of targets.
        durations: the forms of durations.
        agreement: words that agree with a target in number.
        replies: the keys of replies.

    """

    def __init__(
        self,
        *,
        forms: Collection[str],
        durations: Collection[str],
        agreement: Collection[str],
        replies: Collection[str],
    ) -> None:
        self._slots = {*_SLOTS, *TEXT_SLOTS, *agreement, *facts().slots}
        self._forms = {"target": {"", *forms}, "duration": {"", *durations}}
        self._replies = replies
        self._said: dict[tuple[str, str], Pattern] = {}
        self._split: dict[str, Pattern] = {}

    def groups(self, topic: str, source: Source) -> Iterator[Group]:
        """Yield the groups of a file.

        Raises:
            BankError: one breaks the schema, or says what another one says.

        """
        for item in source.fields(("requests",), ("requests",))["requests"].items():
            yield self._group(topic, item)

    def _group(self, topic: str, source: Source) -> Group:
        fields = source.fields(_FIELDS, ("kind",))
        self._check_group(source, fields)
        texts: dict[str, Any] = {k: value.text() for k, value in fields.items() if value.is_text()}
        lists: dict[str, Any] = {
            key: _listed(fields, key) for key in ("everything", "sorts", "about")
        }
        sphere = _sphere(texts, lists["about"])
        patterns = [
            self._pattern(topic, split, item, sphere)
            for split in SPLITS
            for item in (fields[split].items() if split in fields else ())
        ]
        for pattern in patterns if "talk" in texts else ():
            for slot in sorted(pattern.template.slot_names.intersection(_NOT_IN_TALK)):
                raise source.error(f"talk has no slot {slot!r}: {pattern.template.source!r}")
        if "verb" in texts:
            texts["verb_said"] = texts.pop("verb")
        return Group(
            **texts,
            **lists,
            limits=_limits(fields, patterns),
            arguments=_arguments(fields),
            patterns=tuple(patterns),
        )

    def _check_group(self, source: Source, fields: Mapping[str, Source]) -> None:
        if "action" in fields:
            _check_action(fields["action"])
        for key in ("reply", "talk"):
            if key in fields and fields[key].text() not in self._replies:
                raise fields[key].error(f"there is no reply {fields[key].text()!r}")
        for key, known in _ONE_OF.items():
            if key in fields:
                _check_known(fields[key], key, known)
        if "asked" in fields and fields["asked"].is_text():
            _check_known(fields["asked"], "asked", WORDS)
        for kind in _listed(fields, "about"):
            if kind not in (*KINDS, EVERYTHING):
                raise fields["about"].error(f"there is no kind {kind!r}")
        if "about" not in fields and any(key in fields for key in _ASKING):
            raise source.error("'about' is missing")

    def _pattern(self, topic: str, split: str, source: Source, sphere: str) -> Pattern:
        template = source.template(self._slots)
        for name, known in self._forms.items():
            asked = {slot.form for slot in template.slots if slot.name == name}
            for form in sorted(asked - known):
                raise source.error(f"{name}s have no form {form!r}")
            if name == "duration" and len(asked) > 1:
                raise source.error("a duration is said in one form")
        pattern = Pattern(topic=topic, template=template, split=split)
        self._check_unheard(pattern, source, sphere)
        return pattern

    def _check_unheard(self, pattern: Pattern, source: Source, sphere: str) -> None:
        """Check that no other pattern of the sphere, and none of another split, says the same."""
        for skeleton in pattern.template.skeletons():
            # The same words may be different actions for different domains.
            other = self._said.setdefault((skeleton, sphere), pattern)
            if other is not pattern:
                raise source.error(f"{skeleton!r} is said by {other.id!r} too")
            other = self._split.setdefault(skeleton, pattern)
            if other.split != pattern.split:
                raise source.error(f"{skeleton!r} is said in {other.split!r} by {other.id!r}")


def _sphere(texts: Mapping[str, str], about: tuple[str, ...]) -> str:
    """Return within what the same words must not stand twice."""
    for key in ("follow", "condition", "query"):
        if key in texts:
            return f"{key} {' '.join(about)}"
    return texts.get("action", "").partition(".")[0]


def _listed(fields: Mapping[str, Source], name: str) -> tuple[str, ...]:
    return tuple(item.text() for item in fields[name].items()) if name in fields else ()


def _arguments(fields: Mapping[str, Source]) -> dict[str, Value]:
    found = fields["arguments"].fields() if "arguments" in fields else {}
    return {key: value.value() for key, value in found.items()}


def _limits(fields: Mapping[str, Source], patterns: Collection[Pattern]) -> dict[str, str]:
    """Return the slots of the numbers that are asked for, all of which the patterns say."""
    if "asked" not in fields or fields["asked"].is_text():
        return {}
    limits = {}
    for key, value in fields["asked"].fields(_LIMITS).items():
        limits[key] = slot = value.text()
        if slot not in facts().slots:
            raise value.error(f"there is no slot {slot!r}")
        for pattern in patterns:
            if slot not in pattern.template.slot_names:
                raise value.error(f"{pattern.template.source!r} does not say {slot!r}")
    return limits


def _check_known(source: Source, name: str, known: Collection[str]) -> None:
    if source.text() not in known:
        raise source.error(f"unknown {name}; known are {', '.join(sorted(known))}")


def _check_action(source: Source) -> None:
    action = source.text()
    domain, _, verb = action.partition(".")
    known = action in ACTIONS or (domain == ANY and any(f"{d}.{verb}" in ACTIONS for d in DOMAINS))
    if not known:
        raise source.error(f"{action!r} is no action")
