"""What keeps telegrams away is told apart, said once, and over as soon as the meter is heard again."""

import asyncio
import fcntl
import logging
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.profile import profile
from edge_app.metering.watch.line_watch import GRACE, WINDOW
from edge_app.model.incident import Cause, Kind
from edge_app.model.obis import ENERGY_IN
from edge_app.simulator.virtual_meter import VirtualMeter
from edge_app.store import Store, identities, incidents
from edge_app.store.vault import Vault
from tests.edge.lines import Pty, by_link, pty
from tests.steward.cellar import METER, PATIENCE, Cellar, at_work, store_in
from tests.waiting import until


@pytest.fixture
async def cellar(store: Store, vault: Vault) -> AsyncIterator[Cellar]:
    """The meter has been heard for a while."""
    async with at_work(Cellar("EHZ", store, vault, locked=False)) as cellar:
        await cellar.live(10)
        assert cellar.heard
        yield cellar


async def hear(cellar: Cellar, telegram: Callable[[], bytes], seconds: float = 3 * WINDOW + 15) -> None:
    """Let the line say something else for a while."""
    for _ in range(int(seconds / 2)):
        cellar.wire.say(telegram())
        await cellar.live(2, speaking=False)


def meter(cellar: Cellar, model: str, seed: int) -> Callable[[], bytes]:
    variant = profile(load().models[model]).variant(None)
    other = VirtualMeter(variant=variant, role="electricity", seed=seed, since=cellar.clock.now())
    return lambda: other.telegram(cellar.clock.now())


def flipped(cellar: Cellar, share: float) -> Callable[[], bytes]:
    """The meter's own telegrams, so many of them with a wrong byte."""
    chance = random.Random(1)

    def telegram() -> bytes:
        whole = cellar.virtual.telegram(cellar.clock.now())
        return whole.replace(b"EMH", b"EMX", 1) if chance.random() < share else whole

    return telegram


def seven_bits(data: bytes) -> bytes:
    return bytes(byte & 0x7F for byte in data)


async def test_a_head_that_was_turned_is_garbled_with_the_share_and_a_hint(
    cellar: Cellar, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "edge_app.metering.watch.incident_book")
    await hear(cellar, flipped(cellar, 0.8))
    (incident,) = await cellar.open_incidents()
    assert (incident.kind, incident.cause) == (Kind.SERIAL_PORT_UNAVAILABLE, Cause.GARBLED)
    assert "% of the telegrams arrive whole: turn the head a little" in incident.detail
    await cellar.live(2 * WINDOW)
    assert cellar.told == ["opened garbled", "closed garbled"]
    assert caplog.messages == [
        f"EHZ: SERIAL-PORT-UNAVAILABLE (garbled): {incident.detail}",
        "EHZ: SERIAL-PORT-UNAVAILABLE (garbled) is over",
    ]


async def test_a_head_at_which_nothing_arrives_whole_is_garbled(cellar: Cellar) -> None:
    await hear(cellar, flipped(cellar, 1.0))
    assert await cellar.causes() == [Cause.GARBLED]


async def test_a_damaged_telegram_now_and_then_is_no_incident(cellar: Cellar) -> None:
    await hear(cellar, flipped(cellar, 0.2), 3 * WINDOW)
    assert cellar.told == []


async def test_a_port_that_takes_a_bit_away_is_set_wrongly(cellar: Cellar) -> None:
    await hear(cellar, lambda: seven_bits(cellar.virtual.telegram(cellar.clock.now())))
    await cellar.live(2 * WINDOW + 10)
    assert cellar.told == ["opened settings", "closed settings"]


async def test_noise_without_a_telegram_is_a_line_set_wrongly(cellar: Cellar) -> None:
    chance = random.Random(2)
    await hear(cellar, lambda: chance.randbytes(200))
    assert await cellar.causes() == [Cause.SETTINGS]


async def test_another_model_is_said_and_nothing_of_it_kept(cellar: Cellar) -> None:
    kept = len(cellar.kept)
    await hear(cellar, meter(cellar, "DD3", 1), 16 * 60)
    await cellar.live(2 * WINDOW + 10)
    assert cellar.told == ["opened model", "closed model"]
    assert len(cellar.kept) == kept + 1  # the one of its own, at the end


