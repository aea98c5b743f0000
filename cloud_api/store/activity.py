"""When a device was last heard of and what it said of itself: noted at each request, written once a minute at most."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote
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
"""The header in which a device says how it is: `buffered=12, update=rolled-back, tried=0.2.0, reason=no%20reading`.

All but `buffered` may be missing, what is not known here is passed over, and a reason is percent-encoded.
"""
_STATES = {
    "buffered": re.compile(r"[0-9]{1,9}"),
    "update": re.compile(r"[a-z][a-z-]{0,31}"),
    "tried": re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!-]{0,63}"),
    "reason": re.compile(r"[^\s,]{1,2000}"),
}
LONGEST_REASON = 200
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

    def note(self, device: UUID, agent: str, *, at: datetime, state: str = "") -> None:
        """Remember that a device was heard of, unless that was written less than a minute ago."""
        written = self._written.get(device)
        if written is None or at - written >= SELDOM:
            self._written[device] = at
            self._waiting[device] = Sign(at=at, versions=versions(agent), state=told_state(state))
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


def told_state(header: str) -> dict[str, int | str | None]:
    """Buffered measurements and how it is with its update; nothing out of other text."""
    told = dict(pair.partition("=")[::2] for pair in header.split(", "))
    found = {name: told[name] for name, form in _STATES.items() if form.fullmatch(told.get(name, ""))}
    if "buffered" not in found:
        return {}
    reason = unquote(found.get("reason", ""))
    return {
        "buffered": int(found["buffered"]),
        "update_state": found.get("update"),
        "update_tried": found.get("tried"),
        "update_reason": "".join(letter if letter.isprintable() else " " for letter in reason)[:LONGEST_REASON] or None,
    }


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
