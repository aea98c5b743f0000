"""Measurements come in: batches that arrive together share one transaction, and each is answered after its commit."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from cloud_api import wire
from cloud_api.clock import Clock
from cloud_api.errors import ConsentError, Fault, MissingError, Problem
from cloud_api.store import consents, measurements, slots
from cloud_api.store.database import Database
from cloud_api.store.together import Together

MOST = 64
"""Batches in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one request brings."""

    household: UUID
    drafts: Sequence[wire.MeasurementDraft]


class Intake:
    """Stores batches, each whole or not at all.

    Consent is looked at in the same transaction: it may have ended since the request was let in.
    """

    def __init__(self, together: Together[Batch, wire.Stored]) -> None:
        self._together = together

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database, clock: Clock) -> AsyncIterator["Intake"]:
        async def do(group: Sequence[Batch]) -> list[wire.Stored | Exception]:
            return await database.write_at_once(partial(store, group=group, at=clock.now()))

        async with Together[Batch, wire.Stored].open(do, most=MOST) as together:
            yield cls(together)

    async def take(self, household: UUID, drafts: Sequence[wire.MeasurementDraft]) -> wire.Stored:
        """Raises ConsentError without standing consent, MissingError for a meter that is not the household's."""
        return await self._together.ask(Batch(household=household, drafts=drafts))


def store(connection: Connection, group: Sequence[Batch], *, at: datetime) -> list[wire.Stored | Exception]:
    """An answer for each batch: what was stored of it, or the Problem that refuses it."""
    meters = consents.meters_by_consent(connection, {batch.household for batch in group})
    refusals = [_refusal(batch, meters.get(batch.household)) for batch in group]
    new = _new(group, refusals)
    stored = measurements.add(connection, [row for rows in new.values() for row in rows])
    slots.note_late(connection, stored, at=at)
    return [
        refusal or _counted(batch, sum(row.key in stored for row in new[place]))
        for place, (batch, refusal) in enumerate(zip(group, refusals, strict=True))
    ]


def _refusal(batch: Batch, meters: frozenset[UUID] | None) -> Problem | None:
    if meters is None:
        return ConsentError("consent does not stand")
    faults = [
        Fault(pointer=f"/measurements/{place}/meter", detail="Expected a meter of this household")
        for place, draft in enumerate(batch.drafts)
        if draft.meter not in meters
    ]
    return MissingError("this household has no such meter", *faults) if faults else None


def _new(group: Sequence[Batch], refusals: Sequence[Problem | None]) -> defaultdict[int, list[measurements.Row]]:
    """The rows of each batch by its place, and of two with the same key only the first."""
    seen: set[measurements.Key] = set()
    rows: defaultdict[int, list[measurements.Row]] = defaultdict(list)
    for place, batch in enumerate(group):
        if refusals[place]:
            continue
        for draft in batch.drafts:
            row = measurements.Row.of(batch.household, draft)
            if row.key not in seen:
                seen.add(row.key)
                rows[place].append(row)
    return rows


def _counted(batch: Batch, stored: int) -> wire.Stored:
    return wire.Stored(stored=stored, duplicates=len(batch.drafts) - stored)
