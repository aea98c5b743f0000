"""The export: all rows of a release, month by month and meter by meter, in memory that does not grow with them."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.dataset import documents
from cloud_api.dataset.files import Files
from cloud_api.dataset.linkage import linkage
from cloud_api.dataset.release import Release
from cloud_api.dataset.schema import FLAG, HOUSEHOLD, MEASUREMENT, METER, PV_SYSTEM, QUARTER
from cloud_api.dataset.source import Stretch, stretch
from cloud_api.dataset.stretches import rows
from cloud_api.dataset.subjects import MeterSubject, Subjects, subjects
from cloud_api.dataset.summary import Summary
from cloud_api.errors import SetupError
from cloud_api.ledger.reckoning import Ledger, Tally, number_of
from cloud_api.store import geodata, ledgers
from cloud_api.store.ledgers import LENGTH
from cloud_api.store.moments import to_micros

Progress = Callable[[int, int], None]
"""Hears how many of how many parts are done."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """What is at hand while a release is written."""

    connection: AsyncConnection
    release: Release
    found: Subjects
    files: Files
    tallies: dict[str, Tally] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    measurements: int = 0
    beyond: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A month of one meter, as it was read."""

    meter: MeterSubject
    month: str
    read: Stretch
    ledger: Ledger


async def export(
    connection: AsyncConnection, release: Release, out: Path, *, form: str, key: bytes, progress: Progress
) -> Summary:
    """Write a release into a folder, whole or not there. Raises SetupError where that cannot be."""
    try:
        beside = _beside(out)
    except OSError as error:
        raise SetupError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        summary = await _write(connection, release, beside, form=form, key=key, progress=progress)
        documents.write(
            beside,
            release,
            summary,
            form=form,
            attributions=[line for source in await geodata.held(connection) for line in source.attributions],
        )
        beside.rename(out)
    except OSError as error:
        raise SetupError(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return summary


def _beside(out: Path) -> Path:
    """An empty folder in which a release is written until it is whole."""
    if out.exists():
        raise SetupError(f"{out}: is there already")
    beside = out.with_name(f".{out.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    return beside


async def _write(
    connection: AsyncConnection, release: Release, folder: Path, *, form: str, key: bytes, progress: Progress
) -> Summary:
    found = await subjects(connection, release, key)
    files = Files(folder, form=form, personal=release.personal)
    work = _Work(connection=connection, release=release, found=found, files=files)
    months = list(release.months(found.first)) if found.first else []
    series = found.series
    whole = len(months) * len(series)
    part: _Part | None = None
    for number, (month, meter) in enumerate(product(months, series)):
        progress(number, whole)
        part = await _following(work, part, _read(work, meter, *month))
    if part:
        _take(work, part)
        progress(whole, whole)
    files.write_rows(HOUSEHOLD, found.households)
    files.write_rows(METER, [_counted(meter, work.tallies.get(meter.name, Tally())) for meter in found.meters])
    files.write_rows(PV_SYSTEM, found.pv_systems)
    files.close()
    return _summary(work)


async def _following(work: _Work, part: _Part | None, reading: Coroutine[Any, Any, _Part | None]) -> _Part | None:
    """The next part, which is read while that before is reckoned and written: the two take about as long."""
    following = asyncio.create_task(reading)
    try:
        if part:
            await asyncio.to_thread(_take, work, part)
    finally:
        await asyncio.wait([following])
    return following.result()


async def _read(work: _Work, meter: MeterSubject, begin: datetime, end: datetime) -> _Part | None:
    """What there is of one meter between two moments, None where that is nothing."""
    read = await stretch(
        work.connection,
        meter.household,
        meter.meter,
        begin=to_micros(begin),
        end=to_micros(end),
        until=to_micros(work.release.end) + LENGTH,
    )
    measured = read.times[read.before : read.before + read.inside] // LENGTH
    first, last = max(meter.term.window.start, number_of(begin)), min(meter.term.window.stop, number_of(end))
    if len(measured):
        first, last = min(first, int(measured[0])), max(last, int(measured[-1]) + 1)
    if last <= first:
        return None
    mine = (work.connection, meter.household, meter.meter)
    ledger = await ledgers.of_measured(*mine, term=meter.term, first=first, end=last, measured=measured)
    return _Part(meter=meter, month=f"{begin:%Y-%m}", read=read, ledger=ledger)


def _take(work: _Work, part: _Part) -> None:
    """Reckon its rows, write and count them."""
    meter, ledger = part.meter, part.ledger
    work.tallies[meter.name] = work.tallies.get(meter.name, Tally()) + ledger.tally
    for reason, count in ledger.reasons.items():
        work.reasons[reason.value] += count
    made = rows(meter, part.read, ledger)
    work.files.write(MEASUREMENT, made.measurement, month=part.month)
    work.files.write(QUARTER, made.quarter, month=part.month)
    work.measurements += part.read.inside
    work.beyond += made.beyond
    if made.flag.num_rows:
        work.files.write(FLAG, made.flag)
        for counted in pc.value_counts(made.flag.column("flag")).to_pylist():
            work.flags[counted["values"]] += counted["counts"]


def _counted(meter: MeterSubject, tally: Tally) -> dict[str, object]:
    if not meter.series:
        return meter.row
    numbers = {name: getattr(tally, name) for name in ("expected", "measured", "late", "missing", "completeness")}
    return meter.row | numbers


def _summary(work: _Work) -> Summary:
    states = Counter(row["consent"] for row in work.found.households)
    return Summary(
        first=work.found.first,
        standing=states["granted"],
        revoked=states["revoked"],
        meters=len(work.found.meters),
        pv_systems=len(work.found.pv_systems),
        without_region=sum(row["region"] is None for row in work.found.households),
        measurements=work.measurements,
        tally=sum(work.tallies.values(), start=Tally()),
        reasons=dict(sorted(work.reasons.items())),
        flags=dict(sorted(work.flags.items())),
        beyond=work.beyond,
        linkage=linkage(work.found.households, work.found.pv_systems, [meter.row for meter in work.found.meters]),
    )
