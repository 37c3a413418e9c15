"""The errors of this package; the integration translates them for the user in one place."""


class CoreError(Exception):
    """Base class of every error that this package raises on purpose."""


class HomeFileError(CoreError):
    """A description of a home that cannot be understood."""


class UnknownFormatError(CoreError):
    """A model names a prompt format that this version does not know."""


class ChatTemplateError(CoreError):
    """A chat template that cannot write a conversation down, or that is none."""


class ParseError(CoreError):
    """Text where a call should be that is none."""


class SchemaError(CoreError):
    """A JSON schema that nothing can keep to, or that no grammar of bearable size can hold."""


class CannotBeSaidError(CoreError):
    """A call about something that the sentence it answers does not name."""


class CallError(CoreError):
    """A call that may not or cannot be carried out.

    Args:
        reason: a stable key, one of ``REASONS``; the user's sentence is chosen by it.
        name: the device, area, action or argument at fault, as people call it.

    """

    REASONS = (
        "unknown_action",
        "action_not_allowed",
        "unknown_target",
        "empty_target",
        "wrong_domain",
        "unavailable",
        "unsupported",
        "invalid_argument",
        "unknown_option",
        "unknown_item",
        "ambiguous_item",
        "no_timer_support",
        "timer_not_found",
        "multiple_timers",
        "timer_failed",
    )

    def __init__(self, reason: str, name: str) -> None:
        """Keep the reason and the name for the one place that words them."""
        super().__init__(f"{reason}: {name}")
        self.reason = reason
        self.name = name
