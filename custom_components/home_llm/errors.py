"""What keeps a model from answering, as a key for the one place that words it."""

INVALID_AUTH = "invalid_auth"
PROMPT_TOO_LONG = "prompt_too_long"
"""Keys that more is done about than to say them."""


class ModelError(Exception):
    """The model gave no reply.

    Args:
        key: the sentence for it stands in the translations, below ``exceptions``.

    """

    def __init__(self, key: str) -> None:
        """Keep the key."""
        super().__init__(key)
        self.key = key
