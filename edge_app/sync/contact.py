"""Contact with the cloud: noted for the status page, and said once when it breaks off and once when it is back."""

import logging
from dataclasses import dataclass

from edge_app.clock import Clock
from edge_app.errors import CloudError
from edge_app.store import Store, contacts

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Contact:
    """How one of the device's conversations with the cloud goes."""

    matter: str
    """What it is about, as the log calls it."""
    store: Store
    clock: Clock
    _failed: bool = False

    async def answered(self) -> None:
        if self._failed:
            logger.info("%s: the cloud answers again", self.matter)
        self._failed = False
        await self.store.run(contacts.answered, self.clock.now())

    async def failed(self, error: CloudError) -> None:
        if not self._failed:
            logger.warning("%s: %s", self.matter, error)
        self._failed = True
        await self.store.run(contacts.failed, str(error), self.clock.now())
