"""The register: households a line each, as researchers look for them; and a look at one before it is registered."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import Completeness, ConsentState, Moment, RegionCode, Share, Text
from cloud_api.wire.household import Location, Placement
from cloud_api.wire.message import Message
from cloud_api.wire.region import Region

Lack = Literal["location", "region", "electricity-meter", "pv-system"]
"""A detail that a household should have and does not."""
Order = Literal["registered", "name", "consent", "region", "details", "completeness"]


class RegisterQuery(Message, frozen=True, kw_only=True):
    """Which households are wanted, in which order, and which page of them, from 1."""

    text: Annotated[Text | None, Meta(description="Part of name, e-mail address, city or postal code, or a uuid.")] = (
        None
    )
    consent: ConsentState | None = None
    region: Annotated[RegionCode | None, Meta(description="NUTS code, or how it begins: DE7 is Hessen.")] = None
    complete: Annotated[bool | None, Meta(description="Whether every detail is there.")] = None
    below: Share | None = None
    sort: Order = "registered"
    descending: bool = False
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class RegisterEntry(Message, frozen=True, kw_only=True):
    """A household in one line. Name, e-mail address and city are gone once consent is revoked."""

    uuid: UUID
    registered_at: Moment
    name: str | None
    email: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    region_name: str | None
    consent: ConsentState
    granted_at: Moment | None
    revoked_at: Moment | None
    lacks: list[Lack]
    completeness: Completeness | None
    corrections: Annotated[int, Meta(description="Reported mistakes that wait for a decision.")]


class Register(Message, frozen=True, kw_only=True):
    """A page of the register, and how many households fit in all."""

    households: list[RegisterEntry]
    total: int


class HouseholdCheck(Message, frozen=True, kw_only=True):
    """What registering a household would come to, and where it would be placed. Nothing is kept."""

    location: Location | None
    placement: Placement | None
    region: Region | None
    repeats: Annotated[bool, Meta(description="Whether the participant has a household at this address already.")]
