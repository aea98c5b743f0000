"""What the registration says of the meters, as far as the cloud has told this device."""

import json
from collections.abc import Set
from uuid import UUID

from sqlite_utils import Database

from edge_app.store import answers

METERS = "household/meter"


def generation_meters(db: Database) -> Set[UUID]:
    """Those that count what a photovoltaic system generates."""
    known = answers.kept(db, METERS)
    meters = json.loads(known.text).get("meters", []) if known else []
    return {UUID(meter["uuid"]) for meter in meters if meter.get("type") == "PV-GENERATION"}
