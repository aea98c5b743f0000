"""The whole service on a disk that cannot be written to: it measures on, and puts it onto the disk once that can be."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_app import app, config
from edge_app.store import Store, consents
from edge_app.store.vault import Vault
from edge_app.testing import HandClock
from tests.edge.lines import tcp
from tests.edge.speaking import telegrams
from tests.fleet.test_writes import DEVICE, METER, METERS, SETTINGS, CloudWithLedger, count
from tests.store.test_refuge import disk, remount
from tests.store.values import GRANTED
from tests.sync.authority import Authority
from tests.sync.cloud import serving
from tests.waiting import until

__all__ = ["disk"]


async def test_it_measures_on_and_stores_when_it_can_again(
    tmp_path: Path, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Store.open(disk / "edge.db", ballast=4096) as store:
        await store.run(consents.remember, GRANTED)
    Vault.beside(disk / "edge.db")
    remount(disk, "ro")
    await lived(tmp_path, disk)
    assert count(disk) >= 2
    assert "what is measured is kept in memory" in caplog.text
    assert "has what was kept in memory" in caplog.text


async def lived(folder: Path, disk: Path) -> None:
    """Let the service live until its disk can be written to again, and a slot longer."""
    servers, devices = Authority.make("servers"), Authority.make("devices")
    devices.device(folder, DEVICE)
    servers.write(folder / "ca.pem")
    (folder / "cloud").mkdir()
    certificate = servers.server(folder / "cloud")
    clock = HandClock(datetime.now(UTC))
    async with (
        serving(CloudWithLedger(clock), certificate, devices.write(folder / "devices.pem")) as cloud,
        tcp() as line,
    ):
        text = SETTINGS.format(url=cloud.url) + METER.format(uuid=METERS[0], model="DD3", port=line.url)
        (folder / "edge.toml").write_text(f'{text}\n[store]\ndatabase = "{disk}/edge.db"\n')
        device = asyncio.create_task(app.serve(config.load(folder), clock))
        try:
            await until(line.connected.is_set, seconds=60)
            for _ in range(3):
                line.say(telegrams("DD3", count=1)[0])
                await clock.advance(900)
                assert not device.done()
            assert count(disk) == 0
            remount(disk, "rw")

            def stored() -> bool:
                line.say(telegrams("DD3", count=1)[0])
                return count(disk) >= 2

            await clock.advance(900)
            await until(stored, seconds=60)
        finally:
            device.cancel()
            await asyncio.wait([device])
