"""Tests of the shell scripts: what they promise to people and to continuous integration."""

from pathlib import Path
import shlex
import subprocess

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / "script").iterdir() if path.is_file())


def bash(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in bash at the repository's root, with the libraries of the scripts loaded."""
    libraries = " ".join(shlex.quote(str(path)) for path in (ROOT / "script/lib").glob("*.sh"))
    loaded = f"set -euo pipefail; . script/lib/common.sh; for f in {libraries}; do . $f; done; "
    return subprocess.run(
        ["bash", "-c", loaded + command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["setup", "test", "soak", "lint", "format", "check", "brand"])
def test_help_says_what_the_script_does(name: str, tmp_path: Path) -> None:
    """Help is a look at the script: it works from any folder, and sets nothing up."""
    result = subprocess.run(
        [ROOT / "script" / name, "--help"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert len(result.stdout) > 80
    assert "set -euo" not in result.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [*(f"script/{name}" for name in SCRIPTS), ".ci/run"])
def test_scripts_can_be_called(name: str) -> None:
    """A script is executable, and stops at the first error."""
    path = ROOT / name

    assert path.stat().st_mode & 0o111
    assert "\nset -euo pipefail\n" in path.read_text(encoding="utf-8")


def test_setup_refuses_what_it_does_not_know() -> None:
    """A mistyped argument gives one sentence and no work."""
    result = bash("script/setup --trainin")

    assert result.returncode == 1
    assert result.stderr == "error: unknown argument '--trainin'; see script/setup --help.\n"


@pytest.mark.parametrize(
    ("arguments", "training", "home_assistant", "options"),
    [
        ("tests/core", "tests/core", "", ""),
        ("tests/script/test_scripts.py::test_x", "tests/script/test_scripts.py::test_x", "", ""),
        ("tests/engine/", "", "tests/engine/", ""),
        ("tests/core tests/engine -k slow -x", "tests/core", "tests/engine", "-k slow -x"),
    ],
)
def test_tests_go_where_they_belong(
    arguments: str, training: str, home_assistant: str, options: str
) -> None:
    """Paths are sorted by environment; all other arguments are pytest's."""
    result = bash(
        f"sort_arguments {arguments};"
        'echo "${training_paths[*]}|${home_assistant_paths[*]}|${options[*]}"'
    )

    assert result.stdout.strip() == f"{training}|{home_assistant}|{options}"


def test_without_paths_all_tests_run() -> None:
    """Every folder below tests/ belongs to one of the two environments."""
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - {"__pycache__"}

    result = bash(
        'sort_arguments -x; basename -a "${training_paths[@]}" "${home_assistant_paths[@]}"'
    )

    assert sorted(result.stdout.split()) == sorted(folders)


@pytest.mark.parametrize(
    ("parts", "failed", "line", "code"),
    [
        (["==== 3 passed, 1 skipped in 0.12s ===="], "", "4 passed, 1 skipped", 0),
        (["1 failed, 2 passed, 1 warning in 61.00s (0:01:01)"], "yes", "1 failed, 3 passed", 1),
        (["no tests ran in 0.01s", "1 error in 0.20s"], "yes", "1 passed, 1 error ", 1),
    ],
)
def test_the_last_line_adds_up_all_parts(
    tmp_path: Path, parts: list[str], failed: str, line: str, code: int
) -> None:
    """The closing line looks like pytest's own, and the status tells whether a part failed."""
    result = bash(
        f"failed={failed!r} counts={shlex.quote(str(tmp_path / 'counts'))};"
        f"for line in {shlex.join([*parts, '1 passed in 0.10s'])}; do"
        ' printf "%s\\n" "$line" | count_results; done;'
        "print_total 7"
    )

    assert result.returncode == code
    assert line in result.stdout
    assert result.stdout.endswith(" in 7.00s =====\n")


def test_no_tests_at_all_is_a_failure(tmp_path: Path) -> None:
    """A run that selected nothing must not look like success."""
    counts = tmp_path / "counts"
    counts.touch()

    result = bash(f"failed='' counts={shlex.quote(str(counts))}; print_total 0")

    assert result.returncode == 1
    assert result.stdout == "===== no tests ran in 0.00s =====\n"


def test_environments_depend_on_what_they_are_made_from(tmp_path: Path) -> None:
    """A changed requirement asks for a new environment, and the same one does not."""
    copy = f"cp -r requirements {shlex.quote(str(tmp_path))}; REQUIREMENTS={tmp_path}/requirements;"
    hash_it = "environment_hash training.txt;"

    result = bash(f"{hash_it} {copy} {hash_it} echo x==1 >>$REQUIREMENTS/training.txt; {hash_it}")

    before, copied, changed = result.stdout.split()
    assert before == copied != changed
