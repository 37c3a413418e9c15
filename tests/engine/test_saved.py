"""What a model has evaluated survives a restart, and nothing that is not exactly that."""

from collections.abc import Callable
import os
from pathlib import Path
import time

import pytest

from home_llm_engine import saved
from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.model import Model
from tests.engine.test_model import SYSTEM, asking, reply_of
from tests.engine.tiny_gguf import write_random_model

SECRET = "the words of the household"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "prefixes"


def save(path: Path, folder: Path) -> str:
    """Let a model read a home, hear something and end; return what it replied."""
    with Model(path, n_threads=1, prefix_folder=folder) as model:
        model.prepare(SYSTEM)
        reply, _ = reply_of(model.generate([*SYSTEM, *asking(SECRET)], max_tokens=9))
        assert model.save()
    return reply


def known(path: Path, folder: Path) -> int:
    """Return how many tokens of the home a model knows after its start."""
    with Model(path, n_threads=1, prefix_folder=folder) as model:
        return model.prepare(SYSTEM).cached_tokens


def test_a_prefix_is_not_evaluated_again_after_a_restart(
    random_model_path: Path, folder: Path
) -> None:
    reply = save(random_model_path, folder)
    with Model(random_model_path, n_threads=1, prefix_folder=folder) as model:
        prepared = model.prepare(SYSTEM)
        assert prepared.evaluated_tokens == 0
        again, stats = reply_of(model.generate([*SYSTEM, *asking(SECRET)], max_tokens=9))
        # What people said was not saved.
        assert stats.cached_tokens == prepared.prompt_tokens
    assert again == reply
    assert [path.suffix for path in folder.iterdir()] == [".state"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_cut, _empty, _change])
def test_a_damaged_file_is_thrown_away(
    random_model_path: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    save(random_model_path, folder)
    (path,) = folder.iterdir()
    damage(path)
    assert known(random_model_path, folder) == 0
    assert not path.exists()


def test_what_is_on_disk_is_not_written_again_and_what_changed_takes_its_place(
    random_model_path: Path, folder: Path
) -> None:
    save(random_model_path, folder)
    (first,) = folder.iterdir()
    with Model(random_model_path, n_threads=1, prefix_folder=folder) as model:
        model.prepare(SYSTEM)
        assert not model.save()
        model.prepare([*SYSTEM, ("States:\nlight desk lamp = on\n", False)])
        assert model.save()
    (second,) = folder.iterdir()
    assert first != second


def test_another_model_does_not_take_it(
    random_model_path: Path, folder: Path, tmp_path: Path
) -> None:
    save(random_model_path, folder)
    other = write_random_model(tmp_path / "other.gguf", seed=1)
    assert other.stat().st_size == random_model_path.stat().st_size
    assert known(other, folder) == 0
    assert known(random_model_path, folder) > saved.LEAST_TOKENS


def test_another_version_does_not_take_it(
    random_model_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(random_model_path, folder)
    monkeypatch.setattr(saved, "_VERSION", 0)
    assert known(random_model_path, folder) == 0


def test_a_smaller_context_starts_empty(random_model_path: Path, folder: Path) -> None:
    save(random_model_path, folder)
    with Model(random_model_path, n_ctx=256, n_threads=1, prefix_folder=folder) as model:
        assert model.prepare([("lamp", False)]).cached_tokens == 0


def test_files_are_few_and_small(
    random_model_path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(1, 4):
        save(write_random_model(tmp_path / f"{seed}.gguf", seed=seed), folder)
    save(random_model_path, folder)
    assert len(list(folder.iterdir())) == saved.MOST_FILES
    assert known(random_model_path, folder) > 0
    monkeypatch.setattr(saved, "MOST_BYTES", 1000)
    with Model(random_model_path, n_threads=1, prefix_folder=tmp_path / "none") as model:
        model.prepare(SYSTEM)
        assert not model.save()
    assert not (tmp_path / "none").exists()


def test_what_others_never_finished_goes_and_what_they_are_writing_stays(
    random_model_path: Path, folder: Path
) -> None:
    folder.mkdir(parents=True)
    stale, fresh = folder / "dead.new", folder / "alive.new"
    for path in (stale, fresh):
        path.write_bytes(b"half of a prefix")
    long_ago = time.time() - 2 * saved.STALE
    os.utime(stale, (long_ago, long_ago))
    save(random_model_path, folder)
    assert sorted(path.suffix for path in folder.iterdir()) == [".new", ".state"]
    assert fresh.exists()


def test_a_short_prefix_is_not_saved(random_model_path: Path, folder: Path) -> None:
    with Model(random_model_path, n_threads=1, prefix_folder=folder) as model:
        model.prepare(asking("hello"))
        assert not model.save()
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_error(
    random_model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    with Model(random_model_path, n_threads=1, prefix_folder=tmp_path / "file") as model:
        model.prepare(SYSTEM)
        assert not model.save()
    assert "not saved" in capsys.readouterr().err


async def test_the_worker_saves_when_it_is_ended_in_good_order(
    random_model_path: Path, folder: Path
) -> None:
    settings = EngineSettings(path=str(random_model_path), n_threads=1, prefix_folder=str(folder))
    evaluated = []
    for _ in range(2):
        engine = Engine(settings)
        evaluated.append((await engine.prepare(SYSTEM)).evaluated_tokens)
        await engine.close()
    assert evaluated[0] > saved.LEAST_TOKENS
    assert evaluated[1] == 0
