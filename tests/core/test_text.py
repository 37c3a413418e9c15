"""One spelling for a word, and nothing in a name that is markup."""

from hypothesis import given, strategies as st
import pytest

from home_llm_core.text import fold, label, one_line


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Turn  ON\nthe LIGHT", "turn on the light"),
        ("Lena\u2019s lamp to \uff15\uff10\uff05", "lena's lamp to 50%"),
        ("a\u202eb\u200bc\x00d", "a b c d"),
        ("a\u061cb\ud83dc\U000e0041d\ufffbe", "a b c d e"),
        ("KÜCHE", "küche"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Case, spaces, widths and apostrophes come to one form."""
    assert fold(text) == folded


@given(st.text())
def test_a_label_has_no_markup(text: str) -> None:
    """Whatever a device is called, its label is one line without markup, and stays as it is."""
    name = label(text)
    assert not set(name) & set('`"<>|{}[]=;:/\\\n\r')
    assert label(name) == name
    assert one_line(name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Lamp (left)!", "lamp left"), ("100%", "100"), ("\U0001f4a1", ""), ('"', ""), ("C++", "c")],
)
def test_a_label_ends_where_a_token_ends(name: str, expected: str) -> None:
    """What would merge with the closing quote is cut off."""
    assert label(name) == expected
