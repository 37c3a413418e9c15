"""How families of instruct models call tools and think: one table, and a parser for all."""

from .events import BadCall, Event, Said, Thought, ToolCall
from .parser import DialectParser
from .table import ANY, DIALECTS, Dialect, detect

__all__ = [
    "ANY",
    "DIALECTS",
    "BadCall",
    "Dialect",
    "DialectParser",
    "Event",
    "Said",
    "Thought",
    "ToolCall",
    "detect",
]
