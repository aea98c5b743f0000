"""The ledger between device and cloud: why slots are missing is told, and what the cloud asks for is looked up."""

import logging
from datetime import timedelta
from uuid import UUID

from edge_app.clock import Clock
from edge_app.config import CloudConfig
from edge_app.errors import CloudError, RefusedError
from edge_app.store import Store, measurements, slots
from edge_app.sync.client import CloudClient
from edge_app.sync.contact import Contact
from edge_app.sync.gate import ConsentGate
from edge_app.sync.rhythm import Rhythm

logger = logging.getLogger(__name__)

SLOT = timedelta(minutes=15)
"""Of the cloud's grid."""
MOST = 1000
"""Slots that are spoken of at once."""


async def account_for_slots(
    store: Store, cloud: CloudClient, gate: ConsentGate, *, config: CloudConfig, device: UUID, clock: Clock
) -> None:
    """Account for what is missing, halfway between two uploads, for as long as the app runs and consent stands."""
    rhythm = Rhythm(every=config.upload_every, device=device, clock=clock)
    contact = Contact(matter="slots", store=store, clock=clock)
    while True:
        await clock.sleep(rhythm.until_next() + config.upload_every / 2)
        await gate.granted.wait()
        try:
            await _look_up(store, cloud)
            await _tell(store, cloud, gate)
        except RefusedError as refusal:  # a cloud that does not know the ledger, or a meter that it does not know
            logger.warning("slots are not accounted for: %s", refusal)
        except CloudError as error:
            await contact.failed(error)
        else:
            await contact.answered()


async def _look_up(store: Store, cloud: CloudClient) -> None:
    """What the cloud lacks is sent again with the next upload, or told with what follows.

    When an upload is under way, its confirmation may undo that; then the cloud asks again.
    """
    held = []
    for each in await cloud.lacking():
        found = await store.run(slots.asked, each.meter, each.begin, each.end, length=SLOT)
        held += [found] if found else []
    if held:
        await store.run(measurements.offer_again, min(held))


async def _tell(store: Store, cloud: CloudClient, gate: ConsentGate) -> None:
    while gate.granted.is_set():
        missing = await store.run(slots.untold, length=SLOT, limit=MOST)
        if not missing:
            break
        await cloud.explain(missing)
        await store.run(slots.told, missing)
