"""The command writes a file for each type, and says what is in it."""

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

from gguf import GGUFReader
import pytest

from training.errors import TrainingError
from training.quantization import quantize, read_contents
from training.quantize import main, output_files

Command = Callable[..., str]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs the command in this process, and gives what it prints."""

    def run(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["quantize.py", *map(str, arguments)])
        main()
        return capsys.readouterr().out

    return run


def test_files_of_several_types(
    command: Command, random_gguf: Path, homes_file: Path, tmp_path: Path
) -> None:
    types = ("--type", "q4_0", "q5_k_m")
    told = command(random_gguf, *types, "--out", tmp_path / "plain")
    calibrated = ("--calibration", homes_file, "--requests", 20)
    assert command(random_gguf, *types, "--out", tmp_path / "minding", *calibrated)
    names = ["model.q4_0.gguf", "model.q5_k_m.gguf"]
    for folder in ("plain", "minding"):
        assert sorted(file.name for file in (tmp_path / folder).iterdir()) == names
    for name in names:
        plain, minding = (GGUFReader(tmp_path / folder / name) for folder in ("plain", "minding"))
        assert plain.fields["home_llm.domains"].contents() == "light"
        assert minding.fields["quantize.imatrix.chunks_count"].contents() == 20
        pairs = zip(plain.tensors, minding.tensors, strict=True)
        assert {a.name for a, b in pairs if (a.data != b.data).any()} >= {"blk.0.ffn_up.weight"}
    four, five, *fallbacks = (line for line in told.splitlines() if "Q6_K" not in line)
    contents = read_contents(tmp_path / "plain" / names[0])
    assert four.endswith(f"{contents.bits:.2f} bits per weight ({contents.types})")
    assert five.startswith(str(tmp_path / "plain" / names[1]))
    assert any("Q5_1 instead of Q5_K" in line and "2 ffn_up" in line for line in fallbacks)


def test_a_folder_of_transformers(command: Command, random_gguf: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "small.gguf"
    folder = random_gguf.parent / "model"
    command(folder, "--type", "q8_0", "--out", out, "--domains", "fan")
    assert set(read_contents(out).matrices.values()) == {"Q8_0"}
    assert GGUFReader(out).fields["home_llm.domains"].contents() == "fan"
    assert [file.name for file in out.parent.iterdir()] == ["small.gguf"]


def test_names_of_files(tmp_path: Path) -> None:
    model = tmp_path / "home.f16.gguf"
    assert output_files(model, None, ["q8_0"]) == {"q8_0": tmp_path.resolve() / "home.q8_0.gguf"}
    with pytest.raises(TrainingError, match="one file for 2 types"):
        output_files(model, Path("x.gguf"), ["q8_0", "q4_0"])
    with pytest.raises(TrainingError, match="would be replaced"):
        output_files(model, model, ["q8_0"])


def test_what_cannot_be_quantized(
    command: Command, random_gguf: Path, homes_file: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small.gguf"
    quantize(random_gguf, small, "q8_0")
    out = ("--out", tmp_path / "out")
    with pytest.raises(TrainingError, match=r"quantized already \(Q8_0\)"):
        command(small, *out)
    with pytest.raises(TrainingError, match="there is no model"):
        command(tmp_path / "missing.gguf", *out)
    with pytest.raises(TrainingError, match="at least one"):
        command(random_gguf, *out, "--calibration", homes_file, "--requests", 0)
    with pytest.raises(TrainingError, match=r"missing\.jsonl"):
        command(random_gguf, *out, "--calibration", tmp_path / "missing.jsonl")
    assert [file.name for file in tmp_path.iterdir()] == ["small.gguf"]


def test_exit_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "training/quantize.py", str(tmp_path / "missing.gguf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"error: there is no model {tmp_path / 'missing.gguf'}\n"
