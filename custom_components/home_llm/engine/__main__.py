"""Starts the worker: ``python -I engine [FOLDER…]``, with folders to look for modules in.

The engine becomes a package of its own here: as a part of the integration, importing it would
import Home Assistant, too.
"""

import importlib.util
from pathlib import Path
import sys

_NAME = "home_llm_engine"


def _run() -> None:
    folder = Path(__file__).parent
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is not None:
        sys.modules[_NAME] = importlib.util.module_from_spec(spec)
        importlib.import_module(f"{_NAME}.worker").main(sys.argv[1:])


if __name__ == "__main__":
    _run()
