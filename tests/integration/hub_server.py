"""A server that speaks the hub's protocol: lists of files, their checksums, and what they hold.

Large files come from another address, as on the real hub, which redirects to where they are stored.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any

from aiohttp import web

REPOSITORY = "somebody/Model-GGUF"
GATED = "somebody/Gated-GGUF"
TOKEN = "hf_right"
REVISION = "0123456789" * 4


@dataclass(kw_only=True)
class Hub:
    """What the server has, and how it behaves.

    Args:
        files: of each repository.
        small: names of files that are no large ones.
        answers: how many bytes each of the next requests gets before its line is cut; nothing
            for an error of the server.
        reset: whether the line is cut so that what is under way is lost.
        wrong: whether one byte is not what it was.
        hides: whether cut lines look like the end of a file whose length it does not tell.
        gone: whether what is listed is no longer stored.
        ranges: whether it can begin in the middle.
        trickle: whether bytes come slowly, and without end.
        claims: headers that it sends instead of the true ones, or none.
        received: the first bytes that were asked for, one for each request for a large file.
        authorized: the tokens that came with these.

    """

    files: dict[str, bytes] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)
    answers: list[int | None] = field(default_factory=list)
    reset: bool = False
    wrong: bool = False
    hides: bool = False
    gone: bool = False
    ranges: bool = True
    trickle: bool = False
    claims: dict[str, str | None] = field(default_factory=dict)
    received: list[int] = field(default_factory=list)
    authorized: list[str | None] = field(default_factory=list)
    url: str = ""
    _storage: str = ""

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Serve the hub and its storage on ports of their own."""
        hub, storage = web.Application(), web.Application()
        hub.router.add_get("/api/models/{repository:[^/]+/[^/]+}", self._list)
        hub.router.add_get("/{repository:[^/]+/[^/]+}/resolve/{revision}/{name:.+}", self._resolve)
        storage.router.add_get("/{name:.+}", self._send)
        runners = [web.AppRunner(app, shutdown_timeout=0) for app in (hub, storage)]
        urls = []
        for runner in runners:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        self.url, self._storage = urls
        try:
            yield
        finally:
            for runner in runners:
                await runner.cleanup()

    async def _list(self, request: web.Request) -> web.Response:
        repository = request.match_info["repository"]
        if refused := self._refused(request, listing=True):
            return refused
        siblings = [self._sibling(name) for name in self.files]
        info = {"id": repository, "sha": REVISION, "siblings": siblings, "gated": False}
        return web.json_response(info)

    def _sibling(self, name: str) -> dict[str, Any]:
        data = self.files[name]
        entry: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": "0" * 40}
        if name not in self.small:
            digest = sha256(data).hexdigest()
            entry["lfs"] = {"sha256": digest, "size": len(data), "pointerSize": 134}
        return entry

    def _refused(self, request: web.Request, *, listing: bool = False) -> web.Response | None:
        repository = request.match_info["repository"]
        token = request.headers.get("Authorization")
        if token not in (None, f"Bearer {TOKEN}"):
            message = "Invalid credentials in Authorization header"
            return web.Response(status=401, headers={"X-Error-Message": message})
        if repository not in (REPOSITORY, GATED):
            # The real one does not tell strangers what is not there from what is private.
            return web.Response(status=401, headers={"X-Error-Code": "RepoNotFound"})
        if repository == GATED and token is None and not listing:
            return web.Response(status=403, headers={"X-Error-Code": "GatedRepo"})
        return None

    async def _resolve(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        name = request.match_info["name"]
        if name not in self.files:
            headers = {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": REVISION}
            return web.Response(status=404, headers=headers)
        data = self.files[name]
        true: dict[str, str | None] = {"X-Repo-Commit": REVISION}
        if name in self.small:
            true["ETag"] = f'"{sha1(f"blob {len(data)}\0".encode() + data).hexdigest()}"'
            return web.Response(body=data, headers=_present(true | self.claims))
        true |= {
            "X-Linked-Etag": f'"{sha256(data).hexdigest()}"',
            "X-Linked-Size": str(len(data)),
            "X-Xet-Hash": "0" * 64,
            "Location": f"{self._storage}/{name}",
        }
        return web.Response(status=302, headers=_present(true | self.claims))

    async def _send(self, request: web.Request) -> web.StreamResponse:
        data = bytearray(self.files[request.match_info["name"]])
        asked = request.headers.get("Range", "bytes=0-")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if self.ranges else 0
        self.received.append(start)
        self.authorized.append(request.headers.get("Authorization"))
        limit = self.answers.pop(0) if self.answers else len(data)
        if limit is None:
            return web.Response(status=503)
        if self.gone:
            return web.Response(status=404)
        if self.wrong:
            data[len(data) // 2] ^= 1
        response = web.StreamResponse(status=206 if self.ranges else 200)
        if not self.hides:
            response.content_length = len(data) - start
        if self.ranges:
            response.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        await response.prepare(request)
        if self.trickle:
            await self._trickle(response, bytes(data[start:]))
        await response.write(bytes(data[start : start + limit]))
        if start + limit < len(data) and request.transport and not self.hides:
            (request.transport.abort if self.reset else request.transport.close)()
        return response

    async def _trickle(self, response: web.StreamResponse, data: bytes) -> None:
        for position in range(len(data) // 2):
            await response.write(data[position : position + 1])
            await asyncio.sleep(0.01)


def _present(headers: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}
