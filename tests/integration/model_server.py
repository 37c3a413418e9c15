"""A server of language models that says what a test tells it to, and fails as servers do."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
import json
from pathlib import Path
import ssl
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a server was asked."""

    path: str
    body: Any
    headers: dict[str, str]


@dataclass(kw_only=True)
class ModelServer:
    """Answers requests one after the other as it was told; to more of them, like to the last."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        text = await request.text()
        body = json.loads(text) if text else None
        self.asked.append(Asked(path=request.path, body=body, headers=dict(request.headers)))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return await answer(request)

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        """What the last request held."""
        return self.asked[-1].body


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncGenerator[ModelServer]:
    """Run a server on a free port."""
    server = ModelServer(answers=list(answers))
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


def says(value: object, status: int = 200) -> Answer:
    """Return an answer that is JSON."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(value, status=status)

    return answer


def shows(text: str, status: int = 200, kind: str = "text/html") -> Answer:
    """Return an answer that is text."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, content_type=kind)

    return answer


async def drops(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def waits(_request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


def streams(*lines: str, kind: str = "text/event-stream", end: str = "") -> Answer:
    """Return an answer that comes in pieces.

    Args:
        lines: the pieces, each sent by itself.
        kind: its type.
        end: "cut" breaks the connection off then, "wait" leaves it open without a word.

    """

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        for line in lines:
            await response.write(line.encode("utf-8", "surrogateescape"))
            await asyncio.sleep(0)
        if end == "wait":
            await asyncio.Event().wait()
        if end == "cut":
            assert request.transport is not None
            request.transport.close()
        return response

    return answer


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what encrypts with a certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, private, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
