"""The telling of incidents: the cloud hears of each that begins and of each that is over, in order."""

import logging
import random
from uuid import UUID

from edge_app.clock import Clock
from edge_app.config import CloudConfig
from edge_app.errors import CloudError, ForbiddenError, RefusedError
from edge_app.store import Store, incidents
from edge_app.store.incidents import Announcement, Step
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient
from edge_app.sync.contact import Contact
from edge_app.sync.gate import ConsentGate
from edge_app.sync.rhythm import Rhythm

logger = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks for something to tell."""


async def tell_of_incidents(
    store: Store,
    cloud: CloudClient,
    gate: ConsentGate,
    *,
    config: CloudConfig,
    device: UUID,
    clock: Clock,
    rng: random.Random,
) -> None:
    """Tell what the cloud has not heard, soon after it happened, for as long as the app runs and consent stands."""
    rhythm = Rhythm(every=config.upload_every, device=device, clock=clock)
    contact = Contact(matter="incidents", store=store, clock=clock)
    failures = 0
    while True:
        await gate.granted.wait()
        try:
            told = await _tell_all(store, cloud, gate)
        except ForbiddenError as error:
            await contact.failed(error)
            failures, pause = 0, rhythm.until_next()
        except CloudError as error:
            await contact.failed(error)
            failures += 1
            retry_after = error.retry_after if isinstance(error, BusyError) else 0
            pause = max(rhythm.pause(failures, rng, retry_after=retry_after), 1.0)
        else:
            if told:
                await contact.answered()
            failures, pause = 0, EVERY
        await clock.sleep(pause)


async def _tell_all(store: Store, cloud: CloudClient, gate: ConsentGate) -> bool:
    """Tell one thing after the other while consent stands; returns whether there was any."""
    told = False
    while gate.granted.is_set():
        announcement = await store.run(incidents.next_announcement)
        if announcement is None:
            break
        try:
            await _tell(cloud, announcement)
        except RefusedError as refusal:
            logger.warning("the %s of an incident is set aside, the cloud refuses it: %s", announcement.step, refusal)
            await store.run(incidents.set_aside, announcement.seq, str(refusal))
        else:
            await store.run(incidents.acknowledge, announcement.seq)
        told = True
    return told


async def _tell(cloud: CloudClient, announcement: Announcement) -> None:
    if announcement.step is Step.REPORT:
        await cloud.report(announcement.incident)
    else:
        await cloud.resolve(announcement.incident)
