"""Virtual households in a cloud's database, with faults planted that a data set has to tell of."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.folder import making
from cloud_api.folder.layout import DataFolder
from cloud_api.ledger.states import ASKED, SLOT, Reason, Told
from cloud_api.store import consents, households, measurements, schema, slots
from cloud_api.store.database import Database
from cloud_api.store.locations import Placed
from cloud_api.store.measurements import Row
from cloud_api.store.place import Place
from cloud_api.store.registering import register
from cloud_api.wire import json_exact
from edge_app.simulator.household import WATT_HOUR, Household, Role
from tests.cloud.running import HandClock, fresh_draft

DAY = 96
"""Slots."""
OUTAGE = 30
"""Slots."""
RESOLUTION = WATT_HOUR // 10
"""Of the counters: a tenth of a watt-hour, in hundredths of a watt second."""
ROLES: tuple[Role, ...] = ("electricity", "pv-generation")
REASONS = [reason for reason in Reason if reason is not Reason.UNKNOWN]


@dataclass(kw_only=True)
class Shown:
    """One measurement: when it was read, what had flowed by then, what the counters showed, in tenths of Wh."""

    time: datetime
    flowed: tuple[int, int]
    counters: tuple[int, int]
    power: int


@dataclass(kw_only=True)
class PlantedMeter:
    """A meter with its measurements by slot (from 0), and the truth about them."""

    uuid: UUID
    shown: dict[int, Shown] = field(default_factory=dict)
    states: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    """Of the slots that are not simply measured."""
    untold: set[int] = field(default_factory=set)
    """The missing ones of which the device has said nothing."""
    flags: dict[int, str] = field(default_factory=dict)
    """By the slot from which the step goes."""


@dataclass(kw_only=True)
class Planted:
    """A household with its meters."""

    uuid: UUID
    meters: list[PlantedMeter]


def plant(
    house: Household, role: Role, *, uuid: UUID, since: datetime, days: int, chance: random.Random
) -> PlantedMeter:
    """Measure a meter through all slots, and spoil what a real one would: gaps, a swap, a reset, a lost order."""
    meter = PlantedMeter(uuid=uuid)
    base = (chance.randrange(10**7), chance.randrange(10**6))
    at = sorted(chance.sample(range(20, days * DAY - 20, 8), 3))  # far enough apart to be told apart
    kinds = ["swap", "reset", "order"]
    chance.shuffle(kinds)
    faults = dict(zip(kinds, at, strict=True))
    for slot in range(days * DAY):
        time = since + slot * SLOT + timedelta(milliseconds=chance.randrange(40, 2000))
        flow = house.flow(role, time)
        flowed = flow.energy_in, flow.energy_out
        tenths = flowed[0] // RESOLUTION, flowed[1] // RESOLUTION
        if slot == faults["swap"]:
            base = chance.randrange(10**6) - tenths[0], 17 - tenths[1]
        if slot == faults["reset"]:
            base = -tenths[0], -tenths[1]
        counters = base[0] + tenths[0], base[1] + tenths[1]
        meter.shown[slot] = Shown(time=time, flowed=flowed, counters=counters, power=flow.power)
    _lose_order(meter, faults["order"])
    _gaps(meter, days, chance, spared=at)
    before = {kind: max(slot for slot in meter.shown if slot < place) for kind, place in faults.items()}
    meter.flags = {before["swap"]: "exchange", before["reset"]: "reset"}
    meter.flags |= {before["order"]: "wrong-order", faults["order"]: "wrong-order"}
    return meter


def exchange_of(meter: PlantedMeter) -> tuple[datetime, datetime]:
    """From when to when the device heard another meter: within the slot before the swap."""
    [slot] = [slot for slot, flag in meter.flags.items() if flag == "exchange"]
    return meter.shown[slot].time + timedelta(minutes=2), meter.shown[slot].time + timedelta(minutes=9)


def _lose_order(meter: PlantedMeter, slot: int) -> None:
    """A measurement shows what its counters had shown two hours before, and less."""
    old = meter.shown[slot - 8].counters
    meter.shown[slot].counters = old[0] - 1, old[1] - 1


def _gaps(meter: PlantedMeter, days: int, chance: random.Random, *, spared: Sequence[int]) -> None:
    """Some slots stay without a measurement, with every reason there is and with none; others come late."""
    for reason in [*REASONS, None, "late"]:
        length = chance.randrange(1, 40)
        begin = chance.randrange(2, days * DAY - length - 2)
        for slot in range(begin, begin + length):
            if any(abs(slot - place) <= 2 for place in spared) or slot in meter.states:
                continue
            if reason == "late":
                meter.states[slot] = "late", None
            else:
                del meter.shown[slot]
                meter.states[slot] = "missing", str(reason or Reason.UNKNOWN)
                if not reason:
                    meter.untold.add(slot)


def _outage(meters: Sequence[PlantedMeter], days: int, chance: random.Random) -> None:
    """The device is off and never says so: nothing of any meter, which is known for sure two weeks later."""
    known = (days - ASKED.days) * DAY
    flagged = {slot for meter in meters for slot in meter.flags}
    for begin in chance.sample(range(2, known - OUTAGE), known - OUTAGE - 2) if known > OUTAGE + 2 else []:
        if all(not begin - 3 <= slot <= begin + OUTAGE + 3 for slot in flagged):
            for meter in meters:
                for slot in {*range(begin, begin + OUTAGE)} & meter.shown.keys():
                    del meter.shown[slot]
                    meter.states[slot] = "missing", Reason.UNKNOWN
                    meter.untold.add(slot)
            break
    for slot in set.intersection(*(meter.untold for meter in meters)):
        if slot < known:
            for meter in meters:
                meter.states[slot] = "missing", Reason.DEVICE_OFF


def rows(household: UUID, meter: PlantedMeter) -> Iterator[Row]:
    """As the cloud stores them."""
    for shown in meter.shown.values():
        drawn, fed = (f"{tenths // 10_000}.{tenths % 10_000:04}" for tenths in shown.counters)
        data = f'[{{"0100010800ff":{drawn}}},{{"0100020800ff":{fed}}},{{"0100100700ff":{shown.power / 100_000:.5f}}}]'
        yield Row(household, meter.uuid, shown.time, data)


def planting(what: tuple[int, date, int]) -> list[PlantedMeter]:
    """The meters of the household with a seed, from a day on, through so many days."""
    number, since, days = what
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    chance, house = random.Random(f"faults {number}"), Household(seed=number, since=since)
    meters = [plant(house, role, uuid=uuid4(), since=begin, days=days, chance=chance) for role in ROLES]
    _outage(meters, days, chance)
    return meters


async def settle(database: Database, meters: list[PlantedMeter], *, since: datetime) -> Planted:
    """Put them into the database, as a household whose consent stands since shortly before."""
    async with database.write() as connection:
        household = await add_household(connection, granted_at=since - timedelta(minutes=7))
        for meter, registered in zip(meters, household.meters, strict=True):
            meter.uuid = registered.uuid
            await store(connection, household.uuid, meter, since)
    return Planted(uuid=household.uuid, meters=meters)


async def seed(database: Database, *, since: date, days: int, count: int) -> list[Planted]:
    """So many households; what is planted in each."""
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return [await settle(database, planting((number, since, days)), since=begin) for number in range(1, count + 1)]


async def add_household(connection: AsyncConnection, *, granted_at: datetime) -> wire.Household:
    draft = json_exact.decode(json_exact.encode(fresh_draft()), wire.HouseholdDraft)
    placed = Placed(latitude=50.08, longitude=8.24, precision="manual", region="DE714")
    uuid = await register(connection, draft, placed=placed, at=granted_at - timedelta(days=3))
    await consents.grant(connection, uuid, text_version="2026-11", text_sha256="0" * 64, at=granted_at)
    return await households.whole(connection, uuid)


async def store(connection: AsyncConnection, household: UUID, meter: PlantedMeter, since: datetime) -> None:
    """What a device would have sent and said."""
    await connection.run_sync(measurements.add, list(rows(household, meter)))
    late = [meter.shown[slot].time for slot, (state, _) in meter.states.items() if state == "late"]
    for time in late:
        await connection.run_sync(slots.note_late, [(household, meter.uuid, time)], at=time + timedelta(hours=5))
    told = [
        Told(begin=since + slot * SLOT, end=since + (slot + 1) * SLOT, reason=Reason(reason))
        for slot, (_, reason) in meter.states.items()
        if reason and slot not in meter.untold
    ]
    await slots.note_reasons(connection, household, meter.uuid, told, at=since)
    opened, resolved = exchange_of(meter)
    incident = {"household": household, "uuid": uuid4(), "meter": meter.uuid, "kind": "SERIAL-PORT-UNAVAILABLE"}
    moments = {"opened_at": opened, "reported_at": opened, "resolved_at": resolved}
    await connection.execute(insert(schema.incident).values(**incident, **moments, cause="foreign", detail="another"))


async def fresh_folder(path: Path, place: Place | None = None) -> DataFolder:
    folder = DataFolder(path)
    await making.init(folder, names=[], database=place or folder.database, clock=HandClock())
    return folder
