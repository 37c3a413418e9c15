"""Words and styles of names as bank files hold them, with their forms."""

from collections.abc import Collection

from .banks import Word
from .grammar import Grammar
from .sources import Source
from .splits import SPLITS
from .templates import Template


class Lexicon:
    """Reads words.

    Args:
        grammar: the grammar of their language.

    """

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def words(self, source: Source, slots: Collection[str] = ()) -> tuple[Word, ...]:
        """Return the words of a list.

        Args:
            source: the list.
            slots: what styles of names may hold.

        Raises:
            BankError: it breaks the schema, or has no word for one of the splits.

        """
        words = tuple(self._word(item, slots) for item in source.items())
        for split in SPLITS:
            if not any(word.belongs_to(split) for word in words):
                raise source.error(f"none of these words belongs to the split {split!r}")
        return words

    def numbers(self, source: Source) -> dict[str, tuple[Word, ...]]:
        """Return the words for one thing and for many.

        Raises:
            BankError: it breaks the schema.

        """
        fields = source.fields(("one", "many"), ("one", "many"))
        return {key: tuple(self._word(i, ()) for i in v.items()) for key, v in fields.items()}

    def _word(self, source: Source, slots: Collection[str]) -> Word:
        if source.is_text():
            return Word(text=source.template(slots))
        fields = source.fields(required=("name",))
        text, weight = fields.pop("name").template(slots), fields.pop("weight", None)
        shared, gender = fields.pop("shared", None), fields.pop("gender", None)
        forms: dict[str, Template] = {}
        if gender is not None:
            found = self._grammar.gender(gender)
            forms = {} if text.slots else found.forms_of(text.source, gender)
        own = {key: value.template({*slots, "name"}) for key, value in fields.items()}
        return Word(
            text=text,
            forms=forms | own,
            weight=weight.number() if weight is not None else 1.0,
            shared=shared is not None and shared.value() is True,
            gender=gender.text() if gender is not None else "",
        )
