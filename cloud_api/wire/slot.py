"""The slot ledger: what became of each quarter of an hour, and why some have no measurement."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from cloud_api.wire.fields import MOST_ITEMS, Moment, SlotReason, SlotState
from cloud_api.wire.message import Message

Begin = Annotated[Moment, Meta(description="UTC; the beginning of a slot, which is included.")]
End = Annotated[Moment, Meta(description="UTC; the beginning of a slot, which is excluded.")]


class MissingSlots(Message, frozen=True, kw_only=True):
    """Why slots of a meter have no measurement, one after another."""

    meter: UUID
    from_: Begin = msgspec.field(name="from")
    to: End
    reason: SlotReason


class MissingSlotsReport(Message, frozen=True, kw_only=True):
    """What a device says of slots without a measurement; said again, the later word counts."""

    missing: Annotated[list[MissingSlots], Meta(min_length=1, max_length=MOST_ITEMS)]


class MissingSlotsNoted(Message, frozen=True, kw_only=True):
    """How many slots were spoken of."""

    slots: int


class LackingSlots(Message, frozen=True, kw_only=True):
    """Slots of a meter that should have a measurement here, and nobody has said why they have none."""

    meter: UUID
    from_: Begin = msgspec.field(name="from")
    to: End


class Lacking(Message, frozen=True, kw_only=True):
    """What a device is asked about: to send the measurements of these slots again, or to say why there are none."""

    lacking: list[LackingSlots]


class LedgerRun(Message, frozen=True, kw_only=True):
    """Slots one after another with the same state; a reason where they are missing, or were dated afterwards."""

    from_: Begin = msgspec.field(name="from")
    to: End
    state: SlotState
    reason: SlotReason | None


class MeterLedger(Message, frozen=True, kw_only=True):
    """How many slots of a meter were expected, and what became of them.

    `completeness` is the share that was measured, late ones included; none where nothing was expected.
    """

    meter: UUID
    expected: int
    measured: int
    late: int
    missing: int
    reasons: dict[SlotReason, int]
    completeness: float | None
    runs: list[LedgerRun]


class HouseholdLedger(Message, frozen=True, kw_only=True):
    """The ledgers of a household's meters, and the completeness of them all."""

    at: Moment
    completeness: float | None
    meters: list[MeterLedger]


class LedgerQuery(Message, frozen=True, kw_only=True):
    """Of which slots the ledger is wanted (of all since consent, unless said), and whether in runs besides."""

    from_: Annotated[Moment | None, Meta(description="UTC; the slot of this moment included.")] = msgspec.field(
        default=None, name="from"
    )
    to: Annotated[Moment | None, Meta(description="UTC; the slot of this moment excluded.")] = None
    runs: bool = False
