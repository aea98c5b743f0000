"""Power that stays away is brought back by the PIN, once; and nobody but a person makes it try again."""

import asyncio
import logging
from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.app import _while_granted
from edge_app.metering.unlock.policy import OBSTACLES
from edge_app.metering.unlock.steward import EVERY
from edge_app.model.incident import Cause, Kind
from edge_app.model.obis import ENERGY_IN, POWER
from edge_app.simulator.display import Setting
from edge_app.store import Store, pins
from edge_app.store.vault import Vault
from edge_app.sync.gate import ConsentGate
from tests.steward.cellar import AFTER, METER, Cellar, at_work, store_in
from tests.store.values import GRANTED, REVOKED

ENTRY = 420.0
"""Seconds that are enough for an entry with all that belongs to it."""


def count(db: Database, table: str) -> int:
    number: int = db.table(table).count
    return number


@pytest.fixture
def cellar(store: Store, vault: Vault) -> Cellar:
    return Cellar("EHZ", store, vault)


async def test_power_that_stays_away_is_brought_back_by_the_pin(cellar: Cellar) -> None:
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.live(AFTER - 5)
        assert cellar.key.pulses == 0
        await cellar.live(ENTRY)
    (attempt,) = await cellar.attempts()
    assert (attempt.result, attempt.worked) == ("lasting", True)
    assert cellar.post.station.heard.last
    assert cellar.post.station.heard.last.unlocked
    assert cellar.told == []


async def test_a_meter_that_shows_its_power_gets_no_light(store: Store, vault: Vault) -> None:
    cellar = Cellar("EHZ", store, vault, locked=False)
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.live(AFTER + 60)
    assert cellar.key.pulses == 0
    assert await cellar.attempts() == []


async def test_after_a_power_cut_a_pin_that_works_is_entered_by_itself(cellar: Cellar) -> None:
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.live(AFTER + ENTRY)
        cellar.display.cut_power()
        await cellar.live(AFTER + ENTRY)
    assert [attempt.worked for attempt in await cellar.attempts()] == [True, True]
    assert cellar.display.full(cellar.clock.monotonic())
    assert cellar.told == []


async def test_a_wrong_pin_is_tried_exactly_once_over_three_restarts(tmp_path: Path) -> None:
    wrong = 0
    for life in range(3):
        async with store_in(tmp_path) as store:
            cellar = Cellar("EHZ", store, Vault.beside(tmp_path / "edge.db"))
            if not life:
                await cellar.keep_pin("4321")
            async with at_work(cellar):
                await cellar.live(AFTER + ENTRY)
            wrong += cellar.display.state.wrong
            assert await cellar.causes() == [Cause.REFUSED]
            assert cellar.told == ([] if life else ["opened refused"])
    assert wrong == 1


async def test_a_person_who_asks_gets_one_more_attempt(cellar: Cellar) -> None:
    await cellar.keep_pin("4321")
    async with at_work(cellar):
        await cellar.live(AFTER + ENTRY)
        await cellar.store.run(pins.ask_again, METER)
        await cellar.live(2 * ENTRY)
    assert cellar.display.state.wrong == 2
    assert cellar.told == ["opened refused"]


async def test_a_new_pin_is_tried_once_and_the_incident_ends(cellar: Cellar) -> None:
    await cellar.keep_pin("4321")
    async with at_work(cellar):
        await cellar.live(AFTER + ENTRY)
        await cellar.keep_pin()
        await cellar.live(ENTRY)
    assert cellar.told == ["opened refused", "closed refused"]


async def test_without_a_pin_it_says_so_and_energy_is_measured_all_the_same(cellar: Cellar) -> None:
    async with at_work(cellar):
        await cellar.live(AFTER + 900)
    assert cellar.told == ["opened locked"]
    assert [incident.kind for incident in await cellar.open_incidents()] == [Kind.OBIS_CODES_UNAVAILABLE]
    assert len(cellar.kept) == 2
    assert all(ENERGY_IN in each.data and POWER not in each.data for each in cellar.kept)


async def test_a_key_that_was_lost_is_as_if_there_were_no_pin(cellar: Cellar, tmp_path: Path) -> None:
    await cellar.keep_pin()
    (tmp_path / "edge.db.key").unlink()
    later = Cellar("EHZ", cellar.store, Vault.beside(tmp_path / "edge.db"))
    async with at_work(later):
        await later.live(AFTER + 20)
    assert later.told == ["opened locked"]
    assert later.key.pulses == 0


async def test_a_meter_that_knows_no_key_is_left_as_it_is(store: Store, vault: Vault) -> None:
    cellar = Cellar("EHZ", store, vault, keyless=True)
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.live(AFTER + 20)
    assert cellar.told == ["opened locked"]


async def test_a_model_with_a_menu_waits_for_a_person_after_its_pin(store: Store, vault: Vault) -> None:
    cellar = Cellar("EASY", store, vault)
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.live(AFTER + 2 * ENTRY)
    assert cellar.told == ["opened menu"]
    assert len(await cellar.attempts()) == 1


