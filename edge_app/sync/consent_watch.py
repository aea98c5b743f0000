"""The watch on consent: what the participant decided elsewhere reaches the device, and the other way round."""

from uuid import UUID

from edge_app.clock import Clock
from edge_app.config import CloudConfig
from edge_app.errors import CloudError
from edge_app.model.consent import Consent, ConsentState
from edge_app.store import Store
from edge_app.sync.client import CloudClient
from edge_app.sync.contact import Contact
from edge_app.sync.gate import ConsentGate
from edge_app.sync.rhythm import Rhythm


async def watch_consent(
    store: Store, cloud: CloudClient, gate: ConsentGate, *, config: CloudConfig, device: UUID, clock: Clock
) -> None:
    """Ask the cloud for the consent now and at each of the device's own moments, until both know that it is revoked."""
    rhythm = Rhythm(every=config.consent_every, device=device, clock=clock)
    contact = Contact(matter="consent", store=store, clock=clock)
    while True:
        try:
            consent = await _agree(cloud, gate)
        except CloudError as error:
            await contact.failed(error)
        else:
            await contact.answered()
            if consent.state is ConsentState.REVOKED:
                return
        await clock.sleep(rhythm.until_next())


async def _agree(cloud: CloudClient, gate: ConsentGate) -> Consent:
    """Returns what the cloud knows; a revocation that was made here while it was away is told to it."""
    consent = await cloud.consent()
    if gate.revoked.is_set() and consent.state is ConsentState.GRANTED:
        consent = await cloud.revoke()
    await gate.set(consent)
    return consent
