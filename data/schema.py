"""What the bank files of a language may hold, and how they are read.

A language is a folder of YAML files. Files of requests may be called as one likes, the others have
fixed names; what they may hold is the same for all languages, so a new language needs no code.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from home_llm_core.actions import ACTIONS
from home_llm_core.color_words import COLOR_WORDS
from home_llm_core.kinds import DOMAINS

from .banks import DURATION_UNITS, TEXT_SLOTS, Group, Language, Pattern, Phrase, Span
from .domains import facts
from .grammar import Grammar, read_grammar
from .grouping import Grouping
from .invented import Phonology
from .lexicon import Lexicon
from .sources import BankError, Source, read, uncollected
from .splits import SPLITS
from .templates import Template

LANGUAGES = Path(__file__).parent / "languages"

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
_SCOPES = {
    "device", "device_in_area", "device_and_kind", "area", "floor", "house", "kind", "one_kind",
    "here", "pair", "commands", "excepted", "pronoun", "conditional",
}  # fmt: skip
_MORE_SCOPES = {
    "all_there", "cancelled", "corrected", "excepted_area", "excepted_kind", "left_alone",
}  # fmt: skip
_ASIDES = "asides"
_COLOR = "color"
_SEVERAL = "several"
_SHARED: Mapping[str, tuple[str, ...]] = {
    "joints": ("a", "b"),
    "place": ("area", "a"),
    "same": ("a", "area"),
    "each": ("a", "area"),
}
_GRAMMAR = "grammar"
_INTENTS = "intents"  # See intent_table.py.
_MORE_NAMES = "names_"
_MORE_REPLIES = "replies_"
_OWN_FORMS: Mapping[str, tuple[str, ...]] = {
    "cancelled": ("full",),
    "commands": ("full",),
    "conditional": ("if", "unless"),
    "corrected": ("full",),
    "excepted_kind": ("full",),
    "left_alone": ("full",),
}
_NOISE = ("fillers", "drop", "replace", "possessive")
_NUMBER_SLOTS = ("number", "words", "counted", "article")
_TARGET_SLOTS = {"name", "area", "floor", "kind", "kinds", "a", "b", "target"}
_REPLY_SLOTS = {
    "subject", "place", "thing", "kind", "kinds", "candidates", "devices", "count", "except", "a",
    "b", "area", "floor", "state", "time", "date", "timer", "fact", "reading", "number", "noun",
    "low", "high", "total", *TEXT_SLOTS,
}  # fmt: skip


@lru_cache(maxsize=16)
@uncollected()
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
    grammar = read_grammar(sources.pop(_GRAMMAR)) if _GRAMMAR in sources else Grammar()
    sources = {name: source.joined_by(grammar.joints) for name, source in sources.items()}
    for name in _FILES:
        if name not in sources:
            msg = f"{folder / name}.yaml:1: the file is missing"
            raise BankError(msg)
    return _language(code, sources, grammar)


def _language(code: str, sources: Mapping[str, Source], grammar: Grammar) -> Language:
    lexicon = Lexicon(grammar)
    names = _fields(sources["names"], "lists", "styles", "forms")
    more = [
        _fields(source, "lists", "styles")
        for topic, source in sources.items()
        if topic.startswith(_MORE_NAMES)
    ]
    areas = _fields(sources["areas"], "styles", "forms")
    lists = {key: lexicon.words(value) for key, value in _merged("lists", names, *more).items()}
    styles = _merged("styles", areas, names, *more)
    slots = {*lists, "area", "name", "kind", "invented", "invented_two"}
    kinds = _fields(sources["kinds"], "kinds", "plurals")
    needed = ("numbers", "units", "durations", "phrases")
    values = sources["values"].fields((*needed, "articles", "counted", "number_forms"), needed)
    number_forms = values["number_forms"].fields() if "number_forms" in values else {}
    noise = sources["noise"].fields((*_NOISE, "contracted", "endings"), _NOISE)
    targets = _fields(sources["targets"], "scopes", "agreement", "plural_pronouns")
    courtesies = _fields(sources["courtesies"], *SPLITS, "imperatives")
    asides = _fields(sources[_ASIDES], *SPLITS, "joins") if _ASIDES in sources else {}
    shared = sources[_SEVERAL].fields(_SHARED) if _SEVERAL in sources else {}
    device = _templates(names["forms"], slots)
    places = {key: _templates(value, slots) for key, value in areas["forms"].fields().items()}
    agreement = {key: _agreement(value) for key, value in targets["agreement"].fields().items()}
    scopes = _scopes(targets["scopes"])
    replies = _replies(sources)
    forms = _duration_forms(values["units"], number_forms)
    grouping = Grouping(
        forms=scopes["device"], durations=forms, agreement=agreement, replies=replies
    )
    return Language(
        code=code,
        grammar=grammar,
        groups=tuple(_groups(sources, grouping)),
        lists=lists,
        styles={key: lexicon.words(value, slots) for key, value in styles.items()},
        forms=dict.fromkeys((*DOMAINS, *facts().sorts), device) | places,
        kinds={
            key: lexicon.numbers(value)
            for key, value in kinds["kinds"].fields(facts().sorts).items()
        },
        plurals={key: value.text() for key, value in kinds["plurals"].fields().items()},
        values={key: _phrases(key, v) for key, v in values["phrases"].fields(facts().slots).items()}
        | {_COLOR: _colors(code)},
        units={
            key: tuple(item.template(_NUMBER_SLOTS) for item in value.items())
            for key, value in values["units"].fields().items()
        },
        numbers=tuple(item.text() for item in values["numbers"].items()),
        articles=_articles(values["articles"]) if "articles" in values else {},
        counted=_counted(values["counted"]) if "counted" in values else {},
        number_forms={
            key: frozenset(int(each.number()) for each in value.items())
            for key, value in number_forms.items()
        },
        durations=tuple(_span(item, forms) for item in values["durations"].items()),
        states={
            domain: {state: word.text() for state, word in states.fields().items()}
            for domain, states in _fields(sources["states"], "states")["states"].fields().items()
        },
        targets=scopes,
        agreement=agreement,
        replies=replies,
        noise={key: _swaps(value) for key, value in noise.items()},
        sounds=tuple(_phonology(value) for value in sources["sounds"].fields().values()),
        courtesies=tuple(_around("courtesies", courtesies, ("said", "verb"))),
        asides=tuple(_around(_ASIDES, asides, ())),
        aside_joins=_sayings(asides["joins"], ("said", "aside")) if asides else (),
        shared={key: _sayings(value, _SHARED[key]) for key, value in shared.items()},
        plural_pronouns=frozenset(i.text() for i in targets["plural_pronouns"].items()),
        imperatives=frozenset(item.text() for item in courtesies["imperatives"].items()),
    )


def _merged(name: str, *files: Mapping[str, Source]) -> dict[str, Source]:
    """Return what stands in a field of several files."""
    found: dict[str, Source] = {}
    for file in files:
        for key, value in file[name].fields().items():
            if key in found:
                raise value.error(f"{key!r} is in another file, too")
            found[key] = value
    return found


def _fields(source: Source, *names: str) -> dict[str, Source]:
    return source.fields(names, names)


def _groups(sources: Mapping[str, Source], grouping: Grouping) -> Iterator[Group]:
    for topic, source in sources.items():
        others = (*_FILES, _ASIDES, _INTENTS, _SEVERAL)
        if topic not in others and not topic.startswith((_MORE_NAMES, _MORE_REPLIES)):
            yield from grouping.groups(topic, source)


def _around(topic: str, fields: Mapping[str, Source], slots: Collection[str]) -> Iterator[Pattern]:
    """Yield what people put around a request."""
    for split in SPLITS:
        for item in fields[split].items() if split in fields else ():
            yield Pattern(topic=topic, template=item.template(slots), split=split)


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


def _colors(code: str) -> tuple[Phrase, ...]:
    """Return the words for colours, which the integration knows, too."""
    return tuple(
        Phrase(value=color, say=tuple(map(Template, said)))
        for color, said in COLOR_WORDS[code].items()
    )


def _duration_forms(units: Source, number_forms: Collection[str]) -> tuple[str, ...]:
    """Return the forms in which durations are said, each of which has all units."""
    known = units.fields()
    found = (key.partition("_") for key in known)
    said = (form for unit, _, form in found if unit in DURATION_UNITS and form)
    forms = dict.fromkeys(form for form in said if form not in number_forms)
    for form in forms:
        for unit in DURATION_UNITS:
            for key in (f"{unit}_{form}", f"{unit.removesuffix('s')}_{form}"):
                if key not in known:
                    raise units.error(f"{key!r} is missing")
    return tuple(forms)


def _articles(source: Source) -> dict[str, str]:
    return {key: value.text() for key, value in source.fields(required=("other",)).items()}


def _counted(source: Source) -> dict[int, str]:
    return {int(key): value.text() for key, value in source.fields().items()}


def _span(source: Source, forms: Collection[str]) -> Span:
    fields = _fields(source, "parts", "say", *forms)
    parts = fields.pop("parts").fields(DURATION_UNITS)
    return Span(
        parts={key: int(value.number()) for key, value in parts.items()},
        say={key if key in forms else "": _sayings(v, ()) for key, v in fields.items()},
    )


def _sayings(source: Source, slots: Collection[str]) -> tuple[Template, ...]:
    return tuple(item.template(slots) for item in source.items())


def _templates(source: Source, slots: Collection[str]) -> dict[str, Template]:
    return {key: value.template(slots) for key, value in source.fields().items()}


def _scopes(source: Source) -> dict[str, dict[str, tuple[Template, ...]]]:
    scopes = source.fields(_SCOPES | _MORE_SCOPES, _SCOPES)
    forms = scopes["device"].fields()
    found = {}
    for name, scope in scopes.items():
        own = _OWN_FORMS.get(name)
        fields = scope.fields(own or forms, own or forms)
        found[name] = {key: _sayings(value, _TARGET_SLOTS) for key, value in fields.items()}
    return found


def _agreement(source: Source) -> dict[str, str]:
    return {key: value.text() for key, value in _fields(source, "one", "many").items()}


def _replies(sources: Mapping[str, Source]) -> dict[str, dict[str, tuple[Template, ...]]]:
    """Return what the home says, from one file or from several."""
    replies: dict[str, dict[str, tuple[Template, ...]]] = {}
    for topic, source in sources.items():
        if topic == "replies" or topic.startswith(_MORE_REPLIES):
            for key, value in source.fields().items():
                if key in replies:
                    raise value.error(f"the reply {key!r} is in another file, too")
                replies[key] = _reply(value)
    return replies


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
