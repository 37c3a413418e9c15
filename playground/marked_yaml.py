"""YAML in which every mapping and list knows the lines of the file that it came from.

It reads the plain part of YAML 1.2: ``on``, ``off`` and ``07:30`` are words, not booleans and
numbers, because they are states and times in a house. Keys are words, and none occurs twice.
"""

from collections.abc import Callable
import re
from typing import Any, ClassVar

import yaml

_TAG = "tag:yaml.org,2002:"


class MarkedDict(dict[str, Any]):
    """A mapping with the line on which it starts and the line of each key."""

    def __init__(self, line: int) -> None:
        """Start an empty mapping.

        Args:
            line: where it starts, counted from 1.

        """
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class MarkedList(list[Any]):
    """A list with the line of each item."""

    def __init__(self) -> None:
        """Start an empty list."""
        super().__init__()
        self.lines: list[int] = []


class MarkedYamlError(Exception):
    """The text is not YAML as we read it."""

    def __init__(self, problem: str, line: int | None) -> None:
        """Remember what is wrong, and where if that is known.

        Args:
            problem: a plain phrase.
            line: counted from 1.

        """
        super().__init__(problem)
        self.problem = problem
        self.line = line


class _Loader(yaml.SafeLoader):
    """PyYAML's loader, with the types and marks that we want."""

    yaml_constructors: ClassVar[dict[str | None, Any]] = {}


_Loader.yaml_implicit_resolvers = {}


def _problem(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _mapping(loader: _Loader, node: yaml.Node) -> MarkedDict:
    if not isinstance(node, yaml.MappingNode):
        raise _problem("this is no mapping", node)
    marked = MarkedDict(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise _problem("a key has to be a word", key_node)
        if key in marked:
            raise _problem(f"'{key}' is given twice", key_node)
        marked.lines[key] = key_node.start_mark.line + 1
        marked[key] = loader.construct_object(value_node, deep=True)
    return marked


def _sequence(loader: _Loader, node: yaml.Node) -> MarkedList:
    if not isinstance(node, yaml.SequenceNode):
        raise _problem("this is no list", node)
    marked = MarkedList()
    for child in node.value:
        marked.lines.append(child.start_mark.line + 1)
        marked.append(loader.construct_object(child, deep=True))
    return marked


def _scalar(convert: Callable[[str], Any]) -> Callable[[_Loader, yaml.Node], Any]:
    def construct(_loader: _Loader, node: yaml.Node) -> Any:  # noqa: ANN401 - any plain value
        if not isinstance(node, yaml.ScalarNode):
            raise _problem("this is no plain value", node)
        try:
            return convert(node.value)
        except ValueError as err:
            raise _problem(f"cannot read '{node.value}'", node) from err

    return construct


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _nothing(_text: str) -> None:
    return None


def _unknown_tag(_loader: _Loader, node: yaml.Node) -> None:
    raise _problem(f"the tag '{node.tag}' means nothing here", node)


_Loader.add_constructor(f"{_TAG}map", _mapping)
_Loader.add_constructor(f"{_TAG}seq", _sequence)
_Loader.add_constructor(f"{_TAG}str", _scalar(str))
_Loader.add_constructor(f"{_TAG}int", _scalar(int))
_Loader.add_constructor(f"{_TAG}float", _scalar(float))
_Loader.add_constructor(f"{_TAG}bool", _scalar(_boolean))
_Loader.add_constructor(f"{_TAG}null", _scalar(_nothing))
_Loader.add_constructor(None, _unknown_tag)


def _resolve(tag: str, pattern: str, first: str) -> None:
    """Let plain scalars that match a pattern have a type; long digits stay text."""
    _Loader.add_implicit_resolver(f"{_TAG}{tag}", re.compile(rf"^(?:{pattern})$"), list(first))


_resolve("bool", "true|false", "tf")
_resolve("int", "-?(?:0|[1-9][0-9]{0,14})", "-0123456789")
_resolve("float", r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", "-0123456789")
_Loader.add_implicit_resolver(f"{_TAG}null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


def load_marked_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a YAML text holds, with ``MarkedDict`` and ``MarkedList`` for mappings and lists.

    Raises:
        MarkedYamlError: with the line where that is known.

    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = None if mark is None else mark.line + 1
        raise MarkedYamlError(err.problem or "cannot be read", line) from err
    except yaml.YAMLError as err:
        raise MarkedYamlError(str(err).partition("\n")[0], None) from err
    except RecursionError as err:
        problem = "it is nested too deeply"
        raise MarkedYamlError(problem, None) from err
