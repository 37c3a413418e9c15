"""How nested data has to look, and where it looks otherwise."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

type Shape = Mapped | Callable[[object], str | None]
"""A mapping, or a check that returns what a value should be if it is something else."""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A mapping.

    Args:
        keys: what may stand in it.
        needed: those of the keys that must.
        others: what stands under all other keys; there are none if it is not given.

    """

    keys: Mapping[str, Shape] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    others: Shape | None = None


def each(shape: Shape) -> Mapped:
    """Return the shape of a mapping in which something of a shape stands under every key."""
    return Mapped(others=shape)


def text(value: object) -> str | None:
    """Accept words."""
    return None if isinstance(value, str) and value.strip() else "words"


def texts(value: object) -> str | None:
    """Accept a list of words."""
    fine = isinstance(value, list) and not any(map(text, value))
    return None if fine else "a list of words"


def flag(value: object) -> str | None:
    """Accept true and false."""
    return None if isinstance(value, bool) else "true or false"


def anything(_value: object) -> str | None:
    """Accept whatever it is."""
    return None


def one_of(*values: str) -> Shape:
    """Return a check that accepts some words."""
    return lambda value: None if value in values else f"one of: {', '.join(values)}"


def mismatches(value: object, shape: Shape, path: str = "") -> Iterator[str]:
    """Yield a phrase for each place where a value has another shape."""
    where = path or "the file"
    if not isinstance(shape, Mapped):
        if (wanted := shape(value)) is not None:
            yield f"{where} should be {wanted}"
        return
    if not isinstance(value, Mapping):
        yield f"{where} should be a mapping"
        return
    for key in shape.needed:
        if key not in value:
            yield f"{key} is missing in {where}"
    for key, below in value.items():
        below_shape = shape.keys.get(key, shape.others)
        if below_shape is None:
            yield f"{key} means nothing in {where}"
        else:
            yield from mismatches(below, below_shape, f"{path}.{key}" if path else str(key))
