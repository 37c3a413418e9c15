"""Which format a model file asks for, also one that is older than the field for it."""

from collections.abc import Mapping
import re

from .home_llm import HOME_LLM_1, HOME_LLM_3

FORMAT_FIELD = "home_llm.format"
"""The field of a GGUF file that names the prompt format that the model was trained on."""

# Home-LLM's files call themselves "Home-3B-v3", "home-1b-v2", "Home-Llama-3.2-3B" and the like.
_HOME_LLM = re.compile(
    r"(?:^|[\s/])home[-_ ](?:llm|llama|\d+(?:\.\d+)?b)(?:$|[-_ .])", re.IGNORECASE
)
_OLD_VERSION = re.compile(r"[-_ ]v[12](?:\.\d+)?(?:$|[-_ .])", re.IGNORECASE)
_NAMES = ("general.name", "general.basename", "general.finetune")


def format_name(fields: Mapping[str, str]) -> str:
    """Return the name of the format that a file asks for; nothing if it is a chat model's.

    Args:
        fields: of the file.

    """
    if FORMAT_FIELD in fields:
        return fields[FORMAT_FIELD]
    name = next((fields[key] for key in _NAMES if _HOME_LLM.search(fields.get(key, ""))), "")
    if not name:
        return ""
    # The third version was the first that was told the time.
    return HOME_LLM_1.name if _OLD_VERSION.search(name) else HOME_LLM_3.name
