"""One figure of completeness: on the device's page, in both frontends, over the wire and in the data set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from cloud_api.access.shared_secrets import Group
from cloud_api.ledger.showing import digits
from cloud_api.ledger.states import SLOT
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock
from tests.dataset.exporting import release
from tests.ledger.test_endpoints import LEDGER, MISSING, grid, text
from tests.pages.home import at_home
from tests.registration.person import person

DAYS = 3
SILENT, GONE, NEVER = range(11, 40), range(60, 65), range(90, 97)
"""Slots from consent on that one meter lacks, that the other lacks for a reason, that both lack for none."""


async def plant(home: Home, first: datetime, last: int, clock: HandClock) -> None:
    """Measurements of both meters from the first slot on and before a last one, in the evening of each day."""
    for number, meter in enumerate(home.household["meters"]):
        lacking = {*(SILENT, GONE)[number], *NEVER}
        times = [text(first + slot * SLOT) for slot in range(last) if slot not in lacking]
        assert (await ask(home.client, "POST", UPLOAD, json=measured(meter["uuid"], *times)))[0] == 200
    begin, end = first + GONE.start * SLOT, first + GONE.stop * SLOT
    meter = home.household["meters"][1]["uuid"]
    gone = {"meter": meter, "from": text(begin), "to": text(end), "reason": "port-gone"}
    assert (await ask(home.client, "POST", MISSING, json={"missing": [gone]}))[0] == 200


async def test_whoever_looks_sees_the_same_figure(
    granted: Home, cloud: Cloud, clock: HandClock, tmp_path: Path
) -> None:
    first, uuid = grid(clock.now()), granted.household["uuid"]
    night = datetime.combine(first.date() + timedelta(days=DAYS), datetime.min.time(), tzinfo=UTC)
    last = (night - first) // SLOT - 12  # the newest ones are not there, though due
    clock.move(night - clock.now())
    await plant(granted, first, last, clock)
    due = (night - timedelta(minutes=75) - first) // SLOT + 1
    truth = 1 - (len(SILENT) + len(GONE) + 2 * len(NEVER) + 2 * (due - last)) / (2 * due)
    said = digits(truth)

    _, device = await ask(granted.client, "GET", LEDGER)
    async with cloud.people() as people:
        assert (await ask(people, "GET", f"/management/household/{uuid}/ledger"))[1] == device
    assert abs(device["completeness"] - truth) < 1e-12

    async with at_home(tmp_path) as there:
        there.answers["household/ledger"] = device
        await there.grant_here()
        assert f"since your consent, {said} % have been measured" in await there.read()
    async with person(cloud, "registration", Group.RESEARCHER) as researcher:
        assert f" {said}% " in (await researcher.open(f"/household/{uuid}")).words
    async with person(cloud, "status", Group.ADMINISTRATOR) as administrator:
        assert f" {said}% " in (await administrator.open(f"/{granted.device}")).words

    async with cloud.database() as database:
        summary = await release(cloud.folder, database, tmp_path / "out", until=night.date())
    assert summary.tally.completeness == device["completeness"]
    assert f"completeness {said}%" in (tmp_path / "out" / "datacard.en.md").read_text()
    rows = pq.read_table(tmp_path / "out" / "meter.parquet").to_pylist()
    assert sorted(row["completeness"] for row in rows) == sorted(meter["completeness"] for meter in device["meters"])
    assert (
        sum(row["measured"] + row["late"] for row in rows) / sum(row["expected"] for row in rows)
        == (device["completeness"])
    )
