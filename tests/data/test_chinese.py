"""Tests of what a language without spaces needs, on the Chinese banks."""

import json
from pathlib import Path
import random
import re
from typing import Any

import pytest

from data.builders import build
from data.generate import INTENTS, Options, write
from data.noise import Noise
from data.patterns import patterns_of
from data.requests import Mixture
from data.scenes import Draft, Sentence
from data.schema import load
from data.validate import validate
from data.values import duration, said, value
from home_llm_core.kinds import DOMAINS

CHINESE = load("zh-Hans")
_SPACED = re.compile(r"[\u4e00-\u9fff，。！？、] | [\u4e00-\u9fff，。！？、]")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return files of twenty homes, some of which are for training and some for the test."""
    folder = tmp_path_factory.mktemp("chinese")
    paths = []
    for split in ("train", "test"):
        paths.append(folder / f"{split}.jsonl")
        write(
            Options(
                split=split, homes=10, seed=1, out=paths[-1], language="zh-Hans", size=(2, 30),
                domains=DOMAINS, requests=(10, 14), workers=1, mixture=Mixture(intents=INTENTS),
            )
        )  # fmt: skip
    return paths


@pytest.fixture(scope="module")
def lines(files: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(text) for path in files for text in path.read_text().splitlines()]


def heard(text: str, *values: str, kind: str = "implicit", count: int = 1500) -> list[str]:
    """Return what arrives of a sentence, many times."""
    where = build("zh-Hans", "train", random.Random(0), (2, 4), ("light",))
    noise = Noise(where, patterns_of("zh-Hans", "train"), random.Random(0))
    sentence = Sentence(text=text, patterns=(), values=values)
    draft = Draft(kind=kind, sentence=sentence, speech="")
    return [noise.distort(draft).text for _ in range(count)]


def test_homes_and_requests_are_right(files: list[Path]) -> None:
    report = validate(files)

    assert report.problems == ()
    assert report.homes == 20
    assert report.kinds.total() >= 200
    assert report.kinds.keys() >= {"direct", "question", "condition", "follow_up", "timer", "todo"}


def test_lines_are_in_the_language(lines: list[dict[str, Any]]) -> None:
    texts = [request["record"]["text"] for line in lines for request in line["requests"]]

    assert {line["language"] for line in lines} == {"zh-Hans"}
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts)


def test_no_space_stands_beside_a_character(lines: list[dict[str, Any]]) -> None:
    records = [request["record"] for line in lines for request in line["requests"]]
    texts = [record[key] for record in records for key in ("text", "speech", "before")]

    assert [text for text in texts if _SPACED.search(text)] == []


def test_names_of_devices_have_no_spaces(lines: list[dict[str, Any]]) -> None:
    names = [entity["name"] for line in lines for entity in line["home"]["entities"]]

    assert [name for name in names if _SPACED.search(name)] == []


def test_sentences_end_as_the_language_ends_them() -> None:
    ends = {text[-1] for text in heard("打开吊灯")}
    asked = {text[-1] for text in heard("吊灯开着吗", kind="question")}

    assert ends == {"灯", "。", "！", "等", "登", "邓"}
    assert asked >= {"吗", "？"}
    assert not {".", "!", "?"} & asked


def test_two_is_another_word_before_what_is_counted() -> None:
    rng = random.Random(0)
    hours = {said(2, "hours", CHINESE, rng) for _ in range(60)}
    percent = {said(2, "percent", CHINESE, rng) for _ in range(60)}
    twelve = {said(12, "hours", CHINESE, rng) for _ in range(60)}

    assert hours == {"2小时", "两小时", "2个小时", "两个小时"}
    assert percent == {"2%", "百分之2", "百分之二"}
    assert twelve == {"12小时", "十二小时", "12个小时", "十二个小时"}


def test_the_parts_of_a_duration_are_not_joined_like_things() -> None:
    rng = random.Random(0)
    own = {
        text.source for span in CHINESE.durations for texts in span.say.values() for text in texts
    }
    found = [duration(CHINESE, rng) for _ in range(600)]
    two = [text for parts, text in found if len(parts) > 1 and text not in own]

    assert any("零" in text for text in two)
    assert not any("和" in text or " " in text for text in two)


def test_values_have_no_spaces() -> None:
    rng = random.Random(0)
    for slot in ("brightness", "degrees", "position", "volume"):
        assert not any(" " in value(slot, CHINESE, rng)[1] for _ in range(100))


def test_values_are_never_touched() -> None:
    texts = heard("把灯关了五十八分钟", "五十八分钟")

    assert any("等" in text or "登" in text or "邓" in text for text in texts)
    assert all("五十八分钟" in text for text in texts)


def test_what_is_misheard_is_no_value() -> None:
    texts = heard("开灯", "开灯")

    assert all("开灯" in text for text in texts)


def test_a_word_may_be_lost_though_no_space_parts_it() -> None:
    texts = heard("把客厅的灯打开")

    assert any(text.startswith("客厅灯打开") for text in texts)


def test_characters_are_not_misspelt() -> None:
    texts = heard("我喜欢那朵云", kind="small_talk")

    assert all(text.rstrip("。！").endswith("我喜欢那朵云") for text in texts)


def test_every_kind_has_its_measure_word() -> None:
    words = [w for numbers in CHINESE.kinds.values() for each in numbers.values() for w in each]
    lamp = next(word for word in words if word.text.source == "灯")

    assert [word.text.source for word in words if {"that", "every"} - word.forms.keys()] == []
    assert (lamp.form("that"), lamp.form("every")) == ("那盏灯", "每盏灯")


def test_a_name_is_cut_where_its_words_end() -> None:
    assert CHINESE.parts("卧室吸顶灯") == ["卧室", "吸顶灯"]
    assert CHINESE.parts("小明的台灯") == ["小明的", "台灯"]
