"""The models that are offered by name: where their files are, and what they need."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import re
from types import MappingProxyType
from typing import Final

from .fit import Need
from .gguf_file import CACHE_BYTES
from .options import DEFAULT_CONTEXT

BITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "Q2_K": 3.2,
        "Q3_K_M": 3.9,
        "Q4_0": 4.6,
        "Q4_K_S": 4.7,
        "Q4_K_M": 4.9,
        "Q5_K_M": 5.7,
        "Q6_K": 6.6,
        "Q8_0": 8.5,
        "F16": 16.0,
    }
)
"""Bits that a parameter takes on average, by the usual quantizations."""

_QUANTIZATION = re.compile(
    r"(?<![a-z0-9])((?:i?q|tq)\d+(?:_(?:\d+|k|s|m|l|xl|xs|xxs|nl))*|mxfp4(?:_moe)?|bf16|fp?16|f32)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """A model in the catalogue.

    Args:
        name: how it is called.
        repository: on the Hugging Face hub; empty for the one that ships.
        parameters: how many it has.
        layers: how many it has.
        cache_width: numbers that each layer keeps of a token, keys and values together.
        context: tokens that it was made for.
        format: its prompt format; empty if that is the chat template in its file.
        quantization: the one that suits most homes.

    """

    name: str
    repository: str
    parameters: int
    layers: int
    cache_width: int
    context: int
    format: str = ""
    quantization: str = "Q4_K_M"

    @property
    def bytes_per_token(self) -> int:
        """Memory that each token of the context takes."""
        return self.layers * self.cache_width * CACHE_BYTES

    def size(self, quantization: str | None = None) -> int:
        """Return about how many bytes a file has; the repository's list has the exact number."""
        return int(self.parameters * BITS[quantization or self.quantization] / 8)

    def need(self, size: int | None = None, context: int = DEFAULT_CONTEXT) -> Need:
        """Return what the model needs.

        Args:
            size: bytes of its file; those of the usual quantization, if they are not known.
            context: tokens; at most what it was made for.

        """
        return Need(
            size=self.size() if size is None else size,
            context=min(context, self.context),
            bytes_per_token=self.bytes_per_token,
        )


def quantization_of(name: str) -> str:
    """Return the quantization that the name of a file tells, such as ``Q4_K_M``, or nothing."""
    found = _QUANTIZATION.findall(name)
    return found[-1].upper().replace("FP16", "F16") if found else ""


def _read() -> tuple[KnownModel, ...]:
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    return tuple(KnownModel(**model) for model in json.loads(text))


CATALOGUE: Final = _read()
"""All models, the one that ships first."""
