"""Batches go in whole or not at all, and come out digit for digit."""

import asyncio
import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api import wire
from cloud_api.api.body import parse
from cloud_api.errors import FieldsError, NotJsonError
from cloud_api.wire.checks import check_batch
from cloud_api.wire.json_exact import encode
from tests.cloud.asking import UPLOAD, ask, code, measured, pointers
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock

pytestmark = pytest.mark.both_databases

TIME = "2026-11-24T10:15:02.118Z"
METER = "0b8a2a9c-52a5-4c0c-9b0b-4a3e57cf1c55"
JSON = {"Content-Type": "application/json"}
TIMES = [f"2026-11-24T{hour:02}:{minute:02}:00Z" for hour in range(10) for minute in (0, 15, 30, 45)]


async def series(home: Home, **query: str) -> dict[str, Any]:
    status, page = await ask(home.client, "GET", f"/household/meter/{home.meter}/measurement", params=query)
    assert status == 200, page
    return dict(page)


async def times(home: Home, **query: str) -> list[datetime]:
    page = await series(home, **query)
    return [datetime.fromisoformat(measurement["time"]) for measurement in page["measurements"]]


async def test_what_was_sent_comes_back(granted: Home) -> None:
    assert await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, TIME)) == (
        200,
        {"stored": 1, "duplicates": 0},
    )
    page = await series(granted)
    assert page["next"] is None
    (measurement,) = page["measurements"]
    assert measurement["meter"] == granted.meter
    assert datetime.fromisoformat(measurement["time"]) == datetime.fromisoformat(TIME)
    assert measurement["data"] == [{"0100010800ff": 10234.7412}, {"0100100700ff": -0.431}]


async def test_sending_again_does_no_harm(granted: Home) -> None:
    body = measured(granted.meter, *TIMES)
    assert (await ask(granted.client, "POST", UPLOAD, json=body))[1] == {"stored": 40, "duplicates": 0}
    assert (await ask(granted.client, "POST", UPLOAD, json=body))[1] == {"stored": 0, "duplicates": 40}
    more = measured(granted.meter, *TIMES[30:], TIME)
    assert (await ask(granted.client, "POST", UPLOAD, json=more))[1] == {"stored": 1, "duplicates": 10}
    assert len(await times(granted)) == 41


async def test_of_two_for_the_same_moment_the_first_stays(granted: Home) -> None:
    for value in (1, 2):
        await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, TIME, data=[{"0100010800ff": value}]))
    one_batch = measured(granted.meter, TIMES[0], TIMES[0])
    assert (await ask(granted.client, "POST", UPLOAD, json=one_batch))[1] == {"stored": 1, "duplicates": 1}
    assert (await series(granted))["measurements"][-1]["data"] == [{"0100010800ff": 1}]


async def test_the_same_batch_from_many_connections_is_stored_once(cloud: Cloud, granted: Home) -> None:
    body = measured(granted.meter, *TIMES)
    answers = await asyncio.gather(*(ask(granted.client, "POST", UPLOAD, json=body) for _ in range(8)))
    assert sum(answer["stored"] for _, answer in answers) == 40
    assert sum(answer["duplicates"] for _, answer in answers) == 7 * 40


async def test_a_series_is_read_page_by_page_oldest_first(granted: Home) -> None:
    await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, *reversed(TIMES)))
    read: list[datetime] = []
    query = {"limit": "7"}
    for _ in count():
        page = await series(granted, **query)
        read += [datetime.fromisoformat(measurement["time"]) for measurement in page["measurements"]]
        if page["next"] is None:
            break
        assert len(page["measurements"]) == 7
        query["cursor"] = page["next"]
    assert read == [datetime.fromisoformat(time) for time in TIMES]


async def test_a_period_includes_its_beginning_and_not_its_end(granted: Home) -> None:
    await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, *TIMES))
    begin, end = TIMES[4], TIMES[8]
    wanted = [datetime.fromisoformat(time) for time in TIMES[4:8]]
    assert await times(granted, **{"from": begin, "to": end}) == wanted
    assert await times(granted, **{"from": begin, "to": begin}) == []


