"""The trial: a measurement of a meter goes to the cloud and is asked back from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import UUID

from edge_app.clock import Clock, Synchrony
from edge_app.errors import CloudError, ForbiddenError, RefusedError
from edge_app.model.consent import ConsentState
from edge_app.model.measurement import Measurement
from edge_app.store import Store, fittings, measurements, uploads
from edge_app.sync.client import CloudClient
from edge_app.sync.gate import ConsentGate
from edge_app.sync.wire import batch, packed

RECENT = timedelta(minutes=16)
"""Age up to which a measurement speaks for how things are now: a slot and a minute."""


class Stage(StrEnum):
    """How far a trial came."""

    AWAY = "away"
    """The cloud did not answer."""
    FORBIDDEN = "forbidden"
    """It answered, and does not take us for this household's device."""
    NO_CONSENT = "no_consent"
    """All is well up to the consent, which the participant has not granted."""
    REVOKED = "revoked"
    CLOCK = "clock"
    """The time of day is not believed yet, so nothing is measured."""
    WAITING = "waiting"
    """No measurement has been taken yet."""
    REFUSED = "refused"
    """The cloud does not take the measurement."""
    LOST = "lost"
    """It took the measurement, and does not give it back."""
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it."""

    stage: Stage
    measured_at: datetime | None = None
    reason: str = ""
    """What the cloud said, where it refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """What a trial needs."""

    store: Store
    cloud: CloudClient
    gate: ConsentGate
    synchrony: Synchrony
    clock: Clock

    async def try_out(self, meter: UUID) -> Trial:
        """Go as far as it goes; each step says why it is the last."""
        try:
            return await self._try_out(meter)
        except ForbiddenError as error:
            return Trial(stage=Stage.FORBIDDEN, reason=str(error))
        except RefusedError as error:
            return Trial(stage=Stage.REFUSED, reason=str(error))
        except CloudError as error:
            return Trial(stage=Stage.AWAY, reason=str(error))

    async def _try_out(self, meter: UUID) -> Trial:
        consent = await self.gate.set(await self.cloud.consent())
        if consent.state is not ConsentState.GRANTED:
            revoked = consent.state is ConsentState.REVOKED
            return Trial(stage=Stage.REVOKED if revoked else Stage.NO_CONSENT)
        if not self.synchrony:
            return Trial(stage=Stage.CLOCK)
        latest = (await self.store.run(measurements.latest)).get(meter)
        if latest is None or self.clock.now() - latest.time > RECENT:
            return Trial(stage=Stage.WAITING)
        await self.cloud.send([latest])
        await self.store.run(uploads.note, packed(batch([latest])), 1, self.clock.now())
        if not await self._comes_back(latest):
            return Trial(stage=Stage.LOST, measured_at=latest.time)
        await self.store.run(fittings.confirmed, meter, latest.time)
        return Trial(stage=Stage.CONFIRMED, measured_at=latest.time)

    async def _comes_back(self, sent: Measurement) -> bool:
        begin = quote(sent.time.isoformat())
        answer = await self.cloud.look(f"household/meter/{sent.meter}/measurement?from={begin}&limit=1")
        return any(_moment(each) == sent.time for each in answer.get("measurements", []))


def _moment(document: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(document.get("time")))
    except ValueError:
        return None
