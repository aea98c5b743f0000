"""What the service has noted: its database, the consent, the meters it hears, what waits for the cloud."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from edge_app.clock import Clock
from edge_app.config import Config, MeterConfig
from edge_app.fleet.doctor.finding import Finding, fail, ok, warn
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.model.consent import ConsentState
from edge_app.model.incident import Kind
from edge_app.setup.settings import merged
from edge_app.store import consents, contacts, fittings, incidents, measurements, undated
from edge_app.store.database import looking, moved_aside, soundness

SLOTS = 2
"""Slots and a minute, the age up to which a measurement shows that its meter is heard."""


def books(config: Config, clock: Clock) -> list[Finding]:
    """Everything that the database tells; the service may write it meanwhile."""
    file = config.store.database
    if not file.exists():
        return [warn("database", "none")]
    try:
        with looking(file) as db:
            if soundness(db) != "ok":
                return [fail("database", "damaged")]
            return [_database(file), *_consent(db), *_sending(db), *_meters(db, config, clock)]
    except sqlite3.Error:
        return [fail("database", "unreadable")]


def _database(file: Path) -> Finding:
    if aside := moved_aside(file):
        return warn("database", "aside", file=aside[0].name)
    return ok("database", "whole", kilobytes=file.stat().st_size // 1000)


def _consent(db: Database) -> Iterator[Finding]:
    state = consents.current(db).state
    yield ok("consent", "granted") if state is ConsentState.GRANTED else warn("consent", state.replace("-", "_"))


def _sending(db: Database) -> Iterator[Finding]:
    status = contacts.status(db)
    if status.set_aside:
        yield warn("sending", "refused", n=status.set_aside)
    if status.error:
        yield warn("sending", "held_up", n=status.waiting, why=status.error)
    else:
        yield ok("sending", "well", n=status.waiting)
    if held := undated.count(db):
        yield warn("sending", "undated", n=held)


def _meters(db: Database, config: Config, clock: Clock) -> Iterator[Finding]:
    granted = consents.current(db).state is ConsentState.GRANTED
    latest = measurements.latest(db)
    lasting = {(each.meter, each.kind): each for each in incidents.open_now(db)}
    fresh = timedelta(seconds=SLOTS * config.schedule.interval + 60)
    for meter in merged(config.meter, fittings.all_of_them(db)):
        yield _port(meter)
        silent = lasting.get((meter.uuid, Kind.SERIAL_PORT_UNAVAILABLE))
        locked = lasting.get((meter.uuid, Kind.OBIS_CODES_UNAVAILABLE))
        last = latest.get(meter.uuid)
        if silent:
            yield fail("meter", f"trouble.{silent.cause}", subject=meter.model)
        elif not granted:
            yield ok("meter", "waits", subject=meter.model)
        elif last is None or clock.now() - last.time > fresh:
            yield fail("meter", "unheard", subject=meter.model)
        elif locked:
            yield warn("meter", f"trouble.{locked.cause}", subject=meter.model)
        else:
            minutes = max(int((clock.now() - last.time).total_seconds() // 60), 0)
            yield ok("meter", "heard", subject=meter.model, minutes=minutes)


def _port(meter: MeterConfig) -> Finding:
    if meter.port is None:
        return warn("port", "unassigned", subject=meter.model)
    if urlsplit(meter.port).scheme:
        return ok("port", "address", subject=meter.model)
    there = Path(meter.port).exists()
    return (ok if there else fail)("port", "there" if there else "absent", subject=meter.model, port=meter.port)


def plugins(models: Catalogue, config: Config) -> Iterator[Finding]:
    """Whether all could be used, and bring what is set."""
    for name, why in models.failed.items():
        yield fail("plugins", "unfit", subject=name, why=why)
    missing = sorted({meter.model for meter in config.meter} - models.models.keys())
    for model in missing:
        yield fail("plugins", "missing", subject=model)
    if not models.failed and not missing:
        yield ok("plugins", "loaded", n=len(models.plugins))