async def test_a_query_that_cannot_be_is_refused_by_its_parameter(granted: Home) -> None:
    path = f"/household/meter/{granted.meter}/measurement"
    for name, value in (
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "many"),
        ("from", "yesterday"),
        ("from", "0.5"),
        ("to", "1764000000"),
        ("from", "2026-11-24T10:00:00"),
        ("to", "2026-11-24T10:00:00+01:00"),
        ("cursor", "x"),
        ("before", TIME),
    ):
        status, body = await ask(granted.client, "GET", path, params={name: value})
        assert (status, [error["pointer"] for error in body["errors"]]) == (422, [f"/{name}"])


async def test_a_meter_that_is_no_uuid_is_not_there(granted: Home) -> None:
    assert await code(granted.client, "GET", "/household/meter/x/measurement") == (404, "not-found")


def changed(**fields: Any) -> dict[str, Any]:
    """A batch of two whose second measurement has other fields; None leaves one out."""
    good = {"meter": METER, "time": TIME, "data": [{"0100010800ff": 1.5}]}
    second = {name: value for name, value in (good | fields).items() if value is not None}
    return {"measurements": [good, second]}


@pytest.mark.parametrize(
    ("batch", "pointer"),
    [
        (changed(meter="x"), "/measurements/1/meter"),
        (changed(meter=None), "/measurements/1/meter"),
        (changed(time="24.11.2026"), "/measurements/1/time"),
        (changed(time=1764000000), "/measurements/1/time"),
        (changed(time="2026-11-24T10:15:02"), "/measurements/1/time"),
        (changed(time="2026-11-24T10:15:02+01:00"), "/measurements/1/time"),
        (changed(data=[]), "/measurements/1/data"),
        (changed(data=[{}]), "/measurements/1/data/0"),
        (changed(data=[{"0100010800ff": 1, "0100020800ff": 2}]), "/measurements/1/data/0"),
        (changed(data=[{"0100010800ff": 1}, {"0100010800ff": 1}]), "/measurements/1/data"),
        (changed(data=[{"0100010800ff": 1}, {"0100010800FF": 1}]), "/measurements/1/data/1"),
        (changed(data=[{"1-0:1.8.0": 1}]), "/measurements/1/data/0"),
        (changed(data=[{"0100010800ff": "1.5"}]), "/measurements/1/data/0"),
        (changed(data=[{"0100010800ff": True}]), "/measurements/1/data/0"),
        (changed(data=[{"0100010800ff": [1]}]), "/measurements/1/data/0"),
        (changed(quality="good"), "/measurements/1/quality"),
        ({"measurements": []}, "/measurements"),
        ({}, "/measurements"),
        ([], ""),
    ],
)
def test_a_field_that_is_not_as_expected_is_named(batch: Any, pointer: str) -> None:
    with pytest.raises(FieldsError) as refusal:
        check_batch(parse(json.dumps(batch).encode(), wire.MeasurementBatch), datetime.now(UTC))
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


async def test_one_wrong_field_refuses_the_whole_batch(granted: Home) -> None:
    batch = measured(granted.meter, TIMES[0], "24.11.2026", TIMES[1])
    assert await pointers(granted.client, UPLOAD, batch) == ["/measurements/1/time"]
    assert await times(granted) == []


async def test_every_wrong_time_of_a_batch_is_named(granted: Home, clock: HandClock) -> None:
    ahead = (clock.now() + timedelta(minutes=5, seconds=1)).isoformat()
    assert await pointers(granted.client, UPLOAD, measured(granted.meter, ahead, TIME, ahead)) == [
        "/measurements/0/time",
        "/measurements/2/time",
    ]
    assert await times(granted) == []


async def test_a_device_s_clock_may_be_five_minutes_ahead(granted: Home, clock: HandClock) -> None:
    ahead = (clock.now() + timedelta(minutes=5)).isoformat()
    assert (await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, ahead)))[0] == 200


async def test_a_full_batch_fits(granted: Home) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    quarters = [(start + timedelta(minutes=15 * number)).isoformat() for number in range(1000)]
    registers = [{f"0100{code}ff": 12345.6789} for code in ("010800", "020800")]
    body = json.dumps(measured(granted.meter, *quarters, data=registers), separators=(",", ":"))
    assert len(body) < 256 * 1024
    assert (await ask(granted.client, "POST", UPLOAD, data=body, headers=JSON))[1]["stored"] == 1000
    assert len(await times(granted)) == 1000


