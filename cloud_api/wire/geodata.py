"""Which geodata are held here."""

from typing import Literal

from cloud_api.wire.fields import Moment
from cloud_api.wire.message import Message


class GeodataSource(Message, frozen=True, kw_only=True):
    """Geodata that are held here, with the lines that their licences ask to be shown."""

    kind: Literal["districts", "postal-codes"]
    imported_at: Moment
    entries: int
    attributions: list[str]


class Geodata(Message, frozen=True, kw_only=True):
    """All geodata that are held here."""

    geodata: list[GeodataSource]
