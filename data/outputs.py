"""The formats in which a training set can be written, by name."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .assist import NAME as TOOLS, tools
from .conversations import Output
from .home_llm import NAMES as HOME_LLM, home_llm
from .houses import FORMAT, House

NAMES = (FORMAT.name, *HOME_LLM, TOOLS)
"""The formats; the first is our own."""


def output(house: House, line: Mapping[str, Any], name: str) -> Output:
    """Return what a line comes to in a format.

    Args:
        house: the house of the line.
        line: as it is written in our own format.
        name: of the format.

    """
    if name in HOME_LLM:
        return home_llm(house, line, name)
    if name == TOOLS:
        return tools(house, line)
    return Output(lines=(line,), left_out=Counter())
