"""Asking a server: how long to wait, when to ask once more, and its reply as one message."""

from asyncio import timeout
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from .chat_model import Delta
from .server_errors import TRANSPORT_ERRORS, connection_lost, model_error

Errors = tuple[type[Exception], ...]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many seconds to wait for a server.

    Args:
        connect: until it takes the connection.
        first: until the first piece of a reply; slow computers read long prompts for so long.
        following: between one piece and the next, and for what is no reply of a model.
        pieces: how many a reply may have: some models never come to an end.

    """

    connect: float = 10.0
    first: float = 120.0
    following: float = 60.0
    pieces: int = 100_000


def server_url(written: str) -> httpx.URL:
    """Return an address, with ``http://`` if nothing else is said.

    Raises:
        httpx.InvalidURL: that is none.

    """
    return httpx.URL(written if "://" in written else f"http://{written}")


async def async_ask[T](ask: Callable[[], Awaitable[T]], seconds: float, errors: Errors) -> T:
    """Return a server's answer; it is asked once more if the connection fails.

    Args:
        ask: asks the server.
        seconds: how long to wait.
        errors: what the library for the server raises.

    Raises:
        ModelError: it cannot be reached, refuses, or nobody can read its answer.

    """
    try:
        async with timeout(seconds):
            return await ask()
    except TRANSPORT_ERRORS + errors as err:
        if not connection_lost(err):
            raise model_error(err, received=False) from err
    return await _once(ask, seconds, errors, received=False)


async def one_message(
    open_stream: Callable[[], AsyncGenerator[Sequence[Delta]]],
    limits: Limits,
    errors: Errors,
    timings: dict[str, Any],
) -> AsyncGenerator[Delta]:
    """Yield the message that a server writes, and fill ``timings``.

    Args:
        open_stream: asks the server; the request goes out with the first piece.
        limits: how long to wait.
        errors: what the library for the server raises.
        timings: is filled with figures.

    Raises:
        ModelError: the server cannot be reached, refuses, or its reply breaks off.

    """
    started = monotonic()
    yield {"role": "assistant"}
    async with aclosing(_pieces(open_stream, limits, errors)) as pieces:
        async for piece in pieces:
            for delta in piece:
                timings.setdefault("first_token_ms", _since(started))
                yield delta
    timings["total_ms"] = _since(started)


async def _pieces(
    open_stream: Callable[[], AsyncGenerator[Sequence[Delta]]], limits: Limits, errors: Errors
) -> AsyncGenerator[Sequence[Delta]]:
    async def begin() -> tuple[AsyncGenerator[Sequence[Delta]], Sequence[Delta] | None]:
        stream = open_stream()
        return stream, await anext(stream, None)

    stream, piece = await async_ask(begin, limits.first, errors)
    seconds, left = limits.first, limits.pieces
    async with aclosing(stream):
        while piece is not None:
            if left == 0:
                raise model_error(ValueError("The reply has no end"), received=True)
            left -= 1
            # Some servers send an empty piece before they read the prompt.
            if piece:
                seconds = limits.following
                yield piece
            piece = await _once(lambda: anext(stream, None), seconds, errors, received=True)


async def _once[T](
    ask: Callable[[], Awaitable[T]], seconds: float, errors: Errors, *, received: bool
) -> T:
    try:
        async with timeout(seconds):
            return await ask()
    except TRANSPORT_ERRORS + errors as err:
        raise model_error(err, received=received) from err


async def exhaust(source: AsyncIterator[object], errors: Errors) -> None:
    """Read on from a connection that is closed, which ends all that it was read through.

    A library that is given up, or stops at the end of a reply, lets go of the generators that it
    has read from. The event loop then closes them some time later, even after Home Assistant ends.
    """
    with suppress(*TRANSPORT_ERRORS, *errors):
        async for _piece in source:
            pass


def _since(started: float) -> float:
    return round((monotonic() - started) * 1000, 1)
