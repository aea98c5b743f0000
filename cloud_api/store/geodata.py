"""Geodata in the database, so that every worker and every backup has them: one row for a kind, replaced whole."""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.schema import geodata

Kind = Literal["districts", "postal-codes"]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One import: how many entries, the lines that its licences ask for, and the entries as MessagePack."""

    entries: int
    attributions: list[str]
    content: bytes


async def put(connection: AsyncConnection, kind: Kind, imported: Content, *, at: datetime) -> None:
    await connection.execute(delete(geodata).where(geodata.c.kind == kind))
    await connection.execute(
        insert(geodata).values(
            kind=kind,
            imported_at=at,
            entries=imported.entries,
            attributions="\n".join(imported.attributions),
            content=imported.content,
        )
    )


async def held(connection: AsyncConnection) -> list[wire.GeodataSource]:
    """What was imported, without its content."""
    query = select(geodata.c.kind, geodata.c.imported_at, geodata.c.entries, geodata.c.attributions)
    return [
        wire.GeodataSource(
            kind=row.kind,
            imported_at=row.imported_at,
            entries=row.entries,
            attributions=row.attributions.splitlines(),
        )
        for row in (await connection.execute(query.order_by(geodata.c.kind))).all()
    ]


async def imported_at(connection: AsyncConnection, kind: Kind) -> datetime | None:
    moment: datetime | None = await connection.scalar(select(geodata.c.imported_at).where(geodata.c.kind == kind))
    return moment


async def content(connection: AsyncConnection, kind: Kind) -> bytes:
    found: bytes = (await connection.scalars(select(geodata.c.content).where(geodata.c.kind == kind))).one()
    return found
