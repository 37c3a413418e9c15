"""The core needs neither Home Assistant nor torch."""

import subprocess
import sys

PROGRAM = """
import sys

ABSENT = {"homeassistant", "torch", "transformers", "voluptuous", "llama_cpp"}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ImportError(f"the core must not import {name}")

sys.meta_path.insert(0, Refuse())
import pkgutil, importlib, home_llm_core
for module in pkgutil.walk_packages(home_llm_core.__path__, "home_llm_core."):
    importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("home_llm_core.")]))
"""


def test_every_module_imports_where_they_are_refused() -> None:
    """An import of Home Assistant or torch anywhere in the core would raise."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 10
