"""The upload: measurements leave the device oldest first, and are marked once the cloud holds them."""

import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from edge_app.clock import Clock
from edge_app.config import CloudConfig
from edge_app.errors import CloudError, ForbiddenError, RefusedError
from edge_app.model.measurement import Measurement
from edge_app.store import Store, measurements, uploads
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient
from edge_app.sync.contact import Contact
from edge_app.sync.gate import ConsentGate
from edge_app.sync.rhythm import Rhythm
from edge_app.sync.wire import batch, packed

logger = logging.getLogger(__name__)

AFTER_START = 600.0
"""Seconds within which a device uploads after its start: it may have been without power for long."""


async def upload(
    store: Store,
    cloud: CloudClient,
    gate: ConsentGate,
    *,
    config: CloudConfig,
    device: UUID,
    clock: Clock,
    rng: random.Random,
) -> None:
    """Empty the queue at each of the device's own moments, for as long as the app runs and consent stands."""
    rhythm = Rhythm(every=config.upload_every, device=device, clock=clock)
    contact = Contact(matter="upload", store=store, clock=clock)
    failures = 0
    await clock.sleep(min(rhythm.until_next(), rng.uniform(0, AFTER_START)))
    while True:
        await gate.granted.wait()
        try:
            sent = await _empty_queue(store, cloud, gate, limit=config.batch, clock=clock)
        except ForbiddenError as error:
            await contact.failed(error)
            await _ask_for_consent(cloud, gate)
            failures, pause = 0, rhythm.until_next()
        except CloudError as error:
            await contact.failed(error)
            failures += 1
            retry_after = error.retry_after if isinstance(error, BusyError) else 0
            pause = rhythm.pause(failures, rng, retry_after=retry_after)
        else:
            if sent:
                await contact.answered()
            failures, pause = 0, rhythm.until_next()
        await clock.sleep(pause)


async def _empty_queue(store: Store, cloud: CloudClient, gate: ConsentGate, *, limit: int, clock: Clock) -> int:
    """Send batch after batch while consent stands; returns how many measurements there were."""
    sent = 0
    while gate.granted.is_set():
        queue = await store.run(measurements.unconfirmed, limit=limit)
        if not queue:
            break
        refused = await _send(store, cloud, queue, clock=clock)
        if refused:
            logger.error("%d measurements are set aside, the cloud refuses them: %s", len(refused), refused[-1])
        sent += len(queue)
    return sent


async def _send(
    store: Store, cloud: CloudClient, queue: Sequence[tuple[int, Measurement]], *, clock: Clock
) -> list[RefusedError]:
    """Send one batch; where it is refused, halve it until those alone are left that are to blame, and set them aside.

    Returns the refusals, one for each measurement that was set aside.
    """
    try:
        await cloud.send([measurement for _, measurement in queue])
    except RefusedError as refusal:
        if len(queue) == 1:
            await store.run(measurements.set_aside, [queue[0][0]], str(refusal), clock.now())
            return [refusal]
        middle = len(queue) // 2
        left = await _send(store, cloud, queue[:middle], clock=clock)
        return left + await _send(store, cloud, queue[middle:], clock=clock)
    content = packed(batch([measurement for _, measurement in queue]))
    await store.run(_acknowledge, queue[-1][0], content, len(queue), clock.now())
    return []


def _acknowledge(db: Database, seq: int, content: bytes, count: int, at: datetime) -> None:
    """That the cloud holds a batch, and what was in it, are noted together."""
    measurements.confirm(db, seq, at)
    uploads.note(db, content, count, at)


async def _ask_for_consent(cloud: CloudClient, gate: ConsentGate) -> None:
    """The cloud takes nothing from us: it may be that consent was revoked elsewhere. If not, measurements stay."""
    with suppress(CloudError):
        await gate.set(await cloud.consent())
