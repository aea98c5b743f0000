"""The geodata that are in force, kept in memory until others are imported."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.privacy.postal_codes import PostalCodes, PostalPlace
from cloud_api.privacy.regions import Region, Regions
from cloud_api.store import geodata


class Atlas:
    """Regions and postal codes as the database has them now; each is read again only after an import."""

    def __init__(self) -> None:
        self._kept: dict[geodata.Kind, tuple[datetime, Any]] = {}

    async def regions(self, connection: AsyncConnection) -> Regions | None:
        """None where no districts were imported."""
        found: Regions | None = await self._current(connection, "districts", _regions)
        return found

    async def postal_codes(self, connection: AsyncConnection) -> PostalCodes | None:
        """None where no postal codes were imported."""
        found: PostalCodes | None = await self._current(connection, "postal-codes", _postal_codes)
        return found

    async def _current(self, connection: AsyncConnection, kind: geodata.Kind, load: Callable[[bytes], Any]) -> Any:
        imported_at = await geodata.imported_at(connection, kind)
        if imported_at is None:
            return None
        kept = self._kept.get(kind)
        if kept is None or kept[0] != imported_at:
            kept = self._kept[kind] = imported_at, load(await geodata.content(connection, kind))
        return kept[1]


def to_content(entries: Sequence[Region] | Sequence[PostalPlace], attributions: list[str]) -> geodata.Content:
    """An import as it is stored."""
    return geodata.Content(entries=len(entries), attributions=attributions, content=msgspec.msgpack.encode(entries))


def _regions(content: bytes) -> Regions:
    return Regions(msgspec.msgpack.decode(content, type=list[Region]))


def _postal_codes(content: bytes) -> PostalCodes:
    return PostalCodes(msgspec.msgpack.decode(content, type=list[PostalPlace]))
