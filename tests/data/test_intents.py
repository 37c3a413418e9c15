"""Tests of Home Assistant's sentences as groups of patterns: what they mean here."""

from collections.abc import Iterator
from functools import lru_cache
import re

import pytest

from data.banks import Group, Pattern
from data.intent_files import files_of
from data.intent_phrases import Said
from data.intents import groups_of
from data.splits import SPLITS, split_of
from data.templates import Alternatives, Sequence
from home_llm_core.actions import ACTIONS

CODES = ("en", "zh-Hans")


def patterns(code: str) -> Iterator[tuple[Group, Pattern]]:
    for group in groups_of(code):
        for pattern in group.patterns:
            yield group, pattern


@lru_cache
def expressions(code: str) -> tuple[tuple[re.Pattern[str], Group, Pattern], ...]:
    """Return each pattern with an expression for all ways to say it."""
    return tuple(
        (re.compile(_expression(pattern.template.sequence)), group, pattern)
        for group, pattern in patterns(code)
    )


def _expression(sequence: Sequence) -> str:
    parts = []
    for piece in sequence:
        if isinstance(piece, Alternatives):
            parts.append(f"(?:{'|'.join(map(_expression, piece.options))})")
        else:
            parts.append(re.escape(str(piece)).replace(r"\ ", r"\ *"))
    return r"\ *".join(parts)


def meanings(code: str, phrase: str) -> set[tuple[object, ...]]:
    """Return what a phrase means wherever it is said, with slots as ours; none if it is not."""
    found = set()
    for expression, group, pattern in expressions(code):
        assert isinstance(pattern.template, Said)
        if expression.fullmatch(phrase) and pattern.template.is_said(phrase):
            what = group.action or group.query or group.talk
            meant = what, *group.arguments.values(), group.asked, group.of, group.scope
            found.add(tuple(part for part in meant if part != ""))
    return found


@pytest.mark.parametrize(
    ("code", "phrase", "meant"),
    [
        ("en", "turn on the {target}", ("*.turn_on", "device")),
        ("en", "activate {target} scene", ("scene.turn_on", "device")),
        ("en", "unlock {target}", ("lock.unlock", "device")),
        ("en", "lock the {target}", ("lock.lock", "device")),
        ("en", "close the {target}", ("cover.close_cover", "device")),
        ("en", "set the {target} to {brightness.number}%", ("light.turn_on", "device")),
        ("en", "mute the {target}", ("media_player.volume_mute", True, "device")),
        ("en", "mute here", ("media_player.volume_mute", True, "room")),
        ("en", "volume down", ("media_player.volume_down", "room")),
        ("en", "volume down {quieter_by.number}", ("media_player.volume_down", "room")),
        ("en", "dock the mower", ("lawn_mower.dock",)),
        ("en", "vacuum the {area}", ("vacuum.start", "only")),
        ("en", "add {item} to my {target} list", ("todo.add_item", "device")),
        ("en", "add {item} to the shopping list", ("todo.add_item",)),
        ("en", "stop all of my timers", ("timer.cancel_all",)),
        ("en", "cancel my {minutes.number} minute timer", ("timer.cancel",)),
        ("en", "are all lights on", ("all", "on")),
        ("en", "how many doors are open in the {area}", ("count", "open")),
        ("en", "which lock is locked", ("which", "locked")),
        ("en", "is {target} closed", ("is", "closed", "device")),
        ("en", "where is {target}", ("where", "device")),
        ("en", "how warm is {target}", ("state", "current_temperature", "device")),
        ("en", "what's the weather like", ("state",)),
        ("en", "never mind", ("nothing",)),
        ("zh-Hans", "打开{target}", ("*.turn_on", "device")),
        ("zh-Hans", "关掉所有灯", ("*.turn_off", "house")),
        ("zh-Hans", "打开这里的灯", ("*.turn_on", "room")),
        ("zh-Hans", "{target}锁上", ("lock.lock", "device")),
        ("zh-Hans", "切换到{target}模式", ("scene.turn_on", "device")),
        ("zh-Hans", "记得买{item}", ("todo.add_item",)),
        ("zh-Hans", "{area}音量调高{louder_by.number}", ("media_player.volume_up",)),
        ("zh-Hans", "哪些灯是开着的", ("which", "on")),
        ("zh-Hans", "算了", ("nothing",)),
    ],
)
def test_what_phrases_mean(code: str, phrase: str, meant: tuple[object, ...]) -> None:
    assert meant in meanings(code, phrase)


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        ("en", "stop the music"),
        ("en", "all lights on"),
        ("en", "turn on all fans"),
        ("en", "increase {target} {brightness.number}%"),
        ("en", "delete {item} from the shopping list"),
        ("en", "add {item} to my list"),
        ("en", "{target}"),
        ("en", "the {target}"),
        ("zh-Hans", "再见"),
        ("zh-Hans", "打开{area}的吸顶灯"),
        ("zh-Hans", "今天天气如何"),
        ("zh-Hans", "{target}停止播放"),
        ("zh-Hans", "{target}的电量是多少"),
        ("zh-Hans", "打开{target}的插座"),
        ("zh-Hans", "灯都开的"),
    ],
)
def test_what_means_something_else_here_is_not_said(code: str, phrase: str) -> None:
    assert not meanings(code, phrase)


@pytest.mark.parametrize("code", CODES)
def test_patterns_are_parted_by_their_templates(code: str) -> None:
    texts = {t.source for file in files_of(code) for b in file.blocks() for t in b.templates}
    for _, pattern in patterns(code):
        assert pattern.template.source in texts
        assert pattern.split == split_of(pattern.template.source)
        assert re.fullmatch(r"intents:Hass\w+:[0-9a-f]{8}", pattern.id)
    assert {pattern.split for _, pattern in patterns(code)} == {*SPLITS}


@pytest.mark.parametrize("code", CODES)
def test_most_sentences_are_used(code: str) -> None:
    there = {
        (block.intent, template.source)
        for file in files_of(code)
        for block in file.blocks()
        for template in block.templates
    }
    used = {(p.topic.partition(":")[2], p.template.source) for _, p in patterns(code)}

    assert len(used) > 0.8 * len(there)


def test_a_room_where_something_is_done_is_not_the_whole_house() -> None:
    for group in groups_of("en"):
        if group.action in ACTIONS and ACTIONS[group.action].one_by_one:
            assert group.scope == "device"
