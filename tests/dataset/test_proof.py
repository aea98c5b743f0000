"""A few households against the truth of their virtual meters; `make proof` takes fifty through a year."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cloud_api.store.database import Database
from cloud_api.store.place import Place
from tests.dataset.exporting import names_of, release
from tests.dataset.proof import prove
from tests.dataset.virtual import OUTAGE, fresh_folder, seed

SINCE, DAYS = date(2026, 5, 27), 20  # over the end of a month, and long enough for an outage to be settled


@pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
async def test_every_kwh_is_accounted_for_and_every_planted_fault_is_told(tmp_path: Path, place: Place) -> None:
    folder = await fresh_folder(tmp_path / "cloud", place)
    async with Database.open(place) as database:
        planted = await seed(database, since=SINCE, days=DAYS, count=2)
        summary = await release(folder, database, tmp_path / "out", until=SINCE + timedelta(days=DAYS))
    begin = datetime(SINCE.year, SINCE.month, SINCE.day, tzinfo=UTC)
    proof = prove(tmp_path / "out", planted, names_of(folder, planted), since=begin)
    assert proof.flags == sum(len(meter.flags) for household in planted for meter in household.meters)
    assert proof.energy + proof.flagged == pytest.approx(proof.flowed, abs=0.0001 * 2 * (proof.flags + 12))
    assert proof.gaps > 100
    assert summary.reasons["device-off"] > 2 * 2 * OUTAGE  # those that were told, and those concluded
    assert summary.measurements == sum(len(meter.shown) for household in planted for meter in household.meters)
    assert summary.tally.missing == proof.gaps
    assert summary.flags == {"exchange": 8, "reset": 8, "wrong-order": 16}
