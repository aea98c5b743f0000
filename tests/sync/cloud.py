"""A Data API that does as it is told: a real server over real mutual TLS on the loopback."""

import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from yarl import URL

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONSENTS: dict[str, dict[str, str | None]] = {
    "not-granted": {"state": "not-granted", "granted_at": None, "revoked_at": None, "text_version": None},
    "granted": {
        "state": "granted",
        "granted_at": "2026-11-24T09:58:11Z",
        "revoked_at": None,
        "text_version": "2026-11",
    },
    "revoked": {
        "state": "revoked",
        "granted_at": "2026-11-24T09:58:11Z",
        "revoked_at": "2026-12-01T08:00:00Z",
        "text_version": "2026-11",
    },
}


@dataclass
class Cloud:
    """What it holds, what it was asked, and what it is to answer next in place of its own answer."""

    url: URL = field(default_factory=URL)
    consent: str = "granted"
    held: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    batches: list[list[dict[str, Any]]] = field(default_factory=list)
    """Each upload that arrived, whatever became of it."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    """What it was told of incidents."""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    peers: set[bytes] = field(default_factory=set)
    next: deque[Answer] = field(default_factory=deque)
    objectionable: set[str] = field(default_factory=set)
    """Times of measurements that are refused."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append(f"{request.method} {request.path}")
        self.headers.append(dict(request.headers))
        transport = request.transport
        assert transport
        self.peers.add(transport.get_extra_info("ssl_object").getpeercert(binary_form=True))
        if request.path.endswith("/measurement"):
            self.batches.append(json.loads(body, parse_float=Decimal)["measurements"])
        if "/incident/" in request.path:
            self.bodies.append(json.loads(body))
        if self.next:
            return await self.next.popleft()(request)
        if request.path == "/household/consent":
            return self._consent(request.method)
        if request.path == "/household/meter/measurement":
            return self._store(self.batches[-1])
        if "/incident/" in request.path:
            return web.json_response({"opened_at": "2026-11-24T10:30:00Z", **self.bodies[-1]})
        return problem(404, "Not Found")

    def _consent(self, method: str) -> web.Response:
        step = {"GET": self.consent, "POST": "granted", "DELETE": "revoked"}[method]
        allowed = {"GET": self.consent, "POST": "not-granted", "DELETE": "granted"}[method]
        if self.consent != allowed:
            return problem(409, "Conflict")
        self.consent = step
        return web.json_response(CONSENTS[step], status=201 if method == "POST" else 200)

    def _store(self, batch: list[dict[str, Any]]) -> web.Response:
        if self.consent != "granted":
            return problem(403, "Forbidden", detail="consent does not stand")
        places = [i for i, each in enumerate(batch) if each["time"] in self.objectionable]
        if places:
            return problem(
                422,
                "Unprocessable Content",
                errors=[{"pointer": f"/measurements/{i}/time", "detail": "not so"} for i in places],
            )
        before = len(self.held)
        for each in batch:
            self.held.setdefault((each["meter"], each["time"]), each)
        stored = len(self.held) - before
        return web.json_response({"stored": stored, "duplicates": len(batch) - stored})


def problem(status: int, title: str, **more: object) -> web.Response:
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, **more},
        status=status,
        content_type="application/problem+json",
    )


def saying(status: int, text: str = "", *, kind: str = "text/plain", **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, content_type=kind, headers=more)

    return answer


@asynccontextmanager
async def serving(cloud: Cloud, certificate: tuple[Path, Path], devices: Path) -> AsyncIterator[Cloud]:
    """Serve on a free port with this certificate, for devices of this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*certificate)
    context.load_verify_locations(devices)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", cloud.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", cloud.url.port or 0, ssl_context=context).start()
        cloud.url = URL(f"https://127.0.0.1:{runner.addresses[0][1]}")
        yield cloud
    finally:
        await runner.cleanup()
