"""The whole device with plugins: what a meter says reaches them, and a broken one costs no measurement."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from edge_app import app, config
from edge_app.model.consent import ConsentState
from tests.edge.speaking import speaking, telegrams
from tests.hooks.plugins import SABOTEUR, WITNESS, drop_in, heard
from tests.sync.authority import Authority
from tests.sync.cloud import Cloud, serving
from tests.waiting import until

DEVICE = UUID("0a5e8c6e-1111-4222-8333-444455556666")
METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")

SETTINGS = """
[cloud]
url = "{url}"
consent_every = 1

[schedule]
interval = 1
clock = "trusted"

[pages]
host = "127.0.0.1"
port = 0

[plugin.witness]
greeting = "hello"

[plugin.saboteur]

[[meter]]
uuid = "{meter}"
model = "DD3"
port = "{port}"
"""


def measured(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'edge.db'}?mode=ro", uri=True)) as db:
        count: int = db.execute("select count(*) from measurement").fetchone()[0]
        return count


async def test_a_broken_plugin_costs_no_measurement_and_the_others_hear_all(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    servers, devices = Authority.make("servers"), Authority.make("devices")
    devices.device(tmp_path, DEVICE)
    servers.write(tmp_path / "ca.pem")
    drop_in(tmp_path / "plugins", saboteur=SABOTEUR, witness=WITNESS)
    (tmp_path / "cloud").mkdir()
    certificate = servers.server(tmp_path / "cloud")
    async with serving(Cloud(), certificate, devices.write(tmp_path / "devices.pem")) as cloud:
        with speaking(*telegrams("DD3")) as port:
            (tmp_path / "edge.toml").write_text(SETTINGS.format(url=cloud.url, meter=METER, port=port))
            device = asyncio.create_task(app.serve(config.load(tmp_path)))
            try:
                await until(lambda: kinds().count("measurement") >= 2, seconds=15)
                slots = [slot for kind, *_, slot in heard() if kind == "measurement"]
                assert measured(tmp_path) >= len(slots) == len(set(slots))
                assert ("reading", METER, "DD3") in [noted[:3] for noted in heard()]
                cloud.consent = "revoked"
                await until(lambda: heard()[-1] == ("consent", ConsentState.REVOKED), seconds=15)
                assert not device.done()
            finally:
                device.cancel()
                await asyncio.wait([device])
    assert kinds()[:2] == ["began", "serving"]
    assert kinds()[-1] == "served"
    assert caplog.text.count("plugin saboteur.py has a fault") == 1


def kinds() -> list[str]:
    return [noted[0] for noted in heard()]
