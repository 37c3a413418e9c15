"""Tests of the report on training sets: what is counted, the pictures, and the examples."""

from base64 import b64decode
from collections import Counter
from html import unescape
import json
from pathlib import Path
import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from data.examples import example
from data.generate import parse, write
from data.reading import Line, lines
from data.report import main
from data.schema import load
from data.sections import ingredients, sections
from data.tallies import CLEAN, NO_DOMAIN, Tally

_SVG = "{http://www.w3.org/2000/svg}"
_PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sets")
    found = []
    for split, homes, language in (
        ("train", 25, "en"),
        ("test", 10, "en"),
        ("train", 8, "zh-Hans"),
    ):
        found.append(folder / f"{split}-{language}.jsonl")
        size = ["--homes", str(homes), "--max-devices", "20", "--seed", "2", "--workers", "1"]
        which = ["--split", split, "--language", language, "--out", str(found[-1])]
        write(parse([*size, *which]))
    return found


@pytest.fixture(scope="module")
def made(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the report on all files."""
    out = tmp_path_factory.mktemp("made")
    assert main([*map(str, files), "--out", str(out), "--examples", "60"]) == 0
    return out


def read(files: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(text) for path in files for text in path.read_text().splitlines()]


def tally_of(files: list[Path], tally: Tally | None = None) -> Tally:
    tally = tally or Tally()
    for path in files:
        for line in lines(path):
            tally.add(line.data)
    return tally


def pictures(page: Path) -> list[ET.Element]:
    return [ET.fromstring(b64decode(p)) for p in _PICTURE.findall(page.read_text())]


def texts(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{_SVG}text")]


def test_requests_are_counted(files: list[Path]) -> None:
    tally, all_lines = tally_of(files), read(files)
    records = [request["record"] for line in all_lines for request in line["requests"]]

    assert tally.kinds == Counter(record["kind"] for record in records)
    assert tally.domains["light"] == sum("light" in record["domains"] for record in records)
    assert tally.domains[NO_DOMAIN] == sum(not record["domains"] for record in records)
    assert tally.noise[CLEAN] == sum(not record["noise"] for record in records)
    assert tally.requests.total() == len(records)
    assert tally.homes == {("en", "train"): 25, ("en", "test"): 10, ("zh-Hans", "train"): 8}


def test_houses_and_the_styles_of_their_names_are_counted(files: list[Path]) -> None:
    tally, all_lines = tally_of(files), read(files)
    devices = [len(line["home"]["entities"]) for line in all_lines]

    assert tally.devices == Counter(devices)
    assert tally.styles.total() == sum(devices)
    assert tally.invented.total() == len(all_lines)


def test_lengths_are_those_of_the_prompt() -> None:
    tally = Tally(tokens=lambda text: len(text) // 2)
    tally._add_messages(["turn on the light A", "> on light A\n"])
    tally._add_messages(["打开灯A", "> on light A\n"])

    assert tally.words == {5: 1, 4: 1}
    assert tally.characters == {19: 1, 4: 1}
    assert tally.prompt_tokens == {9: 1, 2: 1}
    assert tally.reply_tokens == {6: 2}


def test_patterns_that_came_up_are_told_from_the_others(files: list[Path]) -> None:
    tally = tally_of(files[1:2])
    (section,) = [s for s in sections(tally) if s.title == "Patterns of en, test"]
    language = load("en")
    known = (*language.patterns, *language.courtesies, *language.asides)
    of_split = {pattern.id for pattern in known if pattern.split == "test"}
    theirs = {each for each in tally.patterns["en", "test"] if each.startswith("intents:")}
    came_up = tally.patterns["en", "test"] - theirs

    assert came_up <= of_split
    assert theirs
    assert section.text.startswith(f"{len(came_up):,} of {len(of_split):,} patterns came up")
    assert section.text.endswith(f"besides, {len(theirs):,} of Home Assistant's own.")


@pytest.mark.parametrize(
    ("style", "made_of"),
    [
        ("{area} {cover_blind_kind} {number}", ("room", "kind", "number")),
        ("{owner}'s {light_kind}", ("owner", "kind")),
        ("{spot} lamp", ("spot", "word")),
        ("(left|right) {light_kind}", ("word", "kind")),
        ("{invented} {invented_two}", ("invented",)),
        ("{owner}的{light_kind}", ("owner", "kind")),
        ("twin of {light_kind}", ("twin",)),
    ],
)
def test_what_names_are_made_of(style: str, made_of: tuple[str, ...]) -> None:
    assert ingredients(style) == made_of


def test_pictures_show_what_was_counted(files: list[Path], made: Path) -> None:
    tally = tally_of(files)
    drawn = [texts(picture) for picture in pictures(made / "report.html")]
    kinds, domains, splits = drawn[:3]
    total = tally.requests.total()

    assert len(drawn) == len(list(sections(tally)))
    for counts, shown in ((tally.kinds, kinds), (tally.domains, domains)):
        expected = [f"{count:,} ({count / total:.1%})" for _, count in counts.most_common()]
        assert [text for text in shown if "%" in text] == expected
        assert shown[: len(counts)] == [name for name, _ in counts.most_common()]
    assert splits[:3] == ["en, test", "en, train", "zh-Hans, train"]
    assert any("words" in shown for shown in drawn)
    assert not any("tokens" in shown for shown in drawn)


def test_pages_need_nothing_else(made: Path) -> None:
    for name in ("report.html", "sheet.html"):
        page = (made / name).read_text()
        assert "<style>" in page
        assert not re.search(r'(src|href)="(?!data:|#|sheet\.html)', page)


def test_examples_are_drawn_by_seed(files: list[Path], tmp_path: Path) -> None:
    pages = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        out = tmp_path / name
        assert main([*map(str, files), "--out", str(out), "--examples", "20", "--seed", seed]) == 0
        pages.append((out / "sheet.html").read_text())

    assert pages[0] == pages[1] != pages[2]
    assert (tmp_path / "a/report.html").read_bytes() == (tmp_path / "b/report.html").read_bytes()


def test_every_example_can_be_found_in_the_files(files: list[Path], made: Path) -> None:
    page = (made / "sheet.html").read_text()
    said = [unescape(text) for text in re.findall(r'<p class="said">(.*?)</p>', page)]
    known = Counter(r["record"]["text"] for line in read(files) for r in line["requests"])

    assert len(said) == 60
    assert not Counter(said) - known
    assert page.count('<dd class="says">') == 60  # Questions are answered, too.


def test_no_more_examples_than_there_are(files: list[Path], tmp_path: Path) -> None:
    assert main([str(files[2]), "--out", str(tmp_path), "--examples", "5000"]) == 0
    replies = [r["messages"][1]["content"] for line in read(files[2:]) for r in line["requests"]]
    requests = sum(bool(reply) for reply in replies)

    assert f"<h1>{requests} examples</h1>" in (tmp_path / "sheet.html").read_text()


def test_an_example_tells_all_that_is_needed_to_judge_it(files: list[Path]) -> None:
    found = [
        Line(path=files[0], number=number, data={**line, "requests": [request]})
        for number, line in enumerate(read(files[:1]), start=1)
        for request in line["requests"]
    ]
    records = [(line, line.data["requests"][0]["record"]) for line in found]
    called = next(line for line, record in records if record["calls"] and record["speech"])
    (request,), shown = called.data["requests"], example(called)
    after = next(line for line in found if line.data["requests"][0]["record"]["before"])

    assert shown.place == f"train-en.jsonl:{called.number}"
    assert shown.house.startswith(f"{len(called.data['home']['entities'])} device")
    assert shown.read == request["messages"][0]["content"]
    assert shown.written == tuple(request["messages"][1]["content"].splitlines())
    assert len(shown.done) == len(request["record"]["calls"])
    assert shown.speech == request["record"]["speech"]
    before, answer = example(after).before
    assert before == after.data["requests"][0]["record"]["before"]
    assert answer


def test_tokens_are_counted_with_a_tokenizer(files: list[Path], tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({"a": 0, "?": 1}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    arguments = ["--out", str(tmp_path / "out"), "--tokenizer", str(tmp_path)]

    assert main([str(files[0]), *arguments, "--examples", "1"]) == 0
    assert sum("tokens" in texts(p) for p in pictures(tmp_path / "out/report.html")) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, ": No such file or directory."),
        (b"", ": the file is empty."),
        (b"no json\n", ":1: this is no line with records"),
        (b"[]\n", ":1: this is no line with records"),
        (b"{}\n", ":1: this is no line with records"),
        (b"\xff\xfe\n", ":1: this is no line with records"),
        (b'{"language": "en", "format": "tools"}\n', ":1: this is no line with records"),
        (b'{"language": "xx", "format": "tiny-6"}\n', "there are no banks for the language 'xx'"),
    ],
)
def test_what_is_no_training_set_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    train, out = tmp_path / "train.jsonl", tmp_path / "out"
    if content is not None:
        train.write_bytes(content)

    assert main([str(train), "--out", str(out)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert message in error
    assert not out.exists()


def test_a_bad_line_is_named(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = files[0].read_text().splitlines()
    train = tmp_path / "train.jsonl"
    broken = json.loads(second)
    del broken["requests"][-1]["record"]["kind"]
    train.write_text(f"{first}\n{json.dumps(broken)}\n")

    assert main([str(train), "--out", str(tmp_path / "out")]) == 1
    assert f"{train}:2: this is no line with records" in capsys.readouterr().err


def test_a_tokenizer_that_is_none_is_refused(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(files[2]), "--out", str(tmp_path / "out"), "--tokenizer", str(tmp_path)]

    assert main(arguments) == 1
    assert "there is no such file" in capsys.readouterr().err
    (tmp_path / "tokenizer.json").write_text("{}")
    assert main(arguments) == 1
    assert "this is no tokenizer." in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file")

    assert main([str(files[2]), "--out", str(tmp_path / "out"), "--examples", "1"]) == 1
    assert f"{tmp_path / 'out'}: File exists." in capsys.readouterr().err


def test_without_matplotlib_one_is_told_what_to_do(files: list[Path], tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None; from data.report import main;"
        f"sys.exit(main([{str(files[0])!r}, '--out', {str(tmp_path)!r}]))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    expected = "The package matplotlib is missing; script/setup --training installs it.\n"
    assert done.stderr == expected


def test_at_least_one_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["x.jsonl", "--out", "out", "--examples", "0"])
    assert "at least one is needed" in capsys.readouterr().err
