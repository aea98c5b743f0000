"""Rounds: from time to time somebody looks after all devices, writes down how they stand, and tells of troubles."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cloud_api.clock import Clock
from cloud_api.store import alerts, completeness, silence, standing, troubles
from cloud_api.store.alerts import Occasion
from cloud_api.store.database import FAILURES, Database
from cloud_api.store.troubles import Trouble
from cloud_api.watch.channels import Channel, UncertainError, UndeliveredError
from cloud_api.watch.message import Message, Notice
from cloud_api.watch.releases import ReleaseWatch

EVERY = 60.0
"""Seconds from one round to the next."""
logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Rounds:
    """What goes the rounds, once for a service. Where several do at one database, each trouble is still told once."""

    database: Database
    clock: Clock
    channels: Sequence[Channel] = ()
    status_url: str | None = None
    since: datetime
    """Since when devices could speak to the service."""
    releases: ReleaseWatch | None = None
    _undelivered: set[str] = field(default_factory=set)

    async def go(self) -> None:
        """For as long as the service runs."""
        while True:
            try:
                await self.one()
            except FAILURES:
                logger.exception("the devices could not be looked after")
            await asyncio.sleep(EVERY)

    async def one(self) -> None:
        """One round."""
        now = self.clock.now()
        async with self.database.write() as connection:
            await silence.end(connection, now=now)
            # the silence of devices is our own as long as they have not had the time to speak
            if now - self.since >= silence.REPORT_CYCLE:
                await silence.begin(connection, now=now)
        await standing.assess(self.database, now=now)
        notices = await self.releases.one(now) if self.releases else ()
        async with self.database.read() as connection:
            found = await troubles.standing(connection, now=now)
        for channel in self.channels:
            await self._tell(channel, found, notices, now)
        await completeness.refresh(self.database, now=now)

    async def _tell(self, channel: Channel, found: Sequence[Trouble], notices: Sequence[Notice], now: datetime) -> None:
        everything: list[Trouble | Notice] = [*found, *notices]
        by_subject = {each.subject: each for each in everything}
        occasions = [Occasion(subject=subject, since=each.since) for subject, each in by_subject.items()]
        async with self.database.write() as connection:
            due = await alerts.claim(connection, channel.name, occasions, now=now)
        if not due:
            return
        told = [by_subject[each.subject] for each in due]
        message = Message.of(
            [each for each in told if isinstance(each, Trouble)],
            [each for each in told if isinstance(each, Notice)],
            status_url=self.status_url,
        )
        try:
            await channel.send(message)
        except UndeliveredError as error:
            if channel.name not in self._undelivered:
                logger.error("an alert is not delivered, and tried again: %s", error)  # noqa: TRY400  # its text says it
            self._undelivered.add(channel.name)
            if not isinstance(error, UncertainError):  # else it is tried again once the hour has passed
                async with self.database.write() as connection:
                    await alerts.put_back(connection, channel.name, due)
        else:
            self._undelivered.discard(channel.name)
            async with self.database.write() as connection:
                await alerts.confirm(connection, channel.name, due)
