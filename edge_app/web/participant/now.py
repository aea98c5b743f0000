"""How each meter stands now and what it has counted today, as a reader is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN, POWER_OUT, Obis
from edge_app.store import history, measurements
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import MeterOnPage

Values = Mapping[Obis, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The first and the last measurement of a day."""

    first: Measurement | None
    last: Measurement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One meter on the start page."""

    uuid: str
    name: str
    power: str
    direction: str
    drawn: str
    fed_in: str
    read: str
    health: str
    generates: bool


def today(db: Database, meters: list[UUID], midnight: datetime) -> dict[UUID, Today]:
    latest = measurements.latest(db)
    return {meter: Today(first=history.first_since(db, meter, midnight), last=latest.get(meter)) for meter in meters}


def panel(
    meter: MeterOnPage, day: Today, reader: Reader, *, generates: bool, health: str, midnight: datetime, now: datetime
) -> Panel:
    """What is said of a meter while consent stands: by its newest telegram where it is read, else by what was kept."""
    heard = meter.station.heard.last if meter.station and not meter.station.probe.trouble else None
    live: Values = {code: quantity.value for code, quantity in heard.registers.items()} if heard else {}
    kept: Values = day.last.data if day.last and day.last.slot >= midnight else {}
    values = {**kept, **live}
    power = net_power(live) if heard else net_power(kept)
    first = day.first.data if day.first else {}
    read = reader.when(day.last.time, now) if day.last else reader.say("home.unread")
    return Panel(
        uuid=str(meter.uuid),
        name=reader.say("home.pv_meter" if generates else "home.meter", model=meter.model),
        power=reader.power(power),
        direction=reader.say(f"home.{_direction(power, generates=generates)}"),
        drawn=reader.energy(_risen(first, values, ENERGY_IN)),
        fed_in=reader.energy(_risen(first, values, ENERGY_OUT)),
        read=reader.say("home.read_at", when=read) if day.last else read,
        health=health,
        generates=generates,
    )


def net_power(values: Values) -> Decimal | None:
    """Power in kW, negative while feeding in."""
    if POWER in values:
        return values[POWER]
    drawn, fed_in = values.get(POWER_IN), values.get(POWER_OUT)
    return None if drawn is None and fed_in is None else (drawn or Decimal(0)) - (fed_in or Decimal(0))


def _direction(power: Decimal | None, *, generates: bool) -> str:
    if power is None:
        return "no_power"
    if power == 0:
        return "resting"
    if power > 0:
        return "drawing"
    return "making" if generates else "feeding"


def _risen(first: Values, last: Values, code: Obis) -> Decimal | None:
    if code not in first or code not in last:
        return None
    return max(last[code] - first[code], Decimal(0))
