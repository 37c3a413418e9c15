"""From the text of calls to calls: JSON, Python, XML, Gemma's own, and the channels of gpt-oss."""

import ast
from collections.abc import Callable, Iterator, Mapping
import json
import re
from typing import Any

from ..errors import ParseError
from .events import ToolCall
from .loose_json import values

Reader = Callable[[str, bool], list[ToolCall]]
"""Reads what stands between the marks of a call, and whether the model came to its end.

Raises:
    ParseError: it holds no call, or something beside calls.

"""

_WRAPPERS = ("function", "tool_call", "function_call")
_NAMES = ("name", "function", "tool", "tool_name", "function_name")
_ARGUMENTS = ("arguments", "parameters", "args", "params", "input")
_IDLE = {"id", "type", "call_id", "tool_call_id"}

_ARGS = re.compile(r"\s*(?P<name>[\w.-]+)\s*(?:\[CALL_ID\]\s*[^\s\[]+\s*)?(?:\[ARGS\])?\s*(?={)")
_FUNCTION = re.compile(r"\s*<function=(?P<name>[^>\s]+)\s*>(?P<body>.*?)</function>\s*", re.DOTALL)
_PARAMETER = re.compile(
    r"\s*<parameter=(?P<name>[^>\s]+)\s*>(?P<value>.*?)</parameter>\s*", re.DOTALL
)
_GEMMA_CALL = re.compile(r"\s*call:(?P<name>[\w.-]+)\s*(?P<arguments>{.*})\s*", re.DOTALL)
_GEMMA_STRING = re.compile(r'<escape>(.*?)<escape>|<\|"\|>(.*?)<\|"\|>', re.DOTALL)
_GEMMA_KEY = re.compile(r"([{,]\s*)([\w.-]+)\s*:")
_HARMONY = re.compile(r"\s*(?P<name>[\w.-]+).*?<\|message\|>(?P<arguments>.*)", re.DOTALL)
_FENCE = re.compile(r"[\w-]*[ \t]*(?:\n|(?=[{\[]))")


def read_json(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001 - readers are called alike
    """Read objects, or lists of them, each with the name and the arguments of a call."""
    return _some([call for value in values(text, is_whole=is_whole) for call in _calls(value)])


def read_named(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read Mistral's two ways: a list of calls, or a name and its arguments."""
    named = _ARGS.match(text)
    if named is None:
        return read_json(text, is_whole)
    return [_call(named["name"], _one(text[named.end() :], is_whole=is_whole))]


def read_python(text: str, _is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read calls in Python, as ``f(x=1)``, several on lines or in a list, perhaps printed."""
    try:
        body = ast.parse(text.strip()).body
        return _some([call for line in body for call in _python_calls(line)])
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as err:
        raise ParseError("not a call in Python") from err


def read_xml(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read functions in tags, their arguments in tags as well or as one JSON object."""
    found, position = [], 0
    while function := _FUNCTION.match(text, position):
        body = function["body"]
        arguments = _one(body) if body.lstrip().startswith("{") else _parameters(body)
        found.append(_call(function["name"], arguments))
        position = function.end()
    if text[position:].strip() and not (is_whole and found):
        raise ParseError("not a function in tags")
    return _some(found)


def read_gemma(text: str, _is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read a name and arguments without quotes, but for those that are tokens of their own."""
    call = _GEMMA_CALL.fullmatch(text)
    if call is None:
        raise ParseError("not a call of Gemma's")
    parts, end = [], 0
    for string in _GEMMA_STRING.finditer(call["arguments"]):
        parts.append(_quoted_keys(call["arguments"][end : string.start()]))
        parts.append(json.dumps(next(part for part in string.groups() if part is not None)))
        end = string.end()
    parts.append(_quoted_keys(call["arguments"][end:]))
    return [_call(call["name"], _one("".join(parts)))]


def read_channel(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read what gpt-oss writes to a function: its name, the kind of message, and JSON."""
    call = _HARMONY.fullmatch(text)
    if call is None:
        raise ParseError("not a message to a function")
    return [_call(call["name"], _one(call["arguments"], is_whole=is_whole))]


def read_any(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read a call however it is written."""
    for read in (read_named, read_xml, read_gemma):
        try:
            return read(text, is_whole)
        except ParseError:
            continue
    return read_python(text, is_whole)


def read_fence(text: str, is_whole: bool) -> list[ToolCall]:  # noqa: FBT001
    """Read the inside of a fence, after the name of its language."""
    language = _FENCE.match(text)
    return read_any(text[language.end() :] if language else text, is_whole)


def _one(text: str, *, is_whole: bool = True) -> Any:  # noqa: ANN401 - any JSON
    found = list(values(text, is_whole=is_whole))
    if len(found) != 1:
        raise ParseError("not one object")
    return found[0]


def _some(calls: list[ToolCall]) -> list[ToolCall]:
    if not calls:
        raise ParseError("no call")
    return calls


def _calls(value: object) -> Iterator[ToolCall]:
    """Yield what a JSON value calls."""
    if isinstance(value, list):
        for each in value:
            yield from _calls(each)
    elif not isinstance(value, dict):
        raise ParseError("a call is an object")
    elif isinstance(value.get("tool_calls"), list):
        yield from _calls(value["tool_calls"])
    elif inner := next((value[k] for k in _WRAPPERS if isinstance(value.get(k), dict)), None):
        yield from _calls(inner)
    elif "service" in value:
        # Home-LLM names the target beside the arguments.
        yield _call(value["service"], {k: v for k, v in value.items() if k != "service"})
    else:
        yield _named(value)


def _named(value: Mapping[str, Any]) -> ToolCall:
    name = next((key for key in _NAMES if key in value), None)
    arguments = next((key for key in _ARGUMENTS if key in value), None)
    if name is None or not value.keys() <= {name, arguments} | _IDLE:
        raise ParseError("not the name and the arguments of a call")
    return _call(value[name], value[arguments] if arguments else None)


def _call(name: object, arguments: object) -> ToolCall:
    if isinstance(arguments, str):
        # The object was written as text once more.
        arguments = _one(arguments) if arguments.strip() else None
    if not isinstance(name, str) or not name or not isinstance(arguments, dict | None):
        raise ParseError("a call has a name, and its arguments are an object")
    return ToolCall(name=name, arguments=arguments or {})


def _parameters(body: str) -> dict[str, Any]:
    found, position = {}, 0
    while parameter := _PARAMETER.match(body, position):
        found[parameter["name"]] = _value(parameter["value"].strip("\n"))
        position = parameter.end()
    if body[position:].strip():
        raise ParseError("not a parameter in tags")
    return found


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a value that is written without quotes."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _quoted_keys(text: str) -> str:
    return _GEMMA_KEY.sub(r'\1"\2":', text)


def _python_calls(line: ast.AST) -> Iterator[ToolCall]:
    if isinstance(line, ast.Expr):
        yield from _python_calls(line.value)
    elif isinstance(line, ast.List | ast.Tuple):
        for each in line.elts:
            yield from _python_calls(each)
    elif not isinstance(line, ast.Call):
        raise ParseError("not a call")
    elif isinstance(line.func, ast.Name) and line.func.id == "print" and len(line.args) == 1:
        yield from _python_calls(line.args[0])
    elif line.args or any(keyword.arg is None for keyword in line.keywords):
        raise ParseError("arguments without names")
    else:
        arguments = {str(each.arg): ast.literal_eval(each.value) for each in line.keywords}
        yield _call(ast.unparse(line.func), arguments)
