"""The book of incidents of one meter: each is opened once and closed once, and said when that happens."""

import logging
from collections.abc import Callable
from uuid import UUID

from edge_app.clock import Clock
from edge_app.model.incident import Cause, Finding, Incident, Kind
from edge_app.store import Store, incidents

logger = logging.getLogger(__name__)


class IncidentBook:
    """Writes to the store, and tells whoever listens."""

    def __init__(
        self,
        store: Store,
        *,
        meter: UUID,
        model: str,
        clock: Clock,
        opened: Callable[[Incident], None],
        closed: Callable[[Incident], None],
    ) -> None:
        self._store = store
        self._meter = meter
        self._model = model
        self._clock = clock
        self._opened = opened
        self._closed = closed
        self._lasting: dict[Kind, Cause] | None = None
        """What the store says; None before it was asked."""

    async def cause(self, kind: Kind) -> Cause | None:
        """Why something is missing; None while nothing is."""
        return (await self._known()).get(kind)

    async def open(self, finding: Finding) -> None:
        """Something is wrong; harmless when that is known. With another cause it is another incident."""
        kind = finding.cause.kind
        if await self.cause(kind) is finding.cause:
            return
        await self.close(kind)
        incident = Incident(meter=self._meter, cause=finding.cause, detail=finding.detail, began=self._clock.now())
        if await self._store.run(incidents.begin, incident):
            (await self._known())[kind] = finding.cause
            about = {"meter": self._meter, "kind": kind, "cause": finding.cause}
            logger.warning("%s: %s (%s): %s", self._model, kind, finding.cause, finding.detail, extra=about)
            self._opened(incident)

    async def close(self, kind: Kind) -> None:
        """Nothing of that kind is wrong any more; harmless when nothing was."""
        lasting = await self._known()
        if lasting.pop(kind, None):
            incident = await self._store.run(incidents.end, self._meter, kind, self._clock.now())
            if incident:
                about = {"meter": self._meter, "kind": kind, "cause": incident.cause}
                logger.info("%s: %s (%s) is over", self._model, kind, incident.cause, extra=about)
                self._closed(incident)

    async def _known(self) -> dict[Kind, Cause]:
        if self._lasting is None:
            open_now = await self._store.run(incidents.open_now)
            self._lasting = {each.kind: each.cause for each in open_now if each.meter == self._meter}
        return self._lasting
