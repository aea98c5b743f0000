"""A model that no plugin brings: its meter is not read, it is named, and everybody else is read."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from edge_app import app, config
from tests.edge.speaking import speaking, telegrams
from tests.hooks.test_app import DEVICE, METER, SETTINGS, measured
from tests.sync.authority import Authority
from tests.sync.cloud import Cloud, serving
from tests.waiting import until

LOST = """
[[meter]]
uuid = "8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a99"
model = "LOST"
port = "/dev/lost"
"""


def _measured(folder: Path) -> bool:
    """Whether there is a measurement; the tables may not be made yet."""
    try:
        return measured(folder) > 0
    except sqlite3.OperationalError:
        return False


@pytest.mark.parametrize("broken", [False, True], ids=["missing", "broken"])
async def test_the_others_are_read_and_it_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bool
) -> None:
    if broken:
        (tmp_path / "plugins").mkdir()
        (tmp_path / "plugins" / "lost.py").write_text('"""A plugin."""\n\nimport nothing_of_this_name\n')
    servers, devices = Authority.make("servers"), Authority.make("devices")
    devices.device(tmp_path, DEVICE)
    servers.write(tmp_path / "ca.pem")
    (tmp_path / "cloud").mkdir()
    authority = devices.write(tmp_path / "cloud" / "devices.pem")
    async with serving(Cloud(), servers.server(tmp_path / "cloud"), authority) as cloud:
        with speaking(*telegrams("DD3")) as port:
            settings = SETTINGS.format(url=cloud.url, meter=METER, port=port)
            settings = settings.replace('[plugin.witness]\ngreeting = "hello"\n\n[plugin.saboteur]\n', "")
            (tmp_path / "edge.toml").write_text(settings + LOST)
            serving_device = asyncio.create_task(app.serve(config.load(tmp_path)))
            try:
                await until(lambda: _measured(tmp_path), seconds=20)
            finally:
                serving_device.cancel()
                await asyncio.gather(serving_device, return_exceptions=True)
    assert [record.message for record in caplog.records if "LOST" in record.message] == [
        "LOST: no plugin brings this model (installed: DD3, EASY, EHZ, MT175, MT681); its meters are not read"
    ]
    said = [record.message for record in caplog.records if "nothing_of_this_name" in record.message]
    assert len(said) == broken
    assert all("plugin lost.py could not be used" in message for message in said)
