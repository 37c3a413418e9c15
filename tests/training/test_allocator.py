"""A program starts anew with tcmalloc where it can be had, and says so where it cannot."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from training.allocator import find_tcmalloc

PROGRAM = """
import sys
from training.allocator import restart_with_tcmalloc
restart_with_tcmalloc()
print(sys.argv[1:], "tcmalloc" in open("/proc/self/maps").read())
"""


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that asks for tcmalloc."""
    clean = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "HOME_LLM_ALLOCATOR")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.skipif(find_tcmalloc() is None, reason="tcmalloc is not on this machine")
def test_it_is_preloaded_and_arguments_are_kept() -> None:
    assert run(["a", "b c"]).stdout == "['a', 'b c'] True\n"


def test_without_it_a_line_says_so(tmp_path: Path) -> None:
    done = run(["a"], XDG_CACHE_HOME=str(tmp_path))
    if "True" in done.stdout:
        pytest.skip("this system has tcmalloc of its own")
    assert done.stdout == "['a'] False\n"
    assert done.stderr.startswith("tcmalloc was not found")
