"""translations/*.json: every language says all that English says, with the same gaps to fill."""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from string import Formatter

from .files import read_json
from .shapes import Mapped, each, mismatches, text

ENGLISH = "en.json"
FEW = ("pl", "ru")
"""Languages that count twice to four otherwise than five and more."""

_TEXTS = each(text)
_SECTION = Mapped(
    keys={"name": text, "description": text, "data": _TEXTS, "data_description": _TEXTS},
    needed=("name",),
)
_STEP = Mapped(
    keys={
        **dict.fromkeys(("title", "description", "submit"), text),
        **dict.fromkeys(("data", "data_description"), _TEXTS),
        **dict.fromkeys(("menu_options", "menu_option_descriptions"), _TEXTS),
        "sections": each(_SECTION),
    }
)
_FLOW_KEYS = {
    "step": each(_STEP),
    **dict.fromkeys(("error", "abort", "progress", "create_entry"), _TEXTS),
}
_FLOW = Mapped(keys=_FLOW_KEYS, needed=("step",))
_FIELD = Mapped(keys=dict.fromkeys(("name", "description", "example"), text), needed=("name",))
_SHAPE = Mapped(
    keys={
        "title": text,
        "config": Mapped(keys={"flow_title": text, **_FLOW_KEYS}, needed=("step",)),
        "options": _FLOW,
        "config_subentries": each(
            Mapped(
                keys={
                    "entry_type": text,
                    "initiate_flow": Mapped(keys={"user": text, "reconfigure": text}),
                    **_FLOW_KEYS,
                },
                needed=("entry_type", "initiate_flow", "step"),
            )
        ),
        "entity": each(
            each(
                Mapped(
                    keys={
                        "name": text,
                        "state": _TEXTS,
                        "unit_of_measurement": text,
                        "state_attributes": each(Mapped(keys={"name": text, "state": _TEXTS})),
                    }
                )
            )
        ),
        "device": each(Mapped(keys={"name": text}, needed=("name",))),
        "exceptions": each(Mapped(keys={"message": text}, needed=("message",))),
        "issues": each(
            Mapped(keys={"title": text, "description": text, "fix_flow": _FLOW}, needed=("title",))
        ),
        "selector": each(Mapped(keys={"options": _TEXTS}, needed=("options",))),
        "services": each(
            Mapped(
                keys={
                    "name": text,
                    "description": text,
                    "fields": each(_FIELD),
                    "sections": each(Mapped(keys={"name": text, "description": text})),
                },
                needed=("name", "description"),
            )
        ),
        "system_health": Mapped(keys={"info": _TEXTS}, needed=("info",)),
    }
)
_QUOTED_GAP = re.compile(r"'\{\w+\}'")
_HTML = re.compile(r"</?[a-zA-Z][^>]*>")
_KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


def findings(folder: Path) -> Iterator[str]:
    """Yield what is wrong, each as a phrase that begins with the file."""
    translations = folder / "translations"
    english = read_json(translations / ENGLISH)
    languages = {path.name for path in (folder / "core" / "languages").glob("*.json")}
    present = {path.name for path in translations.glob("*.json")}
    for name in sorted(languages - present):
        yield f"{name}: it is missing, and the language can be spoken"
    for name in sorted(present):
        translation = read_json(translations / name)
        yield from (f"{name}: {problem}" for problem in mismatches(translation, _SHAPE))
        said = dict(_texts(translation))
        yield from (f"{name}: {problem}" for problem in _wrong_texts(said))
        if name != ENGLISH:
            wanted = dict(_texts(english))
            few = name.removesuffix(".json") in FEW
            yield from (f"{name}: {problem}" for problem in _differences(said, wanted, few=few))


def _texts(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Mapping):
        for key, below in node.items():
            yield from _texts(below, f"{path}.{key}" if path else str(key))


def _wrong_texts(said: Mapping[str, str]) -> Iterator[str]:
    for path, words in said.items():
        if any(_KEY.fullmatch(key) is None for key in path.split(".")):
            yield f"{path} should consist of small letters, digits, _ and -"
        if words != words.strip():
            yield f"{path} begins or ends with a space"
        if _QUOTED_GAP.search(words):
            yield f"{path} has a gap in single quotes, which would not be filled"
        if _HTML.search(words):
            yield f"{path} holds HTML, which is not shown"
        if _gaps(words) is None:
            yield f"{path} has a brace without its other half"


def _gaps(words: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return None


def _differences(
    said: Mapping[str, str], english: Mapping[str, str], *, few: bool
) -> Iterator[str]:
    for path in english:
        if path not in said:
            yield f"{path} is missing"
    for path, words in said.items():
        wanted = english.get(_of_many(path) if few and path not in english else path)
        if wanted is None:
            yield f"{path} is not in English"
        elif _gaps(words) != _gaps(wanted):
            yield f"{path} has other gaps than the English: {_named(words)}, not {_named(wanted)}"


def _of_many(path: str) -> str:
    """Return the path of the text about many things for that about a few."""
    return path.replace(".kinds_few_", ".kinds_").replace("_few.", "_many.")


def _named(words: str) -> str:
    return ", ".join(sorted(_gaps(words) or ())) or "none"
