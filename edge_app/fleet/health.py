"""How a device is, in figures of its store and settings: for one look, and for whoever asks from afar."""

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlite_utils import Database

from edge_app.config import Config
from edge_app.model.incident import Incident
from edge_app.setup.settings import merged
from edge_app.store import consents, contacts, fittings, incidents, measurements, undated


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterHealth:
    """One meter: uuid and model, and when it was measured last."""

    uuid: str
    model: str
    measured_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the store says, with no value of any meter in it."""

    version: str
    consent: str
    meters: list[MeterHealth]
    kept: int
    """Measurements on the device."""
    waiting: int
    """Those of them that the cloud does not hold yet."""
    set_aside: int
    """Those of them that the cloud refuses."""
    undated: int
    """Measurements that wait for the time of day."""
    answered_at: datetime | None
    """When the cloud last answered as it should."""
    error: str | None
    """What has gone wrong since."""
    incidents: list[Incident]

    def to_document(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "consent": self.consent,
            "meters": [
                {"meter": each.uuid, "model": each.model, "measured_at": _text(each.measured_at)}
                for each in self.meters
            ],
            "kept": self.kept,
            "waiting": self.waiting,
            "set_aside": self.set_aside,
            "undated": self.undated,
            "answered_at": _text(self.answered_at),
            "error": self.error,
            "incidents": [
                {"meter": str(each.meter), "kind": each.kind, "cause": each.cause, "began": each.began.isoformat()}
                for each in self.incidents
            ],
        }


def health(db: Database, config: Config) -> Health:
    """Look it up."""
    status, latest = contacts.status(db), measurements.latest(db)
    return Health(
        version=version("zaehlwerk"),
        consent=consents.current(db).state,
        meters=[
            MeterHealth(
                uuid=str(each.uuid),
                model=each.model,
                measured_at=latest[each.uuid].time if each.uuid in latest else None,
            )
            for each in merged(config.meter, fittings.all_of_them(db))
        ],
        kept=measurements.kept_count(db),
        waiting=status.waiting,
        set_aside=status.set_aside,
        undated=undated.count(db),
        answered_at=status.answered_at,
        error=status.error,
        incidents=incidents.open_now(db),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
