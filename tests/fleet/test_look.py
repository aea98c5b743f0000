"""Beside a service that runs: what the doctor finds, and what one look at the device says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.model.incident import Cause
from edge_app.model.undated import Undated
from edge_app.store import Store, consents, contacts, incidents, measurements, undated
from tests.cloud.running import Cloud, running_cloud
from tests.edge.lines import Tcp, tcp
from tests.edge.speaking import telegrams
from tests.fleet.supervising import ear
from tests.fleet.test_doctor import DEVICE, METER, NOW, command, home, trouble
from tests.fleet.test_service import measured, provisioned, started
from tests.store.values import GRANTED, measurement
from tests.waiting import until

__all__ = ["home"]


@asynccontextmanager
async def running_device(folder: Path) -> AsyncIterator[tuple[Path, Cloud, Tcp]]:
    device = folder / "device"
    async with running_cloud(folder / "cloud") as cloud, tcp() as line:
        with ear(folder) as supervisor:
            await provisioned(cloud, device, line.url)
            process = await started(device, supervisor)

            def measures() -> bool:
                line.say(telegrams("DD3", count=1)[0])
                return measured(device) > 0

            try:
                await until(measures, seconds=60)
                yield device, cloud, line
            finally:
                process.terminate()
                await process.communicate()


async def test_beside_a_service_that_runs_well_nothing_has_failed(tmp_path: Path) -> None:
    async with running_device(tmp_path) as (folder, _cloud, _line):
        status, found = await asyncio.to_thread(command, "--config", str(folder), "doctor")
        _, (look,) = await asyncio.to_thread(command, "--config", str(folder), "status")
    verdicts = {each["check"]: each["verdict"] for each in found}
    assert [each for each in found if each["verdict"] == "fail"] == []
    assert status == 0
    assert {"settings", "files", "certificate", "clock", "disk", "database", "consent"} <= verdicts.keys()
    assert {"sending", "port", "meter", "plugins", "cloud"} <= verdicts.keys()
    assert (look["consent"], look["meters"][0]["model"]) == ("granted", "DD3")
    assert look["kept"] >= look["waiting"] >= 0


def test_without_a_database_there_is_no_status(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(home), "status"]) == 1
    assert "the service has not been started" in capsys.readouterr().err
    (home / "edge.db").write_bytes(b"no database at all" * 100)
    assert main(["--config", str(home), "status"]) == 1


async def test_status_is_one_look(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Store.open(home / "edge.db", ballast=4096) as store:
        await store.run(consents.remember, GRANTED)
        await store.run(measurements.keep, measurement(0, meter=METER))
        await store.run(undated.keep, Undated(meter=METER, boot="b", slot=0, tick=1.0, data={}))
        await store.run(incidents.begin, trouble(Cause.ABSENT))
        await store.run(measurements.set_aside, [1], "strange", NOW)
        await store.run(contacts.failed, "the cloud did not answer in time", NOW)
        assert main(["--config", str(home), "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"device       {DEVICE}" in lines[0]
    assert "meter        MT681    measured 2026-11-24 10:00 UTC" in lines
    assert "kept         1 measurements, 0 wait for the cloud, 1 refused by the cloud, 1 without a time yet" in lines
    assert lines[-1] == "incident     SERIAL-PORT-UNAVAILABLE (absent) since 2026-11-24 10:05 UTC"
