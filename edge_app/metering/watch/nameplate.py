"""The nameplate: which meter hangs here, by the server id in its telegrams."""

from uuid import UUID

from edge_app.model.reading import Reading
from edge_app.store import Store, identities


class Nameplate:
    """Knows the meter that was here first, and another one only after a person has confirmed the exchange."""

    def __init__(self, store: Store, meter: UUID) -> None:
        self._store = store
        self._meter = meter
        self._ours: str | None = None

    async def is_ours(self, reading: Reading) -> bool:
        """Whether a reading is of the meter that was here before; one without a server id cannot tell."""
        if reading.server_id in ("", self._ours):
            return True
        known = await self._store.run(identities.known, self._meter)
        if known is None or reading.server_id not in (known.server_id, known.stranger):
            await self._store.run(identities.heard, self._meter, reading.server_id)
        self._ours = known.server_id if known else reading.server_id
        return reading.server_id == self._ours
