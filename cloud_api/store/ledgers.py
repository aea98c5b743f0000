"""The ledgers of meters, read and reckoned: for a household's page, for its device, for the data set."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.ledger.reckoning import Ledger, Numbers, Term, conclude, moment_of, number_of, reckon
from cloud_api.ledger.states import SLOT
from cloud_api.store import slots
from cloud_api.store.moments import MICROSECOND, to_micros

LENGTH = SLOT // MICROSECOND


async def of_meter(
    connection: AsyncConnection, household: UUID, meter: UUID, *, term: Term, first: int, end: int
) -> Ledger:
    """The ledger of the slots from `first` on and before `end`."""
    begin, until = to_micros(moment_of(first)), to_micros(moment_of(max(end, first)))
    times = await slots.measured(connection, household, meter, begin, until)
    return await of_measured(connection, household, meter, term=term, first=first, end=end, measured=to_numbers(times))


async def of_measured(
    connection: AsyncConnection, household: UUID, meter: UUID, *, term: Term, first: int, end: int, measured: Numbers
) -> Ledger:
    """The same, where it is known in which of them was measured."""
    begin, until = moment_of(first), moment_of(max(end, first))
    mine = (connection, household, meter)
    ledger = reckon(
        first,
        end,
        term=term,
        measured=measured,
        late=to_numbers(await slots.late(*mine, to_micros(begin), to_micros(until))),
        told=await slots.told(*mine, begin, until),
    )
    unsaid = ledger.unsaid
    if not len(unsaid) or unsaid[0] >= term.settled:
        return ledger
    return conclude(ledger, term=term, heard=await _heard(*mine, int(unsaid[0]), int(unsaid[-1]) + 1))


async def _heard(connection: AsyncConnection, household: UUID, meter: UUID, first: int, end: int) -> Numbers:
    """The slots from `first` on and before `end` from which something is known of the device's other meters."""
    begin, until = moment_of(first), moment_of(end)
    found: list[Numbers] = []
    for other in await slots.siblings(connection, meter):
        times = await slots.measured(connection, household, other, to_micros(begin), to_micros(until))
        found.append(to_numbers(times))
        told = await slots.told(connection, household, other, begin, until)
        found.extend(np.arange(number_of(said.begin), number_of(said.end)) for said in told)
    return np.concatenate([np.zeros(0, dtype=np.int64), *found])


async def of_household(
    connection: AsyncConnection,
    household: UUID,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    device: UUID | None = None,
) -> dict[UUID, Ledger]:
    """The ledgers of a household's meters, or of those of one device, since consent or since a later moment."""
    granted = await slots.consent_of(connection, household)
    term = Term(granted_at=granted.granted_at, revoked_at=granted.revoked_at, now=now)
    window = term.window
    first = max(window.start, number_of(since)) if since else window.start
    end = min(window.stop, number_of(until)) if until else window.stop
    return {
        meter: await of_meter(connection, household, meter, term=term, first=first, end=max(end, first))
        for meter in await slots.meters(connection, household, device=device)
    }


def to_numbers(times: Sequence[int]) -> Numbers:
    """The slots of moments in microseconds since 1970."""
    return np.asarray(times, dtype=np.int64) // LENGTH
