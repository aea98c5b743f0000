"""The gate: whether consent stands, which everything that measures or sends waits for."""

import asyncio
import logging
from typing import Self

from sqlite_utils import Database

from edge_app.model.consent import Consent, ConsentState
from edge_app.store import (
    Store,
    answers,
    consents,
    farewells,
    fittings,
    identities,
    incidents,
    measurements,
    pins,
    slots,
    undated,
    uploads,
)

logger = logging.getLogger(__name__)


class ConsentGate:
    """Knows where the consent stands, and passes each step forward on to the store and to those who wait."""

    def __init__(self, store: Store, consent: Consent) -> None:
        self._store = store
        self._stepping = asyncio.Lock()
        self.granted = asyncio.Event()
        """Set while consent stands; whoever measures or sends waits for it."""
        self.revoked = asyncio.Event()
        """Set once consent is revoked, for good."""
        self._take(consent)

    @classmethod
    async def open(cls, store: Store) -> Self:
        """Stand where the store says that the consent stood last."""
        return cls(store, await store.run(consents.current))

    @property
    def consent(self) -> Consent:
        return self._consent

    async def set(self, consent: Consent) -> Consent:
        """Take a step forward, which is remembered for good; returns what stands then. A step back changes nothing.

        With the revocation everything that was measured, or is known of the meters, leaves the device.
        """
        async with self._stepping:
            before = self._consent.state
            self._take(await self._store.run(_remember, consent))
            if self._consent.state is not before:
                logger.info("the consent is %s", self._consent.state)
                if self._consent.state is ConsentState.REVOKED:
                    await self._store.erase_traces()
            return self._consent

    def _take(self, consent: Consent) -> None:
        self._consent = consent
        if consent.state is ConsentState.GRANTED:
            self.granted.set()
        else:
            self.granted.clear()
        if consent.state is ConsentState.REVOKED:
            self.revoked.set()


def _remember(db: Database, consent: Consent) -> Consent:
    """Step and erasure are one transaction: there is no moment at which one is done and the other is not."""
    stands = consents.remember(db, consent)
    if stands.state is ConsentState.REVOKED:
        if stands.revoked_at:
            farewells.write(db, stands.revoked_at)
        for kept in (measurements, incidents, pins, identities, uploads, answers, fittings, slots, undated):
            kept.forget_all(db)
    return stands
