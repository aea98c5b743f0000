"""Batches go in whole or not at all, and come out digit for digit."""

from tests.cloud.conftest import Home

TIME = "2026-11-24T10:15:02.118Z"


def batch(meter: str, *times: str) -> dict[str, object]:
    return {"measurements": [{"meter": meter, "time": time, "data": [{"0100010800ff": 1.5}]} for time in times]}


async def test_sending_again_does_no_harm(granted: Home) -> None:
    body = batch(granted.meter, TIME)
    async with granted.client.post("/household/meter/measurement", json=body) as first:
        assert await first.json() == {"stored": 1, "duplicates": 0}
    async with granted.client.post("/household/meter/measurement", json=body) as second:
        assert await second.json() == {"stored": 0, "duplicates": 1}
