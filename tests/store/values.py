"""Measurements and consents to try the store with, and a look for what is left of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from edge_app.model.consent import Consent, ConsentState
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, POWER

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
GRANTED = Consent(state=ConsentState.GRANTED, granted_at=START, text_version="2026-11")
REVOKED = Consent(
    state=ConsentState.REVOKED, granted_at=START, revoked_at=START + timedelta(days=3), text_version="2026-11"
)
CELLAR = UUID("6a0c7c0e-0000-4000-8000-000000000001")
ROOF = UUID("6a0c7c0e-0000-4000-8000-000000000002")


def measurement(slot: int, *, meter: UUID = CELLAR, seconds: float = 2.118, energy: str = "10234.7412") -> Measurement:
    """What a meter said in one of the quarters of an hour since START."""
    begin = START + slot * QUARTER
    return Measurement(
        meter=meter,
        slot=begin,
        time=begin + timedelta(seconds=seconds),
        data={ENERGY_IN: Decimal(energy), POWER: Decimal("-0.4310")},
    )


def files_with(folder: Path, trace: bytes) -> list[Path]:
    return [file for file in folder.iterdir() if trace in file.read_bytes()]
