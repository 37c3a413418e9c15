"""What the bank files of a language may hold, and how they are read.

A language is a folder of YAML files. Files of requests may be called as one likes, the others have
fixed names; what they may hold is the same for all languages, so a new language needs no code.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from home_llm_core.actions import ACTIONS, DOMAINS

from .banks import ANY, Group, Language, Pattern, Phrase, Word
from .domains import facts
from .invented import Phonology
from .sources import BankError, Source, read
from .splits import SPLITS
from .templates import Template

LANGUAGES = Path(__file__).parent / "languages"

QUESTIONS = frozenset(
    [
        "is_state",
        "is_on",
        "is_off",
        "state",
        "brightness",
        "speed",
        "color",
        "any",
        "any_in_area",
        "all_off",
        "which",
        "which_in_area",
        "count",
        "count_in_area",
    ]
)
"""The kinds of question that can be answered."""

_FILES = (
    "areas",
    "courtesies",
    "kinds",
    "names",
    "noise",
    "replies",
    "sounds",
    "states",
    "targets",
    "values",
)
_GROUP = {
    "kind", "action", "sorts", "everything", "arguments", "reply", "scope", "question", "about",
    "state", "talk", "without",
    *SPLITS,
}  # fmt: skip
_SCOPES = {
    "device", "device_in_area", "device_and_kind", "area", "floor", "house", "kind", "one_kind",
    "here", "pair", "commands", "excepted",
}  # fmt: skip
_NOISE = ("fillers", "drop", "replace", "possessive")
_TARGET_SLOTS = {"name", "area", "floor", "kind", "kinds", "a", "b", "target"}
_REPLY_SLOTS = {
    "subject", "place", "thing", "kind", "kinds", "candidates", "devices", "count", "except", "a",
    "b", "area", "floor", "state",
}  # fmt: skip


@lru_cache(maxsize=16)
def load(code: str, root: Path = LANGUAGES) -> Language:
    """Read the banks of a language.

    Raises:
        BankError: a file is missing or breaks its schema, or two patterns say the same.

    """
    folder = root / code
    if not folder.is_dir():
        msg = f"{folder}:1: there are no banks for the language {code!r}"
        raise BankError(msg)
    sources = {path.stem: read(path) for path in sorted(folder.glob("*.yaml"))}
    for name in _FILES:
        if name not in sources:
            msg = f"{folder / name}.yaml:1: the file is missing"
            raise BankError(msg)
    return _language(code, sources)


def _language(code: str, sources: Mapping[str, Source]) -> Language:
    names = _fields(sources["names"], "lists", "styles", "forms")
    areas = _fields(sources["areas"], "styles", "forms")
    lists = {key: _words(value, ()) for key, value in names["lists"].fields().items()}
    styles = {**names["styles"].fields(), **areas["styles"].fields()}
    slots = {*lists, "area", "name", "invented", "invented_two"}
    kinds = _fields(sources["kinds"], "kinds", "plurals")
    values = _fields(sources["values"], "numbers", "units", "phrases")
    targets = _fields(sources["targets"], "scopes", "agreement")
    courtesies = _fields(sources["courtesies"], *SPLITS, "imperatives")
    device = _templates(names["forms"], slots)
    places = {key: _templates(value, slots) for key, value in areas["forms"].fields().items()}
    agreement = {key: _agreement(value) for key, value in targets["agreement"].fields().items()}
    scopes = _scopes(targets["scopes"])
    replies = {key: _reply(value) for key, value in sources["replies"].fields().items()}
    known = _Known(scopes, agreement, replies)
    return Language(
        code=code,
        groups=tuple(_groups(sources, known)),
        lists=lists,
        styles={key: _words(value, slots) for key, value in styles.items()},
        forms=dict.fromkeys((*DOMAINS, *facts().sorts), device) | places,
        kinds={key: _numbers(value) for key, value in kinds["kinds"].fields(facts().sorts).items()},
        plurals={key: value.text() for key, value in kinds["plurals"].fields().items()},
        values={
            key: _phrases(key, v) for key, v in values["phrases"].fields(facts().slots).items()
        },
        units={
            key: tuple(item.template(("number", "words")) for item in value.items())
            for key, value in values["units"].fields().items()
        },
        numbers=tuple(item.text() for item in values["numbers"].items()),
        states={
            domain: {state: word.text() for state, word in states.fields().items()}
            for domain, states in _fields(sources["states"], "states")["states"].fields().items()
        },
        targets=scopes,
        agreement=agreement,
        replies=replies,
        noise={key: _swaps(value) for key, value in _fields(sources["noise"], *_NOISE).items()},
        sounds=tuple(_phonology(value) for value in sources["sounds"].fields().values()),
        courtesies=tuple(_courtesies(courtesies)),
        imperatives=frozenset(item.text() for item in courtesies["imperatives"].items()),
    )


def _fields(source: Source, *names: str) -> dict[str, Source]:
    return source.fields(names, names)


class _Known:
    """What requests may refer to."""

    def __init__(
        self,
        scopes: Mapping[str, Mapping[str, object]],
        agreement: Collection[str],
        replies: Collection[str],
    ) -> None:
        self.slots = {"target", "area", "except", "kind", "kinds", *agreement, *facts().slots}
        self.target_forms = {"", *scopes["device"]}
        self.replies = replies


def _groups(sources: Mapping[str, Source], known: _Known) -> Iterator[Group]:
    seen: dict[tuple[str, str], str] = {}
    for topic, source in sources.items():
        if topic not in _FILES:
            for item in _fields(source, "requests")["requests"].items():
                yield _group(topic, item, known, seen)


def _group(topic: str, source: Source, known: _Known, seen: dict[tuple[str, str], str]) -> Group:
    fields = source.fields(_GROUP, ("kind", "train"))
    texts = {key: value.text() for key, value in fields.items() if value.is_text()}
    action = texts.get("action", "")
    if action:
        _check_action(fields["action"], action)
    for key in ("reply", "talk"):
        if key in texts and texts[key] not in known.replies:
            raise fields[key].error(f"there is no reply {texts[key]!r}")
    if texts.get("question", "any") not in QUESTIONS:
        raise fields["question"].error(
            f"unknown question; known are {', '.join(sorted(QUESTIONS))}"
        )
    arguments = fields["arguments"].fields() if "arguments" in fields else {}
    patterns = []
    for split in SPLITS:
        for item in fields[split].items() if split in fields else ():
            patterns.append(_pattern(topic, split, item, known))
            _check_unheard(
                patterns[-1], item, action.partition(".")[0] or texts.get("about", ""), seen
            )
    return Group(
        **texts,
        everything=tuple(i.text() for i in fields["everything"].items())
        if "everything" in fields
        else (),
        without=tuple(i.text() for i in fields["without"].items()) if "without" in fields else (),
        sorts=tuple(i.text() for i in fields["sorts"].items()) if "sorts" in fields else (),
        arguments={key: value.value() for key, value in arguments.items()},
        patterns=tuple(patterns),
    )


def _check_action(source: Source, action: str) -> None:
    domain, _, verb = action.partition(".")
    known = action in ACTIONS or (domain == ANY and any(f"{d}.{verb}" in ACTIONS for d in DOMAINS))
    if not known:
        raise source.error(f"{action!r} is no action")


def _check_unheard(
    pattern: Pattern, source: Source, domain: str, seen: dict[tuple[str, str], str]
) -> None:
    """Check that no other pattern of the domain can say the same."""
    for skeleton in pattern.template.skeletons():
        # The same words may be different actions for different domains.
        if (skeleton, domain) in seen:
            raise source.error(f"{skeleton!r} is said by {seen[skeleton, domain]!r} too")
        seen[skeleton, domain] = pattern.id


def _pattern(topic: str, split: str, source: Source, known: _Known) -> Pattern:
    template = source.template(known.slots)
    for slot in template.slots:
        if slot.name == "target" and slot.form not in known.target_forms:
            raise source.error(f"targets have no form {slot.form!r}")
    return Pattern(topic=topic, template=template, split=split)


def _courtesies(fields: Mapping[str, Source]) -> Iterator[Pattern]:
    for split in SPLITS:
        for item in fields[split].items():
            template = item.template(("said", "verb"))
            yield Pattern(topic="courtesies", template=template, split=split)


def _words(source: Source, slots: Collection[str]) -> tuple[Word, ...]:
    words = tuple(_word(item, slots) for item in source.items())
    for split in SPLITS:
        if not any(word.belongs_to(split) for word in words):
            raise source.error(f"none of these words belongs to the split {split!r}")
    return words


def _word(source: Source, slots: Collection[str]) -> Word:
    if source.is_text():
        return Word(text=source.template(slots))
    fields = source.fields(required=("name",))
    text, weight = fields.pop("name").template(slots), fields.pop("weight", None)
    shared = fields.pop("shared", None)
    return Word(
        text=text,
        forms={key: value.template({*slots, "name"}) for key, value in fields.items()},
        weight=weight.number() if weight is not None else 1.0,
        shared=shared is not None and shared.value() is True,
    )


def _numbers(source: Source) -> dict[str, tuple[Word, ...]]:
    fields = _fields(source, "one", "many")
    return {key: tuple(_word(i, ()) for i in value.items()) for key, value in fields.items()}


def _phrases(slot: str, source: Source) -> tuple[Phrase, ...]:
    argument = facts().slots[slot].argument
    values = {
        v
        for action in ACTIONS.values()
        for a in action.arguments
        if a.name == argument
        for v in a.values
    }
    phrases = []
    for item in source.items():
        fields = _fields(item, "value", "say")
        value = fields["value"].value()
        if value not in values:
            raise fields["value"].error(f"{value!r} is no value of {argument}")
        phrases.append(Phrase(value=value, say=_sayings(fields["say"], ())))
    return tuple(phrases)


def _sayings(source: Source, slots: Collection[str]) -> tuple[Template, ...]:
    return tuple(item.template(slots) for item in source.items())


def _templates(source: Source, slots: Collection[str]) -> dict[str, Template]:
    return {key: value.template(slots) for key, value in source.fields().items()}


def _scopes(source: Source) -> dict[str, dict[str, tuple[Template, ...]]]:
    scopes = source.fields(_SCOPES, _SCOPES)
    forms = scopes["device"].fields()
    found = {}
    for name, scope in scopes.items():
        fields = scope.fields(forms, ("full",) if name == "commands" else forms)
        found[name] = {key: _sayings(value, _TARGET_SLOTS) for key, value in fields.items()}
    return found


def _agreement(source: Source) -> dict[str, str]:
    return {key: value.text() for key, value in _fields(source, "one", "many").items()}


def _reply(source: Source) -> dict[str, tuple[Template, ...]]:
    slots = _REPLY_SLOTS | set(facts().slots)
    if source.is_list():
        return dict.fromkeys(("one", "many"), _sayings(source, slots))
    return {key: _sayings(value, slots) for key, value in _fields(source, "one", "many").items()}


def _swaps(source: Source) -> dict[str, tuple[str, ...]]:
    swaps = {}
    for key, value in source.fields().items():
        swaps[key] = tuple(item.text(empty=True) for item in value.items())
    return swaps


def _phonology(source: Source) -> Phonology:
    fields = _fields(source, "onsets", "nuclei", "codas", "syllables")
    parts = {
        key: tuple("" if t == "-" else t for t in v.text().split()) for key, v in fields.items()
    }
    return Phonology(
        onsets=parts["onsets"],
        nuclei=parts["nuclei"],
        codas=parts["codas"],
        syllables=tuple(map(int, parts["syllables"])),
    )
