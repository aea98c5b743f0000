"""When a device was last heard of and what it said of itself: noted at each request, written once a minute at most."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.database import FAILURES, Database
from cloud_api.store.moments import Moment
from cloud_api.store.schema import device_version, measurement_device

TOLD = ("buffered", "update_state", "update_tried", "update_reason")
"""Columns of what a device says of its state."""
SELDOM = timedelta(minutes=1)
EDGE = "zaehlwerk-edge"
MOST = 32
"""Components of a device whose versions are kept."""
STATE = "Zaehlwerk-State"
"""The header in which a device says how it is, such as `buffered=12, update=rolled-back`."""
UPDATE = "Zaehlwerk-Update"
"""The header in which it says more of its update, as JSON: the version that it tried, and why it did not keep it."""
LONGEST_REASON = 200
_STATE = re.compile(r"^buffered=(?P<buffered>[0-9]{1,9})(?:, update=(?P<update_state>[a-z][a-z-]{0,31}))?\Z")
_COMPONENT = re.compile(r"(?<![^ ;(])([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([A-Za-z0-9][A-Za-z0-9._+-]{0,63})(?=[;) ]|$)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign of life."""

    at: datetime
    versions: dict[str, str]
    """Of each component; none where the device said nothing of them."""
    state: dict[str, int | str | None]
    """What it said of itself, by column."""


@dataclass(slots=True)
class Activity:
    """Takes note without waiting; what was noted together is written together."""

    database: Database
    _written: dict[UUID, datetime] = field(default_factory=dict)
    _waiting: dict[UUID, Sign] = field(default_factory=dict)
    _ended: bool = False
    _noted: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator["Activity"]:
        """What was noted until the block ends is written."""
        activity = cls(database)
        writing = asyncio.create_task(activity._write_always(), name="activity")
        try:
            yield activity
        finally:
            activity._ended = True
            activity._noted.set()
            await writing

    def note(self, device: UUID, agent: str, *, at: datetime, state: str = "", update: str = "") -> None:
        """Remember that a device was heard of, unless that was written less than a minute ago."""
        written = self._written.get(device)
        if written is None or at - written >= SELDOM:
            self._written[device] = at
            self._waiting[device] = Sign(at=at, versions=versions(agent), state=told_state(state, update))
            self._noted.set()

    async def _write_always(self) -> None:
        while not self._ended:
            await self._noted.wait()
            self._noted.clear()
            await self._write()
        await self._write()

    async def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            async with self.database.write() as connection:
                await _write(connection, waiting)
        except FAILURES:
            logger.exception("the activity of %d devices could not be written", len(waiting))


def versions(agent: str) -> dict[str, str]:
    """Component and version out of `zaehlwerk-edge/0.1.0 (component/version; …)`; nothing out of any other text."""
    if not agent.startswith(f"{EDGE}/"):
        return {}
    return dict(_COMPONENT.findall(agent)[:MOST])


def told_state(header: str, update: str = "") -> dict[str, int | str | None]:
    """Buffered measurements and how it is with an update, by column; nothing out of other text."""
    found = _STATE.match(header)
    if not found:
        return {}
    told = _told_update(update) if found["update_state"] else _Update()
    reason = "".join(letter if letter.isprintable() else " " for letter in told.reason or "")
    return {
        "buffered": int(found["buffered"]),
        "update_state": found["update_state"],
        "update_tried": told.tried,
        "update_reason": reason[:LONGEST_REASON] or None,
    }


class _Update(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of what a device says of its update."""

    tried: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+!-]{0,63}\Z")] | None = None
    reason: str | None = None


def _told_update(header: str) -> _Update:
    try:
        return msgspec.json.decode(header, type=_Update)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return _Update()


def stored_versions(text: str | None) -> dict[str, str]:
    """What a row holds."""
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


async def _write(connection: AsyncConnection, waiting: dict[UUID, Sign]) -> None:
    """Devices that said nothing of their versions or their state keep what is known."""
    device = measurement_device.c.uuid == bindparam("device")
    signs = sorted(waiting.items())
    active = [{"device": uuid, "at": sign.at} for uuid, sign in signs]
    await connection.execute(update(measurement_device).where(device).values(last_active_at=bindparam("at")), active)
    told = [
        {"device": uuid, "at": sign.at, "said": msgspec.json.encode(sign.versions).decode()}
        for uuid, sign in signs
        if sign.versions
    ]
    if told:
        at, said = bindparam("at", type_=Moment), bindparam("said", type_=Text)
        new = measurement_device.c.versions.is_distinct_from(said)
        history = select(measurement_device.c.uuid, at, said).where(device, new)
        names = ["measurement_device", "since", "versions"]
        await connection.execute(insert(device_version).from_select(names, history), told)
        await connection.execute(update(measurement_device).where(device).values(versions=said), told)
    states = [{"device": uuid, "at": sign.at, **sign.state} for uuid, sign in signs if sign.state]
    if states:
        columns = {name: bindparam(name, type_=measurement_device.c[name].type) for name in TOLD}
        otherwise = or_(
            measurement_device.c.update_state.is_distinct_from(columns["update_state"]),
            measurement_device.c.update_tried.is_distinct_from(columns["update_tried"]),
        )
        since = case((otherwise, bindparam("at", type_=Moment)), else_=measurement_device.c.update_since)
        await connection.execute(
            update(measurement_device).where(device).values({**columns, "update_since": since}), states
        )
