"""What stands around the service: the cloud, its pages as a browser finds them, systemd, updates and the tunnel."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from edge_app.clock import Clock, Synchrony
from edge_app.config import Config, PagesConfig
from edge_app.errors import CloudError, ConfigError, ForbiddenError
from edge_app.fleet.doctor.finding import Finding, fail, ok, warn
from edge_app.fleet.update.journal import Journal
from edge_app.sync.client import CloudClient

PATIENCE = ClientTimeout(total=10)
SYSTEMD = Path("/run/systemd/system")
MAIN, TUNNEL = "edge-app.service", "edge-app-tunnel.service"
OFTEN = 3
"""Restarts from which on they are no accident."""


async def cloud(config: Config, clock: Clock, synchrony: Synchrony) -> Finding:
    """Whether it answers us; `synchrony` hears what its clock says."""
    try:
        async with CloudClient.open(config.cloud, clock=clock, synchrony=synchrony) as client:
            await client.consent()
    except ConfigError:
        return fail("cloud", "no_certificate")
    except ForbiddenError as error:
        return fail("cloud", "forbidden", why=str(error))
    except CloudError as error:
        return fail("cloud", "away", why=str(error))
    return ok("cloud", "answers")


async def pages(config: PagesConfig) -> AsyncIterator[Finding]:
    """Whether the start page is answered, whatever it says; nothing where it has a port by chance."""
    if config.port == 0:
        return
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104  # asked for, not listened on
    try:
        async with (
            ClientSession(timeout=PATIENCE) as session,
            session.get(f"http://{host}:{config.port}/", allow_redirects=False) as answer,
        ):
            answered = answer.status < 500  # what is above is a fault
    except (ClientError, OSError):
        answered = False
    yield ok("pages", "answer", port=str(config.port)) if answered else fail("pages", "silent", port=str(config.port))


def by_systemd() -> bool:
    """Whether this machine's services are systemd's."""
    return SYSTEMD.exists() and shutil.which("systemctl") is not None


async def units(config: Config) -> AsyncIterator[Finding]:
    """How systemd says that the services are; nothing where they are none of its."""
    if not by_systemd():
        return
    main = await unit(MAIN)
    if main.get("LoadState") == "loaded":
        restarts = int(main.get("NRestarts", "0"))
        if main.get("ActiveState") != "active":
            yield fail("service", "stopped", state=main.get("ActiveState", ""))
        elif restarts >= OFTEN:
            yield warn("service", "restarts", n=restarts)
        else:
            yield ok("service", "runs")
    tunnel = await unit(TUNNEL)
    if config.tunnel.mode != "off" and tunnel.get("LoadState") == "loaded":
        state = tunnel.get("ActiveState", "")
        yield ok("tunnel", "runs") if state == "active" else warn("tunnel", "stopped", state=state)


async def unit(name: str) -> dict[str, str]:
    """What systemd shows of a unit."""
    asked = ("--property=LoadState,ActiveState,NRestarts", name)
    process = await asyncio.create_subprocess_exec(
        "systemctl", "show", *asked, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    return dict(line.split("=", 1) for line in out.decode().splitlines() if "=" in line)


def update(journal: Journal) -> Iterator[Finding]:
    """How it stands with updates; nothing before the first was looked for."""
    report = journal.report
    if report is None:
        return
    if report.state in ("rolled-back", "refused"):
        yield warn("update", "given_up", version=report.tried or "", why=report.reason or "")
    else:
        yield ok("update", "version", version=report.version)