class TestAnotherMeter:
    async def test_it_is_said_and_nothing_of_it_kept_until_a_person_confirms(self, cellar: Cellar) -> None:
        await cellar.keep_pin()
        kept = len(cellar.kept)
        other = meter(cellar, "EHZ", 2)
        await hear(cellar, other, 16 * 60)
        assert await cellar.causes() == [Cause.FOREIGN]
        assert len(cellar.kept) == kept

        await cellar.store.run(identities.confirm_exchange, METER)
        await hear(cellar, other, 2 * WINDOW + 10)
        assert cellar.told == ["opened foreign", "closed foreign"]
        assert len(cellar.kept) == kept + 1
        assert cellar.kept[-1].data[ENERGY_IN] != cellar.kept[0].data[ENERGY_IN]
        assert await cellar.attempts() == []

        await cellar.live(3 * WINDOW + 15)
        assert await cellar.causes() == [Cause.FOREIGN]

    async def test_the_right_one_ends_it_without_anybody(self, cellar: Cellar) -> None:
        await hear(cellar, meter(cellar, "EHZ", 2))
        await cellar.live(2 * WINDOW + 10)
        assert cellar.told == ["opened foreign", "closed foreign"]

    async def test_which_one_is_right_is_known_after_a_restart(self, tmp_path: Path) -> None:
        vault = Vault.beside(tmp_path / "edge.db")
        async with store_in(tmp_path) as store, at_work(Cellar("EHZ", store, vault, locked=False)) as first:
            await first.live(10)
        async with (
            store_in(tmp_path) as store,
            at_work(Cellar("EHZ", store, vault, locked=False, seed=2)) as second,
        ):
            await second.live(3 * WINDOW + 15)
            assert second.told == ["opened foreign"]
            assert second.kept == []
            assert second.heard == 0

    async def test_no_pin_is_entered_there(self, store: Store, vault: Vault) -> None:
        await store.run(identities.heard, METER, "0a01454d480000999999")
        async with at_work(Cellar("EHZ", store, vault)) as cellar:
            await cellar.keep_pin()
            await cellar.live(600)
            assert cellar.key.pulses == 0


@asynccontextmanager
async def on_a_real_line(cellar: Cellar, url: str, *, silence: float = 10.0) -> AsyncIterator[None]:
    """The post in front of a real port, at which time passes quickly."""
    cellar.post.station.probe = Probe(Port(url=url, silence=silence), clock=cellar.clock)

    async def passing() -> None:
        while True:
            await cellar.clock.advance(0.5)
            await asyncio.sleep(0.005)

    time = asyncio.create_task(passing())
    try:
        async with at_work(cellar):
            yield
    finally:
        time.cancel()
        await asyncio.wait([time])


@pytest.fixture
def quiet(store: Store, vault: Vault) -> Cellar:
    """Nothing was ever heard of the meter."""
    return Cellar("EHZ", store, vault, locked=False)


async def speaking_until(cellar: Cellar, line: Pty, heard: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not heard():
            line.say(cellar.virtual.telegram(cellar.clock.now()))
            await asyncio.sleep(0.02)


async def test_an_adapter_that_is_pulled_out_is_one_incident(quiet: Cellar, tmp_path: Path) -> None:
    link = tmp_path / "by-path"
    first = Pty()
    async with on_a_real_line(quiet, by_link(first, link)):
        await speaking_until(quiet, first, lambda: quiet.heard > 0)
        link.unlink()
        first.hang_up()
        await until(lambda: quiet.told == ["opened absent"])
        with pty() as second:
            by_link(second, link)
            await speaking_until(quiet, second, lambda: len(quiet.told) > 1)
    assert quiet.told == ["opened absent", "closed absent"]


async def test_a_port_that_another_program_holds_is_busy(quiet: Cellar) -> None:
    with pty() as line:
        holder = os.open(line.url, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        async with on_a_real_line(quiet, line.url):
            await until(lambda: quiet.told == ["opened busy"])
            os.close(holder)
            await speaking_until(quiet, line, lambda: len(quiet.told) > 1)
    assert quiet.told == ["opened busy", "closed busy"]


async def test_a_meter_that_says_nothing_is_silent(quiet: Cellar) -> None:
    with pty() as line:
        async with on_a_real_line(quiet, line.url, silence=0.2):
            await until(lambda: quiet.told == ["opened silent"])
            await speaking_until(quiet, line, lambda: len(quiet.told) > 1)
    assert quiet.told == ["opened silent", "closed silent"]


async def test_a_short_break_is_no_incident_and_a_change_of_cause_is_another(cellar: Cellar) -> None:
    cellar.wire.unplug()
    await cellar.clock.advance(GRACE - 5)
    cellar.wire.plug()
    await cellar.clock.advance(5)
    await cellar.live(20)
    assert cellar.told == []

    await hear(cellar, lambda: bytes(40))
    cellar.wire.unplug()
    await cellar.clock.advance(GRACE + 6)
    await cellar.rest()
    assert cellar.told == ["opened settings", "closed settings", "opened absent"]


async def test_an_incident_outlives_a_restart_and_is_opened_once(store: Store, vault: Vault) -> None:
    for life in range(2):
        async with at_work(Cellar("EHZ", store, vault, locked=False)) as cellar:
            cellar.wire.unplug()
            await cellar.live(GRACE + 10, speaking=False)
            assert cellar.told == ([] if life else ["opened absent"])
    async with at_work(Cellar("EHZ", store, vault, locked=False)) as cellar:
        await cellar.live(10)
        assert cellar.told == ["closed absent"]
    steps = await store.run(lambda db: [row["step"] for row in db.query("select step from announcement order by seq")])
    assert steps == [incidents.Step.REPORT, incidents.Step.RESOLVE]
