"""A NUTS 3 region, to be drawn."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.fields import RegionCode
from cloud_api.wire.message import Message


class Region(Message, frozen=True, kw_only=True):
    """A district: its population per km², and its outline, rings of longitude and latitude, coarse enough to draw."""

    code: Annotated[str, Meta(description="NUTS 3.")]
    name: str
    density: float
    outline: list[list[list[float]]]


class RegionQuery(Message, frozen=True, kw_only=True):
    """Which region is wanted."""

    code: RegionCode