async def test_a_reading_head_whose_light_cannot_be_switched_is_an_incident(cellar: Cellar) -> None:
    await cellar.keep_pin()
    cellar.key.broken = True
    async with at_work(cellar):
        await cellar.live(AFTER + ENTRY)
        assert (await cellar.attempts())[0].result is None
        await cellar.store.run(pins.ask_again, METER)
        await cellar.live(60)
    assert cellar.told == ["opened interrupted", "closed interrupted", "opened dark"]


async def test_telegrams_under_our_own_light_are_neither_kept_nor_damaged(cellar: Cellar) -> None:
    await cellar.keep_pin()
    async with at_work(cellar):
        await cellar.until_lit()
        cellar.kept.clear()
        whole = cellar.heard
        cellar.speak()
        cellar.wire.say(cellar.virtual.telegram(cellar.clock.now())[:-30])
        await cellar.rest()
        cellar.speak()
        await cellar.rest()
        heard = cellar.post.station.heard
        assert (heard.whole, heard.damaged, heard.dazzled) == (whole, 0, 3)
        assert cellar.kept == []


class TestTwoMinutes:
    @pytest.fixture
    def brief(self, store: Store, vault: Vault) -> Cellar:
        return Cellar("EHZ", store, vault, setting=Setting(stays_open=False))

    async def test_where_no_pulses_are_allowed_it_is_said_and_not_tried_again(self, brief: Cellar) -> None:
        await brief.keep_pin()
        async with at_work(brief):
            await brief.live(AFTER + 3 * ENTRY)
        assert brief.told == ["opened brief"]
        assert [attempt.result for attempt in await brief.attempts()] == ["two-minutes"]

    async def test_where_they_are_the_pin_is_entered_again_and_kept_alive(self, brief: Cellar) -> None:
        cellar = Cellar("EHZ", brief.store, brief.vault, setting=brief.setting, keep_alive=True)
        await cellar.keep_pin()
        async with at_work(cellar):
            await cellar.live(AFTER + 2 * ENTRY)
            before = cellar.key.pulses
            await cellar.live(1000)
            assert 8 <= cellar.key.pulses - before <= 11
            assert cellar.display.full(cellar.clock.monotonic())
        assert [attempt.result for attempt in await cellar.attempts()] == ["two-minutes", "shown"]
        assert cellar.told == []
        assert not cellar.key.lit


class TestTheLightEndsOff:
    async def dark(self, cellar: Cellar) -> None:
        pulses = cellar.key.pulses
        assert not cellar.key.lit
        await cellar.clock.advance(60)
        assert (cellar.key.lit, cellar.key.pulses) == (False, pulses)

    async def test_when_it_is_stopped_in_the_middle_of_a_pulse(self, cellar: Cellar) -> None:
        await cellar.keep_pin()
        async with at_work(cellar):
            await cellar.until_lit()
        await self.dark(cellar)
        (attempt,) = await cellar.attempts()
        assert (attempt.result, attempt.worked) == (None, False)

    async def test_when_consent_is_revoked_and_everything_known_of_the_meter_goes(self, cellar: Cellar) -> None:
        gate = await ConsentGate.open(cellar.store)
        await gate.set(GRANTED)
        await cellar.keep_pin()
        being_there = asyncio.create_task(_while_granted(gate, cellar.post.run))
        await cellar.until_lit()
        await gate.set(REVOKED)
        await being_there
        await self.dark(cellar)
        await cellar.keep_pin()
        for table in ("pin", "attempt", "incident", "announcement", "identity"):
            assert await cellar.store.run(count, table) == 0

    async def test_when_the_port_goes_away(self, cellar: Cellar) -> None:
        await cellar.keep_pin()
        async with at_work(cellar):
            await cellar.until_lit()
            cellar.wire.unplug()
            await cellar.clock.advance(1.1)
            await cellar.rest()
            await self.dark(cellar)
            await cellar.rest()
            cellar.wire.plug()
            await cellar.clock.advance(EVERY)
            await cellar.live(AFTER + 60)
        assert sorted(cellar.told) == ["closed absent", "opened absent", "opened interrupted"]

    async def test_whoever_is_stopped_before_the_first_light_has_tried_nothing(self, cellar: Cellar) -> None:
        await cellar.keep_pin()
        async with at_work(cellar):
            await cellar.live(AFTER + 10)
            assert len(await cellar.attempts()) == 1
        assert cellar.key.pulses == 0
        assert await cellar.attempts() == []

    async def test_a_meter_that_falls_silent_before_it_gets_no_light(self, cellar: Cellar) -> None:
        await cellar.keep_pin()
        async with at_work(cellar):
            await cellar.live(AFTER - 1)
            while not await cellar.attempts():
                cellar.speak()
                await cellar.rest()
                await cellar.live(1, speaking=False)
            await cellar.live(90, speaking=False)
            assert await cellar.attempts() == []
            assert cellar.key.pulses == 0


async def test_the_pin_is_in_no_log(cellar: Cellar, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await cellar.keep_pin("4321")
    async with at_work(cellar):
        await cellar.live(AFTER + ENTRY)
    assert "4321" not in caplog.text
    assert [line for line in caplog.messages if "OBIS" in line] == [
        f"EHZ: OBIS-CODES-UNAVAILABLE (refused): {OBSTACLES[Cause.REFUSED]}"
    ]