async def test_a_body_may_be_compressed(granted: Home) -> None:
    body = gzip.compress(json.dumps(measured(granted.meter, TIME)).encode())
    headers = {**JSON, "Content-Encoding": "gzip"}
    assert (await ask(granted.client, "POST", UPLOAD, data=body, headers=headers))[1]["stored"] == 1


UNREADABLE: list[tuple[bytes, dict[str, str], tuple[int, str]]] = [
    (b"", {}, (400, "no-json")),
    (b'{"measurements": ', {}, (400, "no-json")),
    (b"\xff", {}, (400, "no-json")),
    (b'["no object', {}, (400, "no-json")),
    (b'{"measurements": 1', {}, (400, "no-json")),
    (b'{"measurements": ["\xff"]}', {}, (400, "no-json")),
    (b'{"measurements": [NaN]}', {}, (400, "no-json")),
    (b"no gzip", {"Content-Encoding": "gzip"}, (400, "no-json")),
    (gzip.compress(b"{}")[:-9], {"Content-Encoding": "gzip"}, (400, "no-json")),
    (gzip.compress(b"{}") + b"more", {"Content-Encoding": "gzip"}, (400, "no-json")),
    (b"{}", {"Content-Encoding": "deflate"}, (415, "unsupported-media-type")),
    (b"{}", {"Content-Type": "text/plain"}, (415, "unsupported-media-type")),
    (b" " * (256 * 1024 + 1), {}, (413, "too-large")),
    (gzip.compress(b" " * (256 * 1024 + 1)), {"Content-Encoding": "gzip"}, (413, "too-large")),
    (gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}, (413, "too-large")),
    (json.dumps({"measurements": [changed()["measurements"][0]] * 1001}).encode(), {}, (413, "too-large")),
]


async def test_a_body_that_cannot_be_read_is_refused(granted: Home) -> None:
    for body, headers, refusal in UNREADABLE:
        assert await code(granted.client, "POST", UPLOAD, data=body, headers=JSON | headers) == refusal, headers


def finite(digits: st.SearchStrategy[int]) -> st.SearchStrategy[Decimal]:
    """What a meter could ever say: an integer of 64 bits, scaled by a power of ten."""
    return st.builds(lambda number, scale: Decimal(number).scaleb(scale), digits, st.integers(-128, 127))


@given(finite(st.integers(-(2**63), 2**64 - 1)))
def test_every_value_of_a_meter_keeps_its_digits(value: Decimal) -> None:
    body = json.dumps(changed(data=[{"0100010800ff": 0}])).encode().replace(b": 0}", b": %s}" % str(value).encode())
    batch = parse(body, wire.MeasurementBatch)
    written = encode(batch.measurements[1].data).decode()
    (register,) = json.loads(written, parse_float=Decimal, parse_int=Decimal)
    assert register["0100010800ff"].as_tuple() == value.as_tuple()


async def test_digits_stay_as_they_were_through_the_database(granted: Home) -> None:
    said = ["0", "-0.0", "10234.7410", "1E+2", "0.00001", "12345678901234567890.123", "1e-7"]
    for time, digits in zip(TIMES, said, strict=False):
        body = json.dumps(measured(granted.meter, time, data=[{"0100010800ff": 0}])).replace(": 0}", f": {digits}}}")
        assert (await ask(granted.client, "POST", UPLOAD, data=body, headers=JSON))[0] == 200
    async with granted.client.get(f"/household/meter/{granted.meter}/measurement") as answer:
        page = json.loads(await answer.text(), parse_float=Decimal, parse_int=Decimal)
    values = [measurement["data"][0]["0100010800ff"] for measurement in page["measurements"]]
    assert [value.as_tuple() for value in values] == [Decimal(digits).as_tuple() for digits in said]


@pytest.mark.parametrize("digits", ["1e400", "1e-400", "1e99999999999999999999", "1" * 41, "1" * 5000, "0." + "1" * 41])
def test_what_no_meter_can_say_is_refused(digits: str) -> None:
    body = json.dumps(changed(data=[{"0100010800ff": 0}])).replace(": 0}", f": {digits}}}").encode()
    with pytest.raises(FieldsError):
        parse(body, wire.MeasurementBatch)


@given(
    st.binary() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(repr).map(str.encode)
)
def test_any_bytes_are_a_batch_or_a_clear_refusal(body: bytes) -> None:
    with suppress(FieldsError, NotJsonError):
        assert parse(body, wire.MeasurementBatch).measurements
