"""The table of prompt formats, by the name that a model file asks for."""

from collections.abc import Mapping

from ..errors import UnknownFormatError
from .base import Format
from .home_llm import HOME_LLM_1, HOME_LLM_3
from .home_llm_actions import HOME_LLM_ACTIONS
from .tiny import TINY

FORMATS: Mapping[str, Format] = {
    format_.name: format_ for format_ in (TINY, HOME_LLM_1, HOME_LLM_3, HOME_LLM_ACTIONS)
}


def get_format(name: str) -> Format:
    """Return a format by name.

    Raises:
        UnknownFormatError: there is none of that name.

    """
    try:
        return FORMATS[name]
    except KeyError as err:
        msg = f"prompt format {name!r} is not known; known are {', '.join(FORMATS)}"
        raise UnknownFormatError(msg) from err


__all__ = ["FORMATS", "TINY", "Format", "get_format"]
