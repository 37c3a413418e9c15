"""Memory on the CPU: tcmalloc keeps the pages that a training step frees and needs again.

With the C library's allocator each step gives its large buffers back to the kernel and faults them
in anew, which on virtual machines takes more time than the arithmetic.
"""

import ctypes.util
import os
from pathlib import Path
import sys

_MARK = "HOME_LLM_ALLOCATOR"
_NAME = "libtcmalloc_minimal.so.4"


def find_tcmalloc() -> str | None:
    """Return tcmalloc's library, from the cache of ``script/setup`` or from the system."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "home-llm"
    cached = sorted(cache.glob(f"tcmalloc*/**/{_NAME}"))
    return str(cached[0]) if cached else ctypes.util.find_library("tcmalloc_minimal")


def restart_with_tcmalloc() -> None:
    """Start this program anew with tcmalloc preloaded, unless it already is or cannot be had."""
    if _MARK in os.environ or sys.platform != "linux":
        return
    library = find_tcmalloc()
    if library is None:
        sys.stderr.write(
            "tcmalloc was not found: training on a CPU may be several times slower"
            " (Debian: apt install libtcmalloc-minimal4)\n"
        )
        return
    preload = ":".join(filter(None, [library, os.environ.get("LD_PRELOAD")]))
    changes = {_MARK: library, "LD_PRELOAD": preload, "THP_MEM_ALLOC_ENABLE": "1"}
    # The program itself is started anew with the arguments that it was given.
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **changes})  # noqa: S606
