"""Measurements, in and out."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cloud_api.wire.fields import MOST_ITEMS, Code, Moment, Step, Value
from cloud_api.wire.message import Message


class MeasurementDraft(Message, frozen=True, kw_only=True):
    """One measurement of one meter: each register's value under its OBIS code, in kWh or kW."""

    meter: UUID
    time: Annotated[Moment, Meta(description="UTC.")]
    data: Annotated[
        list[Annotated[dict[Code, Value], Meta(min_length=1, max_length=1)]], Meta(min_length=1, max_length=64)
    ]


class MeasurementBatch(Message, frozen=True, kw_only=True):
    """Measurements that are stored together or not at all."""

    measurements: Annotated[list[MeasurementDraft], Meta(min_length=1, max_length=MOST_ITEMS)]


class Stored(Message, frozen=True, kw_only=True):
    """How many measurements of a batch were new, and how many were here already."""

    stored: int
    duplicates: int


class Measurement(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A measurement that is stored here, or what a step that begins at `time` comes to.

    A step shows how much its energy counters went up and the mean of its powers; a gap has neither.
    """

    meter: UUID
    time: Moment
    data: list[dict[Code, Value]]
    slots: Annotated[
        int | UnsetType, Meta(description="With a step: how many of its quarters of an hour were measured.")
    ] = UNSET


class Measurements(Message, frozen=True, kw_only=True):
    """A page of one meter's measurements, oldest first; `next` is the cursor of the page after it."""

    measurements: list[Measurement]
    next: Moment | None


class MeasurementQuery(Message, frozen=True, kw_only=True):
    """Which measurements are wanted: from one moment on, before another, after the page that gave the cursor."""

    from_: Annotated[Moment | None, Meta(description="UTC; this moment included.")] = msgspec.field(
        default=None, name="from"
    )
    to: Annotated[Moment | None, Meta(description="UTC; this moment excluded.")] = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    cursor: Annotated[Moment | None, Meta(description="`next` of the page before.")] = None
    step: Annotated[Step | None, Meta(description="Sums and means of steps of UTC, in place of measurements.")] = None
