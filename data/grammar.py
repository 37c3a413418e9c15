"""What a language does to words: forms by gender, words that melt together, where names begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import random

from .sources import Source
from .templates import PLAIN, Joints, Template

_FIELDS = ("genders", "plural", "joints", "head", "links")
_JOINTS = ("contracted", "elided", "vowels")
_CUT = "cut"
_ENDS = {"first": True, "last": False}


@dataclass(frozen=True, kw_only=True)
class Gender:
    """What goes with the words of a gender, or of a declension.

    Args:
        forms: templates of forms, with ``{name}`` for the word and ``{stem}`` for what is left of
            it without its ending.
        cut: the ending.

    """

    forms: Mapping[str, Template]
    cut: str = ""

    def forms_of(self, name: str, source: Source) -> dict[str, Template]:
        """Return the forms of a word.

        Raises:
            BankError: the word, which ``source`` says to be of this gender, has another ending.

        """
        if not name.endswith(self.cut):
            raise source.error(f"{name!r} does not end in {self.cut!r}")
        slots = {"name": name, "stem": name.removesuffix(self.cut)}
        return {key: Template(form.say(_NO_CHANCE, slots)) for key, form in self.forms.items()}


_NO_CHANCE = random.Random(0)
"""For templates that leave nothing to chance."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """The grammar of a language, as far as names need it.

    Args:
        genders: forms by gender.
        plural: the genders of words for several things.
        joints: what becomes of a word and the one after it.
        is_head_first: whether names begin with the word for the thing, as "lámpara del salón".
        links: words at which a part of a name can neither begin nor end.

    """

    genders: Mapping[str, Gender] = field(default_factory=dict)
    plural: frozenset[str] = frozenset()
    joints: Joints = PLAIN
    is_head_first: bool = False
    links: frozenset[str] = frozenset()

    def head(self, name: Sequence[str]) -> str:
        """Return the word of a name that says what it is."""
        words = [word for word in name if not word.isdigit()] or [*name]
        return words[0 if self.is_head_first else -1]

    def gender(self, source: Source) -> Gender:
        """Return the gender that a bank names.

        Raises:
            BankError: there is none.

        """
        found = self.genders.get(source.text())
        if found is None:
            known = ", ".join(self.genders) or "none"
            raise source.error(f"unknown gender {source.text()!r}; known are {known}")
        return found


def read_grammar(source: Source) -> Grammar:
    """Read what a language does to words.

    Raises:
        BankError: the file breaks its schema.

    """
    fields = source.fields(_FIELDS)
    joints = _joints(fields["joints"]) if "joints" in fields else PLAIN
    genders = fields["genders"].fields() if "genders" in fields else {}
    links = fields["links"].items() if "links" in fields else ()
    plural = tuple(fields["plural"].items()) if "plural" in fields else ()
    for each in plural:
        if each.text() not in genders:
            raise each.error(f"there is no gender {each.text()!r}")
    return Grammar(
        genders={key: _gender(each.joined_by(joints)) for key, each in genders.items()},
        plural=frozenset(each.text() for each in plural),
        joints=joints,
        is_head_first="head" in fields and _is_first(fields["head"]),
        links=frozenset(each.text() for each in links),
    )


def _is_first(source: Source) -> bool:
    if source.text() not in _ENDS:
        raise source.error(f"{source.text()!r} is none of {', '.join(_ENDS)}")
    return _ENDS[source.text()]


def _joints(source: Source) -> Joints:
    fields = source.fields(_JOINTS)
    swaps = {
        name: {key: each.text() for key, each in fields[name].fields().items()}
        for name in _JOINTS[:2]
        if name in fields
    }
    return Joints(
        contracted=swaps.get("contracted", {}),
        elided=swaps.get("elided", {}),
        vowels=fields["vowels"].text() if "vowels" in fields else "",
    )


def _gender(source: Source) -> Gender:
    fields = source.fields()
    cut = fields.pop(_CUT).text() if _CUT in fields else ""
    forms = {}
    for key, each in fields.items():
        forms[key] = each.template(("name", "stem"))
        if len(forms[key].skeletons()) > 1:
            raise each.error("a form of a gender leaves no choice")
    return Gender(forms=forms, cut=cut)
