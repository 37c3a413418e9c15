"""Tests of the phrase templates."""

import random

import pytest

from data.templates import Slot, Template, TemplateError, tidy


def test_skeletons_are_all_ways_to_say_it() -> None:
    template = Template("[please] (turn|switch) on {target.bare}")

    assert template.skeletons() == [
        "turn on {target.bare}",
        "switch on {target.bare}",
        "please turn on {target.bare}",
        "please switch on {target.bare}",
    ]


def test_what_is_said_is_one_of_the_skeletons() -> None:
    template = Template("(a|b [c]) {name} (d|e)")
    said = {template.say(random.Random(seed), {"name": "{name}"}) for seed in range(60)}

    assert said == set(template.skeletons())


def test_a_slot_asks_for_its_form() -> None:
    class Loud:
        def form(self, form: str) -> str:
            return f"<{form}>"

    assert Template("x {a} {a.the}").say(random.Random(0), {"a": Loud()}) == "x <> <the>"
    assert Template("x {a.the}").slots == {Slot("a", "the")}


@pytest.mark.parametrize("source", ["(a", "a)", "[a", "(a]", "{a", "a}", "{A b}"])
def test_brackets_that_do_not_match_are_refused(source: str) -> None:
    with pytest.raises(TemplateError, match=r"brackets do not match|not well formed"):
        _ = Template(source).sequence


def test_plain_holds_only_the_words() -> None:
    assert Template("[please] turn {target}, (on|off)!").plain().split() == [
        "please", "turn", "on", "off",
    ]  # fmt: skip


def test_tidy_leaves_no_space_before_punctuation() -> None:
    assert tidy("  on  , then   off ?") == "on, then off?"
