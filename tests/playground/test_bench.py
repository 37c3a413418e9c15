"""The benchmark measures the real engine; its figures are looked at for sense, never for speed."""

import json
from pathlib import Path
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import llama_cpp
import pytest
from tqdm import tqdm

from playground import bench
from playground.bench_large import LARGE, Shape, _tensors, write_random
from playground.bench_lookup import Reply, _guess, _steps
from playground.bench_raw import Raw, Settings
from playground.bench_requests import READS_HOMES, Listener, house, metered, sentence, switched
from playground.bench_runtime import runtimes
from playground.bench_table import Table, chart


def test_one_command_measures_all_and_writes_json_and_a_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found, drawn = tmp_path / "found.json", tmp_path / "chart.svg"
    wanted = ["--runs", "1", "--sizes", "20", "--seconds", "1", "--without-large"]
    told = ["bench", *wanted, "--json", str(found), "--chart", str(drawn)]
    monkeypatch.setattr(sys, "argv", told)
    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # Its thread outlives the test.
    assert bench.main() == 0
    shown = capsys.readouterr().out
    for column in ("first token ms", "first call ms", "grammar %", "x raw llama.cpp", "memory MB"):
        assert column in shown
    tables = json.loads(found.read_text())
    ours, reads_home = list(tables.values())[1:3]
    assert [row["state"] for row in ours] == ["cold", "warm", "changed"]
    assert all(0 < row["evaluated"] < 32 and 0 < row["memory MB"] < 200 for row in ours)
    cold, warm, changed = reads_home
    assert cold["evaluated"] == cold["prompt tokens"] > 200
    assert max(warm["evaluated"], changed["evaluated"]) < 40
    assert len(ET.fromstring(drawn.read_text()).findall(".//{*}rect")) > len(ours)


@pytest.mark.parametrize("architecture", sorted(shape.architecture for shape in LARGE.values()))
async def test_random_models_of_large_shapes_answer(tmp_path: Path, architecture: str) -> None:
    shape = Shape(
        architecture=architecture,
        layers=2,
        width=64,
        feed_forward=128,
        heads=2,
        key_value_heads=2,
        rotated=32,
        vocabulary=9000,
    )
    path = write_random(tmp_path / "random.gguf", shape, bench.MODEL)
    home = house(20, 0)
    async with Listener(path) as same, Listener(bench.MODEL) as ours:
        mine = await ours.ask(home, sentence(home))
        other = await same.ask(home, sentence(home), most=7)
    assert other.stats.prompt_tokens == mine.stats.prompt_tokens
    assert other.stats.generated_tokens == other.stats.batches == 7
    async with Listener(path, format_name=READS_HOMES) as reads_home:
        assert (await reads_home.ask(home, sentence(home))).stats.prompt_tokens > 200


def test_large_shapes_are_as_large_as_they_are_called() -> None:
    sizes = {}
    for name, shape in LARGE.items():
        dimensions = [size for _, size in _tensors(shape)]
        sizes[name] = sum(size[0] * (size[1] if len(size) > 1 else 1) for size in dimensions)
    assert sizes["TinyLlama-1.1B"] == pytest.approx(1.1e9, rel=0.01)
    assert sizes["Phi-2"] == pytest.approx(2.78e9, rel=0.01)


def test_a_house_changes_in_one_place() -> None:
    home = house(20, 0)
    lit = switched(home)
    assert len([e for e in lit.entities if e not in home.entities]) == 1
    assert [e.entity_id for e in lit.entities] == [e.entity_id for e in home.entities]
    meter = metered(metered(home, 1), 2)
    assert len(meter.entities) == len(home.entities) + 1
    assert meter.by_last_change[-1].state == "2"


@pytest.mark.parametrize("kv_type", ["f16", "q8_0"])
def test_llama_cpp_alone_reads_and_writes(kv_type: str) -> None:
    with Raw(bench.MODEL, Settings(flash=True, kv_type=kv_type, batch=32)) as raw:
        spent = raw.answer(100, 5, known=50)
    assert spent.read_ms > 0 < spent.write_ms
    assert spent.total_ms == spent.read_ms + spent.write_ms


def test_another_runtime_is_measured_beside_the_installed_one(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    package = shutil.copytree(Path(llama_cpp.__file__).parent, folder / "llama_cpp")
    with (package / "__init__.py").open("a") as file:
        file.write("open(__file__ + '.used', 'w').close()\n")
    table = runtimes(bench.MODEL, folder, 1, lambda: None, large=False)
    assert [row["runtime"] for row in table.rows] == ["installed", "other"] * 2
    assert all(float(row["x read"]) > 0 < float(row["x write"]) for row in table.rows)
    assert (package / "__init__.py.used").exists()


def test_prompt_lookup_keeps_right_guesses_and_one_token_more() -> None:
    assert _guess([1, 2, 3, 4, 9, 1, 2], 2, 2) == [3, 4]
    assert not _guess([1, 2, 3, 9, 2], 2, 2)
    # Guessed are 3 and 4, both right, and 5 follows; then nothing is known.
    assert _steps(Reply([1, 2, 3, 4, 9, 1, 2], [3, 4, 5, 6]), 2, 2) == [2, 0]
    assert _steps(Reply([1, 2, 3, 4, 9, 1, 2], [3, 7, 5], frozenset({2})), 2, 2) == [2]


def test_a_chart_escapes_what_it_shows() -> None:
    table = Table(title="a < b", rows=[{"name": "<&>", "ms": 1.5}], bar="ms", names=("name",))
    texts = [node.text for node in ET.fromstring(chart([table])).iter() if node.text]
    assert {"a < b", "<&>", "1.5 ms"} <= {text.strip() for text in texts}
    assert "1.5" in table.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "/nowhere.gguf"], "no such model"),
        (["--runs", "0"], "one at least"),
        (["--runtime", "/nowhere"], "no llama_cpp"),
    ],
)
def test_wrong_options_are_told_in_one_line(options: list[str], said: str) -> None:
    command = [sys.executable, "-m", "playground.bench", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
