"""The gate opens once and closes once."""

import asyncio
import logging
from pathlib import Path

import pytest

from edge_app.model.consent import NOT_GRANTED
from edge_app.store import Store, measurements
from edge_app.sync.gate import ConsentGate
from tests.store.values import GRANTED, REVOKED, files_with, measurement


async def test_a_new_device_waits_for_consent(store: Store) -> None:
    gate = await ConsentGate.open(store)
    assert gate.consent == NOT_GRANTED
    assert not gate.granted.is_set()
    assert not gate.revoked.is_set()


async def test_whoever_waits_is_woken_by_each_step(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    gate = await ConsentGate.open(store)
    granted, revoked = asyncio.create_task(gate.granted.wait()), asyncio.create_task(gate.revoked.wait())

    assert await gate.set(GRANTED) == GRANTED
    assert await granted
    assert not revoked.done()
    assert await gate.set(REVOKED) == REVOKED
    assert await revoked
    assert not gate.granted.is_set()
    assert caplog.messages == ["the consent is granted", "the consent is revoked"]


async def test_a_step_back_changes_nothing(store: Store) -> None:
    gate = await ConsentGate.open(store)
    await gate.set(GRANTED)
    assert await gate.set(NOT_GRANTED) == GRANTED
    assert gate.granted.is_set()
    await gate.set(REVOKED)
    assert await gate.set(GRANTED) == REVOKED
    assert not gate.granted.is_set()


async def test_a_restart_stands_where_it_stood(tmp_path: Path) -> None:
    for told in (GRANTED, REVOKED):
        async with Store.open(tmp_path / "edge.db") as store:
            await (await ConsentGate.open(store)).set(told)
        async with Store.open(tmp_path / "edge.db") as store:
            gate = await ConsentGate.open(store)
            assert gate.consent == told
            assert gate.granted.is_set() is (told is GRANTED)
            assert gate.revoked.is_set() is (told is REVOKED)


async def test_with_the_revocation_every_measurement_leaves_the_device(store: Store, tmp_path: Path) -> None:
    gate = await ConsentGate.open(store)
    await gate.set(GRANTED)
    await store.run(measurements.keep, measurement(0, energy="4711.08154711"))
    assert files_with(tmp_path, b"4711.08154711")
    await gate.set(REVOKED)

    assert await store.run(measurements.latest) == {}
    assert files_with(tmp_path, b"4711.08154711") == []
    assert not await store.run(measurements.keep, measurement(1))
