"""YAML files read with the line of every value, so that an error says where it is."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import gc
from pathlib import Path

import yaml

from .templates import PLAIN, Joints, Template, TemplateError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BankError(Exception):
    """A bank file that breaks its schema; the message begins with ``file:line``."""


@dataclass(frozen=True)
class Source:
    """A value in a YAML file that knows its place, and how words of its language are joined."""

    path: Path
    node: yaml.Node
    joints: Joints = PLAIN

    def joined_by(self, joints: Joints) -> "Source":
        """Return the same value, with templates whose words are joined so."""
        return Source(self.path, self.node, joints)

    def error(self, message: str) -> BankError:
        """Return an error that names the file and the line."""
        line = self.node.start_mark.line + 1
        return BankError(f"{self.path}:{line}: {message}")

    def is_text(self) -> bool:
        """Return whether this is a plain value."""
        return isinstance(self.node, yaml.ScalarNode)

    def is_list(self) -> bool:
        """Return whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self, *, empty: bool = False) -> str:
        """Return a plain value as text; it may be empty only if ``empty`` says so.

        Raises:
            BankError: it is a list or a mapping, or empty.

        """
        if not isinstance(self.node, yaml.ScalarNode) or not (self.node.value or empty):
            raise self.error("a text is expected here")
        return str(self.node.value)

    def value(self) -> str | int | bool:
        """Return a plain value: a truth value, a whole number, or text."""
        text = self.text()
        if self.node.tag.endswith(":bool"):
            return text.lower() in ("true", "yes", "on")
        return int(text) if self.node.tag.endswith(":int") else text

    def number(self) -> float:
        """Return a number.

        Raises:
            BankError: it is none.

        """
        try:
            return float(self.text())
        except ValueError:
            raise self.error("a number is expected here") from None

    def template(self, slots: Collection[str] | None = None) -> Template:
        """Return a phrase template, all of whose slots are known.

        Raises:
            BankError: its brackets do not match, or a slot is unknown.

        """
        template = Template(self.text(), joints=self.joints)
        try:
            names = template.slot_names
        except TemplateError as err:
            raise self.error(str(err)) from None
        unknown = names.difference(slots) if slots is not None else ()
        for name in sorted(unknown):
            raise self.error(f"unknown slot {{{name}}} in {template.source!r}")
        return template

    def items(self) -> Iterator["Source"]:
        """Yield the items of a list.

        Raises:
            BankError: it is no list.

        """
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list is expected here")
        for node in self.node.value:
            yield Source(self.path, node, self.joints)

    def fields(
        self, allowed: Collection[str] | None = None, required: Collection[str] = ()
    ) -> dict[str, "Source"]:
        """Return the fields of a mapping.

        Raises:
            BankError: it is no mapping, a field is unknown, twice there, or missing.

        """
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a mapping is expected here")
        fields: dict[str, Source] = {}
        for key, value in self.node.value:
            name = str(key.value)
            at = Source(self.path, key)
            if allowed is not None and name not in allowed:
                raise at.error(f"unknown field {name!r}; known are {', '.join(sorted(allowed))}")
            if name in fields:
                raise at.error(f"{name!r} is there twice")
            fields[name] = Source(self.path, value, self.joints)
        for name in required:
            if name not in fields:
                raise self.error(f"{name!r} is missing")
        return fields


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold back the garbage collector: what is read stays, and there is much to look through."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read(path: Path) -> Source:
    """Read a YAML file.

    Raises:
        BankError: it cannot be read, or is not YAML.

    """
    try:
        with path.open(encoding="utf-8") as stream:
            node = yaml.compose(stream, Loader=_Loader)
    except OSError as err:
        msg = f"{path}:1: {err.strerror}"
        raise BankError(msg) from err
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        msg = f"{path}:{line}: {err.problem}"
        raise BankError(msg) from err
    if node is None:
        msg = f"{path}:1: the file is empty"
        raise BankError(msg)
    return Source(path, node)
