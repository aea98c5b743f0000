"""A broker in the house, and a device with the plugin `mqtt`, begun by the settings and told what happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.config import PluginTables
from edge_app.metering.plugins.catalogue import Catalogue, load
from edge_app.metering.plugins.contribution import Device
from edge_app.metering.plugins.running import Plugins
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.obis import Obis
from edge_app.model.reading import Quantity, Reading
from edge_app.testing import HandClock
from tests.mqtt.mosquitto import PROGRAM, House, Mosquitto, listening

DEVICE = UUID("0a5e8c6e-1111-4222-8333-444455556666")
GRID, ROOF = (UUID(f"8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a0{number}") for number in (1, 2))
AT = datetime(2026, 11, 24, 10, 15, 2, tzinfo=UTC)
GRANTED = Consent(state=ConsentState.GRANTED, granted_at=AT, text_version="2026-11")
REVOKED = Consent(state=ConsentState.REVOKED, granted_at=AT, revoked_at=AT + timedelta(days=7), text_version="2026-11")


def reading(**registers: str) -> Reading:
    """A reading of some registers, such as `energy_in="1.5 kWh"`."""
    codes = {"energy_in": "1.8.0", "energy_out": "2.8.0", "power": "16.7.0", "voltage": "32.7.0"}
    quantities = {}
    for name, text in registers.items():
        value, unit = text.split()
        quantities[Obis.parse(codes[name])] = Quantity(value=Decimal(value), unit=unit)
    return Reading(server_id="0a01", registers=quantities)


@dataclass
class Home:
    """A device whose plugin publishes to a broker."""

    broker: Mosquitto
    clock: HandClock
    plugins: Plugins
    catalogue: Catalogue

    def hear(self, meter: UUID, heard: Reading) -> None:
        model = self.catalogue.meter("MT681" if meter == GRID else "EHZ")
        self.plugins.tell("reading_heard", meter=meter, model=model, reading=heard, at=self.clock.now())

    def decide(self, consent: Consent) -> None:
        self.plugins.tell("consent_changed", consent=consent)


def begun(broker: Mosquitto, folder: Path, **settings: object) -> Home:
    """A device that has begun with these settings beside host and port."""
    catalogue, clock = load(), HandClock(AT)
    plugins = Plugins(catalogue)
    table = {"host": "127.0.0.1", "port": broker.port, **settings}
    meters = {GRID: catalogue.meter("MT681"), ROOF: catalogue.meter("EHZ")}
    plugins.begin(PluginTables({"mqtt": table}, file=folder / "edge.toml"), Device(uuid=DEVICE, meters=meters), clock)
    return Home(broker=broker, clock=clock, plugins=plugins, catalogue=catalogue)


@pytest.fixture
async def stopped(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A broker that is still to be started."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed (`make debian` installs it)")
    broker = Mosquitto(tmp_path)
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture
async def broker(stopped: Mosquitto) -> Mosquitto:
    await stopped.start()
    return stopped


@pytest.fixture
async def house(broker: Mosquitto) -> AsyncIterator[House]:
    async with listening(broker) as house:
        yield house


@pytest.fixture
async def home(broker: Mosquitto, tmp_path: Path) -> AsyncIterator[Home]:
    """A device whose plugin runs."""
    home = begun(broker, tmp_path)
    async with running(home):
        yield home


@asynccontextmanager
async def running(home: Home) -> AsyncIterator[None]:
    """Run the services of the plugin, and end them as the service does."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(home.plugins.run(plugin, service)) for plugin, service in home.plugins.ask("services")
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
