"""What the libraries of servers raise, as the keys of the sentences that people are told."""

from collections.abc import Collection, Iterator
from http import HTTPStatus
import logging
import re
import ssl

import httpx

from .errors import ModelError

_LOGGER = logging.getLogger(__name__)

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError)
"""What any library lets through; ``ValueError`` is what is no JSON, or no text."""

_KEYS = {
    HTTPStatus.UNAUTHORIZED: "invalid_auth",
    HTTPStatus.FORBIDDEN: "invalid_auth",
    HTTPStatus.PAYMENT_REQUIRED: "rate_limited",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limited",
    # Something answers, but not with an API of models: the address is wrong.
    HTTPStatus.NOT_FOUND: "cannot_connect",
    HTTPStatus.METHOD_NOT_ALLOWED: "cannot_connect",
    HTTPStatus.REQUEST_TIMEOUT: "timeout",
    HTTPStatus.GATEWAY_TIMEOUT: "timeout",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "prompt_too_long",
}

_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    # llama-cpp-python's server, with what it cannot validate.
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
"""How servers say that they do not know a parameter."""

# llama.cpp's server says "request (5000 tokens) exceeds the available context size (4096 tokens)";
# vLLM, llama-cpp-python's server and OpenAI "This model's maximum context length is 4096 tokens";
# LM Studio "Trying to keep the first 5000 tokens when context the overflows"; Ollama, where it cuts
# nothing off, "prompt too long; exceeded max context length".
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|exceed_context_size|context the overflows"
    r"|context overflow|(prompt|input)( is)? too long|reduce the length of",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(r"model\b.*\b(not exist|not found|not available|no such)", re.IGNORECASE)
_MODEL_CODE = "model_not_found"

# Ollama says "... does not support tools"; llama.cpp's server "tools param requires --jinja flag";
# vLLM "auto tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set".
_NO_TOOLS = re.compile(r"not support tools|tools? (param|choice)\W* requires", re.IGNORECASE)
_SAID = ((_TOO_LONG, "prompt_too_long"), (_NO_TOOLS, "tools_refused"), (_NO_MODEL, _MODEL_CODE))

_UNNAMED = "server_error"
"""What only the server's own words explain."""

_MOST = 300
"""Characters of a server's own words that go to the log."""


def model_error(error: Exception, *, received: bool) -> ModelError:
    """Return what went wrong, as a key, and write what the server said to the log.

    Args:
        error: what a library raised.
        received: whether a part of the reply had come by then.

    """
    chain = tuple(_chain(error))
    key = _transport_key(chain, received=received) or _status_key(error)
    said = " < ".join(dict.fromkeys(filter(None, map(str, chain))))
    _LOGGER.warning("The server of a language model: %s (%s)", key, said[:_MOST])
    _LOGGER.debug("It was raised as", exc_info=error)
    return ModelError(key)


def connection_lost(error: Exception) -> bool:
    """Return whether the connection failed, such that a new one may do better at once.

    A server closes connections that were idle just when the next request is on its way.
    """
    chain = tuple(_chain(error))
    if any(isinstance(each, ssl.SSLError | httpx.TimeoutException) for each in chain):
        return False
    return any(isinstance(each, httpx.TransportError | ConnectionError) for each in chain)


def refused_parameter(error: Exception, names: Collection[str]) -> str | None:
    """Return which parameter a server complains about, if it does nothing else."""
    status = getattr(error, "status_code", None)
    if status not in _REFUSALS or _status_key(error) != _UNNAMED:
        return None
    return next((name for name in names if name in str(error)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, also where a library says that nothing did."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _transport_key(chain: tuple[BaseException, ...], *, received: bool) -> str | None:
    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in chain)

    if has(ssl.SSLError):
        return "tls_failed"
    if has(httpx.ConnectTimeout, httpx.ConnectError, httpx.InvalidURL, httpx.UnsupportedProtocol):
        return "cannot_connect"
    if has(TimeoutError, httpx.TimeoutException):
        return "timeout"
    if has(httpx.TransportError, ConnectionError):
        return "reply_broken" if received else "cannot_connect"
    return None


def _status_key(error: Exception) -> str:
    """Return the key of what the server itself says, or of a reply that nobody can read."""
    said = f"{getattr(error, 'code', None)} {getattr(error, 'type', None)} {error}"
    status = getattr(error, "status_code", None)
    # Ollama's library has -1 for what comes within a reply; OpenAI's has nothing there.
    if status is None and not hasattr(error, "body"):
        return "reply_broken"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        return _KEYS[HTTPStatus(status)]
    for pattern, key in _SAID:
        if pattern.search(said) or key in said:
            return key
    return _key_of_status(status if isinstance(status, int) else -1)


def _key_of_status(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "cannot_connect"
    return next((key for known, key in _KEYS.items() if known == status), _UNNAMED)
