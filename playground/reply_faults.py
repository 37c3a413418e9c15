"""What a reply holds, compared with what a scenario expects it to say."""

from collections.abc import Iterator
import re
import unicodedata

from .dialogue import Exchange
from .scenarios import Fault, Scenario

# Written without spaces: there a word ends where the reader knows it does.
_SPACELESS = "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
_LETTER = rf"[^\W{_SPACELESS}]"


def reply_faults(scenario: Scenario, exchange: Exchange) -> Iterator[Fault]:
    """Yield what a reply lacks, and what it should not hold."""
    said = exchange.speech
    if exchange.failed:
        yield Fault(outcome="missed", text=f"the assistant failed: {said}")
    if scenario.asks and not _plain(said).endswith("?"):
        yield Fault(outcome="missed", text="the reply asks nothing")
    for fact in scenario.reply:
        if not any(holds(said, word) for word in fact):
            yield Fault(outcome="missed", text=f"the reply lacks '{' / '.join(fact)}'")
    for word in scenario.not_in_reply:
        if holds(said, word):
            yield Fault(outcome="missed", text=f"the reply holds '{word}'")


def holds(text: str, words: str) -> bool:
    """Return whether a text holds words, whatever their case; a part of a word does not count."""
    text, words = _plain(text), _plain(words)
    start = rf"(?<!{_LETTER})" if re.match(_LETTER, words) else ""
    end = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}\Z", words) else ""
    if words[:1].isdecimal():
        # 5 is not in 21.5, nor 21.
        start += r"(?<!\d[.,])"
    if words[-1:].isdecimal():
        end += r"(?![.,]\d)"
    return re.search(start + re.escape(words) + end, text) is not None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(plain.split())
