"""A watch over a cloud's devices whose rounds are gone by hand, and places where alerts arrive."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from cloud_api.access.shared_secrets import Group
from cloud_api.watch.channels import Channel
from cloud_api.watch.rounds import Rounds
from tests.cloud.asking import ask
from tests.cloud.running import Cloud


@asynccontextmanager
async def watch(cloud: Cloud, *channels: Channel, status_url: str | None = None) -> AsyncIterator[Rounds]:
    """The rounds, over a door of their own to the database."""
    async with cloud.database() as database:
        yield Rounds(
            database=database, clock=cloud.clock, channels=channels, status_url=status_url, since=cloud.clock.now()
        )


async def open_incidents(cloud: Cloud) -> list[dict[str, Any]]:
    async with cloud.people(Group.ADMINISTRATOR) as people:
        _, body = await ask(people, "GET", "/management/incident?open=true")
    found: list[dict[str, Any]] = body["incidents"]
    return found


async def status(cloud: Cloud, path: str = "") -> Any:
    async with cloud.people(Group.ADMINISTRATOR) as people:
        code, body = await ask(people, "GET", f"/management/status{path}")
    assert code == 200, body
    return body


class Postbox:
    """Takes letters, as a mail server does."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refusing = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.refusing:
            return "451 4.3.0 not now"
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


def _admit(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: LoginPassword) -> AuthResult:
    return AuthResult(handled=False, success=told == LoginPassword(b"watch", b"right"))


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False
) -> AsyncIterator[tuple[Postbox, int]]:
    """A mail server on a free port of the loopback. With TLS, by STARTTLS or from the first byte, one has to log in."""
    box = Postbox()
    how: dict[str, Any] = {"authenticator": _admit, "auth_required": True} if tls else {}
    if tls and not implicit:
        how |= {"tls_context": tls, "require_starttls": True}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, auth_require_tls=not implicit, auth_exclude_mechanism=["LOGIN"], **how),
        "127.0.0.1",
        0,
        ssl=tls if implicit else None,
    )
    try:
        yield box, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Hook:
    """Takes POSTs."""

    url: str = ""
    status: int = 200
    hang_up: bool = False
    received: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    def documents(self) -> Sequence[Any]:
        return [document for _, document in self.received]


@asynccontextmanager
async def hook_server() -> AsyncIterator[Hook]:
    hook = Hook()

    async def take(request: web.Request) -> web.Response:
        hook.received.append((dict(request.headers), await request.json()))
        if hook.hang_up:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=hook.status)

    app = web.Application()
    app.add_routes([web.post("/alerts", take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
        yield hook
    finally:
        await runner.cleanup()
