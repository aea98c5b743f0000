"""The ledgers of meters, read and reckoned: for a household's page, for its device, for the data set."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.ledger.reckoning import Ledger, Numbers, Term, moment_of, number_of, reckon
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
    return reckon(
        first,
        end,
        term=term,
        measured=measured,
        late=to_numbers(await slots.late(*mine, to_micros(begin), to_micros(until))),
        told=await slots.told(*mine, begin, until),
    )


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
