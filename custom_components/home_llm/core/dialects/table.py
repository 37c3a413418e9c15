"""The table of dialects: what is particular to each family of models, and what all may write."""

from dataclasses import dataclass, replace
from functools import cached_property
import re

from .blocks import Block, Calls, End, Thoughts, Unsaid, fence_otherwise
from .marks import NEVER, Mark, after_value, beginning, closed_by, mark
from .parser import DialectParser
from .readers import (
    read_any,
    read_channel,
    read_fence,
    read_gemma,
    read_json,
    read_named,
    read_xml,
)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a family of models calls tools, and how it thinks.

    Args:
        name: of the family.
        signs: texts in chat templates, each of which tells that the dialect is meant.
        blocks: what its replies may hold beside speech.
        inner: tokens within blocks.

    """

    name: str
    signs: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    inner: tuple[str, ...] = ()

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The special tokens that a reply may hold, where a model has tokens for these texts."""
        return frozenset([*self.inner, *(text for block in self.blocks for text in block.texts)])

    def parser(self, opening: str = "") -> DialectParser:
        """Return a parser for one reply.

        Args:
            opening: the end of the prompt.

        """
        return DialectParser(self.blocks, opening)


def _thoughts(opening: str, *closing: str) -> Thoughts:
    return Thoughts(mark=mark(opening), closing=mark(*closing))


# Of Home-LLM, with services and targets; Gemma 3's tool_code; JSON as most models show it.
_FENCE = Calls(
    mark=mark("```"), ending=closed_by("```"), read=read_fence, otherwise=fence_otherwise
)
_OBJECT = Calls(
    mark=Mark(
        whole=re.compile(r"""(?=\{\s*["'}\w])"""),
        part=re.compile(r"\{\s*\Z"),
    ),
    ending=after_value(),
    read=read_json,
)
_LIST = Calls(
    mark=Mark(
        whole=re.compile(r"(?=\[\s*(?:\{|[A-Za-z_]\w*\())"),
        part=re.compile(r"\[\s*\w*\Z"),
    ),
    ending=after_value(),
    read=read_any,
)
_SPEAKERS = (
    *("<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<|turn>", "[INST]"),
    *("<|user|>", "<|system|>", "<tool_response>", "<|tool_response>", "[TOOL_RESULTS]"),
    *("<|tool_response_start|>", "<start_function_response>"),
)
_COMMON: tuple[Block, ...] = (
    _thoughts("<think>", "</think>"),
    # JSON, or functions in tags: Qwen3-Coder, Qwen 3.5. Models whose template knows no tools are
    # asked to write calls so.
    Calls(mark=mark("<tool_call>"), ending=closed_by("</tool_call>")),
    _FENCE,
    _OBJECT,
    _LIST,
    # Functions in tags, which some forget to put into <tool_call>.
    Calls(
        mark=Mark(whole=re.compile("(?=<function=)"), part=beginning("<function=")),
        ending=closed_by("</function>", keep=True),
        read=read_xml,
    ),
    Unsaid(mark=mark("</think>", "</tool_call>")),
    End(mark=mark(*_SPEAKERS)),
)
"""What any model may write, whatever its template says: small ones mix dialects up."""

_HERMES = Dialect(name="hermes", signs=("<tool_call>",))
_GPT_OSS = Dialect(
    name="gpt-oss",
    signs=("<|channel|>analysis",),
    blocks=(
        _thoughts("<|channel|>analysis<|message|>", "<|end|>", "<|start|>assistant"),
        Calls(mark=mark("to=functions."), ending=closed_by("<|call|>"), read=read_channel),
        Unsaid(
            mark=mark(
                *("<|channel|>commentary", "<|channel|>final", "<|message|>"),
                *("<|start|>assistant", "<|end|>", "<|return|>"),
            )
        ),
    ),
    inner=("<|channel|>", "<|start|>", "<|constrain|>"),
)
_GEMMA_4 = Dialect(
    name="gemma-4",
    signs=("<|tool_call>call:",),
    blocks=(
        _thoughts("<|channel>thought", "<channel|>"),
        Calls(mark=mark("<|tool_call>"), ending=closed_by("<tool_call|>"), read=read_gemma),
    ),
    inner=('<|"|>', "<|channel>"),
)
_FUNCTION_GEMMA = Dialect(
    name="functiongemma",
    signs=("<start_function_call>",),
    blocks=(
        Calls(
            mark=mark("<start_function_call>"),
            ending=closed_by("<end_function_call>"),
            read=read_gemma,
        ),
    ),
    inner=("<escape>",),
)
_MISTRAL = Dialect(
    name="mistral",
    signs=("[TOOL_CALLS]",),
    blocks=(
        Calls(
            mark=mark("[TOOL_CALLS]"),
            ending=after_value(
                r"\s*(?:(?=\[)|[\w.-]+\s*(?:\[CALL_ID\]\s*[^\s\[]+\s*)?(?:\[ARGS\])?\s*(?={))"
            ),
            read=read_named,
        ),
        _thoughts("[THINK]", "[/THINK]"),
    ),
    inner=("[ARGS]", "[CALL_ID]"),
)
_LFM2 = Dialect(
    name="lfm2",
    signs=("<|tool_call_start|>", "<|tool_list_start|>", "List of tools: ["),
    blocks=(Calls(mark=mark("<|tool_call_start|>"), ending=closed_by("<|tool_call_end|>")),),
)
_GRANITE = Dialect(
    name="granite",
    # Phi-4-mini writes calls so, too.
    signs=("<|tool_call|>", "<|tool|>"),
    blocks=(
        Calls(mark=mark("<|tool_call|>"), ending=after_value(r"\s*"), read=read_json),
        Unsaid(mark=mark("<|/tool_call|>")),
    ),
)
_LLAMA = Dialect(
    name="llama-3",
    signs=("<|python_tag|>", '"parameters": dictionary of argument name'),
    # Most often it writes the bare object.
    blocks=(Calls(mark=mark("<|python_tag|>"), ending=NEVER),),
)

_FAMILIES = (*(_GPT_OSS, _GEMMA_4, _FUNCTION_GEMMA, _MISTRAL, _LFM2, _GRANITE, _HERMES, _LLAMA),)
DIALECTS = tuple(replace(family, blocks=family.blocks + _COMMON) for family in _FAMILIES)
ANY = Dialect(
    name="any",
    blocks=(*(block for family in _FAMILIES for block in family.blocks), *_COMMON),
    inner=tuple(token for family in _FAMILIES for token in family.inner),
)
"""For models whose template tells nothing: all that is known."""


def detect(template: str) -> Dialect:
    """Return the dialect of a model.

    Args:
        template: its chat template.

    """
    known = (d for d in DIALECTS if any(sign in template for sign in d.signs))
    return next(known, ANY)
