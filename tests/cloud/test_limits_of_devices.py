"""How often a device may come: twelve uploads an hour, twice as many at once, then 429 with the seconds to wait."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cloud_api.access import limits
from cloud_api.access.limits import Limit
from cloud_api.errors import OftenError
from cloud_api.store.place import Place
from tests.cloud.asking import UPLOAD, code, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, running_cloud

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
DEVICE = UUID(int=1)


@pytest.fixture
async def cloud(tmp_path: Path, clock: HandClock, place: Place) -> AsyncIterator[Cloud]:
    """One that takes as many uploads as it does by itself."""
    async with running_cloud(tmp_path / "cloud", clock=clock, place=place, uploads_an_hour=limits.UPLOADS) as running:
        yield running


async def upload(home: Home) -> tuple[int, int]:
    """The status, and the seconds to wait."""
    async with home.client.post(UPLOAD, json=measured(home.meter, NOW.isoformat())) as answer:
        return answer.status, int(answer.headers.get("Retry-After", "0"))


async def test_after_a_time_away_twice_an_hour_s_uploads_are_taken_at_once(granted: Home, clock: HandClock) -> None:
    assert [await upload(granted) for _ in range(24)] == [(200, 0)] * 24
    status, wait = await upload(granted)
    assert status == 429
    assert 300 <= wait <= 375
    clock.move(timedelta(seconds=299))
    assert (await upload(granted))[0] == 429
    clock.move(timedelta(seconds=1))
    assert [(await upload(granted))[0] for _ in range(2)] == [200, 429]
    clock.move(timedelta(hours=1))
    assert [(await upload(granted))[0] for _ in range(13)] == [200] * 12 + [429]


async def test_one_device_s_haste_is_no_other_s(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    for _ in range(25):
        await upload(granted)
    other = await cloud.add_household()
    bundle = await cloud.provision(other["measurement_devices"][0]["uuid"], tmp_path / "other")
    async with cloud.device(bundle) as client:
        await client.post("/household/consent")
        home = Home(household=other, bundle=bundle, client=client)
        assert await upload(home) == (200, 0)


async def test_reports_are_counted_by_themselves(granted: Home) -> None:
    where = f"/household/meter/{granted.meter}/incident/report"
    for _ in range(25):
        await upload(granted)
    codes = [await code(granted.client, "POST", where, json={"kind": "x"}) for _ in range(2 * limits.REPORTS + 1)]
    assert codes == [(422, "invalid-fields")] * 120 + [(429, "too-often")]
    assert (await granted.client.get("/household/meter")).status == 200


def taken(limit: Limit, times: int, *, device: UUID = DEVICE, at: datetime = NOW) -> int:
    """How many of so many were allowed."""
    done = 0
    for _ in range(times):
        try:
            limit.take(device, at=at)
        except OftenError:
            break
        done += 1
    return done


def test_a_bucket_is_never_fuller_than_full_and_a_clock_that_goes_back_fills_none() -> None:
    limit = Limit("uploads", an_hour=12)
    assert taken(limit, 30) == 24
    assert taken(limit, 30, at=NOW - timedelta(days=1)) == 0
    assert taken(limit, 30, at=NOW + timedelta(days=365)) == 24


def test_no_more_devices_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 3)
    limit = Limit("uploads", an_hour=12)
    taken(limit, 24)
    for _ in range(2):
        taken(limit, 1, device=uuid4())
    assert taken(limit, 1) == 0
    for _ in range(3):
        taken(limit, 1, device=uuid4())
    assert taken(limit, 1) == 1


def test_those_who_were_refused_do_not_come_back_together() -> None:
    limit = Limit("uploads", an_hour=12)
    waits = set()
    for number in range(50):
        device = UUID(int=number)
        taken(limit, 24, device=device)
        with pytest.raises(OftenError) as refusal:
            limit.take(device, at=NOW)
        waits.add(refusal.value.wait)
    assert len(waits) > 10
    assert min(waits) >= 300
