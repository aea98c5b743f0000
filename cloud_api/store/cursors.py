"""Cursors of lists that are in the order of time, newest first: the moment and the uuid where a page ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, RowMapping, Select, literal, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.moments import to_micros


async def newest_first(
    connection: AsyncConnection,
    query: Select[Any],
    moment: Column[datetime],
    uuid: Column[UUID],
    *,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[RowMapping], str | None]:
    """A page of what a query finds, and the cursor of the page after it."""
    ordered = query.order_by(moment.desc(), uuid.desc()).limit(limit + 1)
    if cursor:
        micros, _, digits = cursor.partition("-")
        at = type_coerce(moment, BigInteger)  # a cursor that was made up may lie beyond the calendar
        ordered = ordered.where(tuple_(at, uuid) < tuple_(literal(int(micros, 16), BigInteger), UUID(digits)))
    rows = (await connection.execute(ordered)).mappings().all()
    kept = rows[:limit]
    if len(rows) == len(kept):
        return kept, None
    last = kept[-1]
    return kept, f"{to_micros(last[moment.name]):x}-{last[uuid.name].hex}"
