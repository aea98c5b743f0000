"""A device's pages as a browser finds them: a real server, a real store, and a cloud that says what it is told to."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from edge_app.clock import Clock, Synchrony
from edge_app.config import TunnelConfig
from edge_app.errors import UnreachableError
from edge_app.fleet.tunnel.permission import Permission
from edge_app.fleet.tunnel.sessions import noted
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER
from edge_app.model.slot import Grid
from edge_app.store import Store, consents, measurements
from edge_app.sync.gate import ConsentGate
from edge_app.testing import HandClock
from edge_app.web.access.codes import Codes
from edge_app.web.keys import UNFIT, Decisions, MeterOnPage, Service
from edge_app.web.pages import make_pages
from edge_app.web.participant.inquiries import Cloud
from tests.pages.workbench import Said, workbench

MT681 = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
EHZ = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02")
AT = datetime(2026, 11, 24, 10, 15, 2, tzinfo=UTC)
NOT_GRANTED = Consent(state=ConsentState.NOT_GRANTED)
GRANTED = Consent(state=ConsentState.GRANTED, granted_at=AT, text_version="2026-11")
REVOKED = Consent(state=ConsentState.REVOKED, granted_at=AT, revoked_at=AT, text_version="2026-11")
TEXT = {
    "version": "2026-11",
    "texts": [
        {"language": "de", "content": "Ich willige ein.\n\nDer Text.", "sha256": "d" * 64},
        {"language": "en", "content": "I consent.\n\nThe text.", "sha256": "e" * 64},
    ],
}
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass
class Home:
    """A device's pages, asked by a browser."""

    browser: "TestClient[Any, Any]"
    store: Store
    probe: Probe
    station: Station
    clock: HandClock
    meters: list[MeterOnPage]
    answers: dict[str, Any] = field(default_factory=dict)
    """What the cloud says, by path."""
    decided: list[Sequence[str]] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    cloud_is_away: bool = False
    cloud_hangs: bool = False
    """Whether it takes questions and answers none."""
    said: Said = field(default_factory=lambda: Said(consent_is=NOT_GRANTED))
    """What the cloud says to a test of the set-up."""
    unfit: dict[str, str] = field(default_factory=dict)
    """Plugins that failed, with the reason."""
    gate: ConsentGate | None = None

    async def read(self, path: str = "/", language: str = "en", *, status: int = 200) -> str:
        async with self.browser.get(path, headers={"Accept-Language": language}) as response:
            text = await response.text()
            assert response.status == status, text
            return text

    async def send(
        self, path: str, *, of: str = "/consent", language: str = "en", **form: str
    ) -> aiohttp.ClientResponse:
        """Send a form as a page of this device would, with the token that stands on the page `of`."""
        found = TOKEN.search(await self.read(of, language))
        token = {"form_token": found[1]} if found else {}
        origin = str(self.browser.make_url("/")).rstrip("/")
        headers = {"Origin": origin, "Accept-Language": language}
        return await self.browser.post(path, data={**token, **form}, headers=headers)

    async def enter(self, code: str) -> aiohttp.ClientResponse:
        return await self.send("/enter", of="/enter", code=code)

    async def grant_here(self) -> None:
        await self.store.run(consents.remember, GRANTED)

    async def measured(
        self, *, at: datetime = AT, drawn: str = "10234.7412", fed_in: str = "0.0000", power: str = "-0.431"
    ) -> None:
        data = {ENERGY_IN: Decimal(drawn), ENERGY_OUT: Decimal(fed_in), POWER: Decimal(power)}
        measurement = Measurement(meter=MT681, slot=Grid().slot(at), time=at, data=data)
        assert await self.store.run(measurements.keep, measurement)


Mode = Literal["always", "on-request", "off"]


def service_at(folder: Path, mode: Mode, clock: HandClock) -> Service:
    """Service as the device's application knows it, over the folder of its tunnel."""
    permission = Permission(config=TunnelConfig(mode=mode, folder=folder), clock=clock)
    return Service(
        mode=mode,
        sessions=partial(noted, folder),
        until=permission.until,
        allow=permission.give,
        end=permission.take_back,
    )


@asynccontextmanager
async def at_home(
    folder: Path, *, codes: Codes | None = None, clock: Clock | None = None, mode: Mode = "on-request"
) -> AsyncIterator[Home]:
    clock = clock or HandClock(AT)
    probe = Probe(Port(url="/dev/probe"), clock=clock)
    async with Store.open(folder / "edge.db", ballast=4096, clock=clock) as store, AsyncExitStack() as opened:
        gate = await ConsentGate.open(store)

        async def keep(_measurement: Measurement) -> None:
            raise AssertionError("nothing is measured here")

        async def decide(step: Sequence[str], consent: Consent) -> Consent:
            if there.cloud_is_away:
                raise UnreachableError("nobody answers")
            there.decided.append(step)
            return await gate.set(consent)

        async def ask(path: str) -> Mapping[str, Any]:
            if there.cloud_hangs:
                await asyncio.Event().wait()
            if there.cloud_is_away or path not in there.answers:
                raise UnreachableError("nobody answers")
            said: Mapping[str, Any] = there.answers[path]
            return said

        async def tell(path: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
            if there.cloud_is_away:
                raise UnreachableError("nobody answers")
            there.told.append((path, document))
            return {}

        models, said = load(), Said(consent_is=NOT_GRANTED)
        station = Station(
            probe=probe,
            meter=models.meter("MT681"),
            schedule=Schedule(MT681, Grid()),
            synchrony=Synchrony(trusted=True),
            keep=keep,
        )
        meters = [
            MeterOnPage(uuid=MT681, model="MT681", station=station),
            MeterOnPage(uuid=EHZ, model="EHZ", station=None),
        ]
        bench = await opened.enter_async_context(
            workbench(folder, said=said, models=models, store=store, gate=gate, clock=clock)
        )
        pages = make_pages(
            store=store,
            meters=meters,
            decisions=Decisions(
                grant=lambda *text: decide(["grant", *text], GRANTED), revoke=lambda: decide(["revoke"], REVOKED)
            ),
            names=["zaehler.local"],
            cloud=Cloud(ask=ask, tell=tell),
            codes=codes,
            clock=clock,
            bench=bench,
            service=service_at(folder / "tunnel", mode, clock),
        )
        pages[UNFIT] = unfit = dict[str, str]()
        async with TestClient(TestServer(pages)) as browser:
            there = Home(
                browser=browser,
                store=store,
                probe=probe,
                station=station,
                clock=clock,
                meters=meters,
                gate=gate,
                said=said,
                unfit=unfit,
                answers={"household/consent/text": TEXT},
            )
            yield there
