"""The demonstration carries measurements of five meters to the cloud, whatever is killed meanwhile."""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_app.model.obis import ENERGY_IN
from tests.demo.household import METERS
from tests.demo.processes import DemoError, Program
from tests.demo.scene import Scene, fresh, set_up
from tests.demo.stage import running
from tests.waiting import until

KILLS = 6


async def demo(*words: str) -> tuple[int | None, str, str]:
    """What `make demo` calls: its status, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.demo", *words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, out.decode(), err.decode()


async def test_it_ends_by_itself_once_every_meter_has_three_measurements_in_the_cloud(tmp_path: Path) -> None:
    status, out, err = await demo("--once", "--data", str(tmp_path / "demo"))
    assert (status, err) == (0, "")
    back = out.partition("read back from the cloud:\n")[2].splitlines()
    assert Counter(line.split()[0] for line in back) == {meter.model: 3 for meter in METERS}
    assert all(str(ENERGY_IN) in line for line in back)
    assert [pid for pid in pids(tmp_path) if Path(f"/proc/{pid}").exists()] == []


async def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    status, _, err = await demo("--once", "--data", str(tmp_path))
    assert status == 1
    assert "was not made by a demonstration" in err
    assert (tmp_path / "precious").exists()


async def test_a_program_that_ends_by_itself_is_a_failure_with_its_last_word(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match=r"the fortune teller ended with status 3: out of order \(see .*log\)"):
        await Program("the fortune teller", ["sh", "-c", "echo out of order; exit 3"], tmp_path / "f.log").run()


async def test_each_slot_that_was_measured_is_in_the_cloud_exactly_once_whoever_is_killed(tmp_path: Path) -> None:
    rng = random.Random(20261124)
    scene = await set_up(fresh(tmp_path / "demo"))
    async with running(scene) as observer:
        for _ in range(KILLS):
            await measures_more(scene)
            await asyncio.sleep(rng.uniform(0, 2))  # the moment of a power cut has no event to wait for
            os.kill(int((scene.folder / rng.choice(["cloud.pid", "edge.pid"])).read_text()), signal.SIGKILL)
        await measures_more(scene)
        before = [on_device(scene, uuid) for uuid in scene.meters]
        await until(lambda: observer.device()[1] == 0, seconds=60)
        held = [[measurement["time"] for measurement in await observer.measurements(uuid)] for uuid in scene.meters]
        after = [on_device(scene, uuid) for uuid in scene.meters]
    for measured, in_cloud, on_the_device in zip(before, held, after, strict=True):
        assert len(measured) > KILLS / 2
        assert in_cloud[: len(measured)] == measured
        assert in_cloud == on_the_device[: len(in_cloud)]


async def measures_more(scene: Scene) -> None:
    """Wait for the next measurement on the device."""
    before = sum(len(on_device(scene, uuid)) for uuid in scene.meters)
    await until(lambda: sum(len(on_device(scene, uuid)) for uuid in scene.meters) > before, seconds=60)


def on_device(scene: Scene, uuid: str) -> list[str]:
    """When a meter was measured, as the device remembers it."""
    with closing(sqlite3.connect(f"file:{scene.bundle / 'edge.db'}?mode=ro", uri=True)) as db:
        rows = db.execute("select time from measurement where meter = ? order by seq", [uuid]).fetchall()
    moments = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros) for (micros,) in rows]
    return [f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z" for moment in moments]


def pids(folder: Path) -> list[int]:
    return [int(file.read_text()) for file in folder.rglob("*.pid")]
