"""How many take part, over time and over the country, with small groups hidden."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from cloud_api.wire.message import Message


class Group(Message, frozen=True, kw_only=True):
    """How many households are of one kind; none where that is hidden."""

    name: str
    households: Annotated[
        int | None, Meta(description="Null where fewer than five are of it, or others could be reckoned from it.")
    ]


class ParticipationOn(Message, frozen=True, kw_only=True):
    """How many households stood how at the end of a day, UTC."""

    day: date
    not_granted: int
    granted: int
    revoked: int


class ParticipationQuery(Message, frozen=True, kw_only=True):
    """In which steps participation is wanted over time."""

    step: Literal["week", "month"] = "month"


class Participation(Message, frozen=True, kw_only=True):
    """Counts of households. Kinds with none of them are left out, and so are totals.

    By consent and over time all are counted, and by the rest those whose consent stands.
    """

    consent: list[Group]
    completeness: list[Group]
    federal_state: Annotated[list[Group], Meta(description="By NUTS 1 code; `unknown` where the region is not known.")]
    pv_power: Annotated[list[Group], Meta(description="By nominal power of all its PV systems, kW.")]
    over_time: Annotated[
        list[ParticipationOn],
        Meta(description="Ends of weeks or months, and now; those left out by which few could be told from others."),
    ]
