"""A cellar: a virtual meter with its display, a post in front of it, and a time that is moved by hand."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlite_utils import Database

from edge_app.clock import Synchrony
from edge_app.errors import ProbeError
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.post import Post
from edge_app.metering.probe.light import Lamp
from edge_app.metering.probe.probe import Connection, Port, Probe
from edge_app.metering.profile import profile
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.metering.unlock.steward import EVERY, Steward, Stewardship
from edge_app.metering.unlock.timing import timing
from edge_app.metering.watch.incident_book import IncidentBook
from edge_app.metering.watch.line_watch import LineWatch
from edge_app.metering.watch.nameplate import Nameplate
from edge_app.model.incident import Cause, Incident
from edge_app.model.measurement import Measurement
from edge_app.model.slot import Grid
from edge_app.model.telegram import Chunk
from edge_app.simulator.display import USUAL, Display, Setting, rules
from edge_app.simulator.virtual_meter import VirtualMeter
from edge_app.store import Store, attempts, incidents, pins
from edge_app.store.attempts import Attempt
from edge_app.store.vault import Vault
from edge_app.testing import HandClock

METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
PIN = "1234"
AFTER = 60.0
SPEAKS = 4.0
"""Seconds from one telegram to the next, as with the slowest of the models."""
PATIENCE = 20.0
"""Real seconds after which a cellar that finds no rest fails the test."""


class Wire(Probe):
    """A probe whose bytes come from the test."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(Port(url="wire"), clock=clock)
        self.idle = False
        """Whether whoever listens has taken all that was said, and waits for more."""
        self._hand = clock
        self._queue: asyncio.Queue[Chunk] = asyncio.Queue()
        self.plug()

    def plug(self) -> None:
        self.trouble = None
        self.connection = Connection(self.port, asyncio.StreamReader(), Nowhere(), clock=self._hand)

    def unplug(self) -> None:
        self.connection = None
        self.trouble = ProbeError("absent", "wire: there is no such port")

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        while True:
            self.idle = self._queue.empty()
            chunk = await self._queue.get()
            self.idle = False
            yield chunk

    def say(self, data: bytes) -> None:
        self.idle = False
        self._queue.put_nowait(Chunk(data=data, at=self._hand.now(), monotonic=self._hand.monotonic()))


class Nowhere:
    """Takes what is written to a line: the light falls on the display by another way."""

    def write(self, data: bytes) -> None:
        """Nobody reads it."""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass
class Key:
    """The light on the meter's key, which holds while the line is spacing."""

    display: Display
    clock: HandClock
    lit: bool = False
    pulses: int = 0
    broken: bool = False
    """Whether the port has no break to set."""

    async def space(self) -> None:
        if self.broken:
            raise OSError("no such device")
        self.lit = True
        self.pulses += 1
        self.display.light(on=True, at=self.clock.monotonic())

    async def rest(self) -> None:
        self.lit = False
        self.display.light(on=False, at=self.clock.monotonic())

    async def space_for(self, seconds: float) -> None:
        await self.space()
        await self.clock.sleep(seconds)


@dataclass
class Cellar:
    """All of it; `live` lets time pass."""

    model: str
    store: Store
    vault: Vault
    setting: Setting = USUAL
    seed: int = 1
    keep_alive: bool = False
    locked: bool = True
    keyless: bool = False
    """Whether no PIN is known to be entered by light."""
    clock: HandClock = field(default_factory=HandClock)
    told: list[str] = field(default_factory=list)
    """What a listener heard of incidents."""
    kept: list[Measurement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meter = load().meter(self.model)
        described = profile(type(self.meter))
        self.display = Display(
            rules(described, pin=PIN, seed=self.seed, setting=self.setting), baudrate=9600, locked=self.locked
        )
        self.virtual = VirtualMeter(
            variant=described.variant(None), role="electricity", seed=self.seed, since=self.clock.now()
        )
        self.key = Key(self.display, self.clock)
        self.wire = Wire(self.clock)
        station = Station(
            probe=self.wire,
            meter=self.meter,
            schedule=Schedule(METER, Grid(timedelta(minutes=15))),
            synchrony=Synchrony(trusted=True),
            keep=self._keep,
            is_ours=Nameplate(self.store, METER).is_ours,
        )
        book = IncidentBook(
            self.store,
            meter=METER,
            model=self.model,
            clock=self.clock,
            opened=lambda incident: self.told.append(f"opened {incident.cause}"),
            closed=lambda incident: self.told.append(f"closed {incident.cause}"),
        )
        may = Stewardship(
            lamp=lambda _line: self._lamp(),
            timing=None if self.keyless else timing(type(self.meter)),
            keep_alive=self.keep_alive,
            after=AFTER,
        )
        self.post = Post(
            station=station,
            watch=LineWatch(station, book, clock=self.clock),
            steward=Steward(station, book, meter=METER, store=self.store, vault=self.vault, clock=self.clock, may=may),
        )

    async def _keep(self, measurement: Measurement) -> None:
        self.kept.append(measurement)

    @asynccontextmanager
    async def _lamp(self) -> AsyncIterator[Lamp]:
        lamp = Lamp(self.key, clock=self.clock)
        try:
            yield lamp
        finally:
            await lamp.off()

    @property
    def heard(self) -> int:
        return self.post.station.heard.whole

    async def live(self, seconds: float, *, speaking: bool = True) -> None:
        """Let time pass, in which the meter speaks as often as it does."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            if speaking:
                self.speak()
            await self.rest()
            await self.clock.advance(min(SPEAKS, end - self.clock.monotonic()))
            await self.rest()

    async def until_lit(self) -> None:
        """Let time pass until the first light of an entry."""
        await self.live(AFTER + 2 * EVERY)
        async with asyncio.timeout(PATIENCE):
            while not self.key.lit:
                await self.live(0.5, speaking=False)

    def speak(self) -> None:
        self.virtual.full = self.display.full(self.clock.monotonic())
        self.wire.say(self.virtual.telegram(self.clock.now()))

    async def rest(self) -> None:
        """Wait until everybody sleeps or listens, and nobody waits for the store."""
        async with asyncio.timeout(PATIENCE):
            while not self.wire.idle or self._asleep() < (3 if self.wire.connection else 2):  # noqa: ASYNC110
                await asyncio.sleep(0)  # neither the clock nor the line sets an event

    def _asleep(self) -> int:
        return sum(not waker.done() for _, _, waker in self.clock._sleepers)

    async def keep_pin(self, pin: str = PIN) -> None:
        await self.store.run(pins.keep, self.vault, METER, pin)

    async def attempts(self) -> list[Attempt]:
        def made(db: Database) -> list[Attempt]:
            kept = pins.kept(db, self.vault, METER)
            return attempts.made(db, kept.token) if kept else []

        return await self.store.run(made)

    async def open_incidents(self) -> list[Incident]:
        return await self.store.run(incidents.open_now)

    async def causes(self) -> list[Cause]:
        return [incident.cause for incident in await self.open_incidents()]


@asynccontextmanager
async def at_work(cellar: Cellar) -> AsyncIterator[Cellar]:
    """The post is manned, as the application does while consent stands."""
    working = asyncio.create_task(cellar.post.run())
    try:
        yield cellar
    finally:
        working.cancel()
        await asyncio.wait([working])
        if not working.cancelled():
            working.result()


@asynccontextmanager
async def store_in(folder: Path) -> AsyncIterator[Store]:
    async with Store.open(folder / "edge.db", ballast=4096) as store:
        yield store
