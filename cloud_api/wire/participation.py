"""How many take part, over time and over the country, with small groups hidden."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.message import Message


class Group(Message, frozen=True, kw_only=True):
    """How many households are of one kind; none where that is hidden."""

    name: str
    households: Annotated[
        int | None, Meta(description="Null where fewer than five are of it, or others could be reckoned from it.")
    ]


class Participation(Message, frozen=True, kw_only=True):
    """Counts of households. Kinds with none of them are left out, and so are totals.

    By consent all are counted, by month those that granted it, and by the rest those whose consent stands.
    """

    consent: list[Group]
    completeness: list[Group]
    federal_state: Annotated[list[Group], Meta(description="By NUTS 1 code; `unknown` where the region is not known.")]
    pv_power: Annotated[list[Group], Meta(description="By nominal power of all its PV systems, kW.")]
    granted_in: Annotated[list[Group], Meta(description="By month of granting.")]
