"""Incidents: what stops the measurements of a meter."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import Cursor, Detail, IncidentKind, Moment, PageSize, Text
from cloud_api.wire.message import Message


class IncidentReport(Message, frozen=True, kw_only=True):
    """That something stops the measurements of a meter; said again, it stays one incident."""

    kind: IncidentKind
    cause: Text | None = None
    detail: Detail | None = None


class IncidentResolution(Message, frozen=True, kw_only=True):
    """That an incident of this kind is over."""

    kind: IncidentKind


class Incident(Message, frozen=True, kw_only=True):
    """Something that stops the measurements of a meter, from its first report on until it is resolved."""

    uuid: UUID
    household: UUID
    meter: UUID
    kind: str
    cause: str | None
    detail: str | None
    opened_at: Moment
    reported_at: Annotated[Moment, Meta(description="Its latest report.")]
    resolved_at: Moment | None


class Incidents(Message, frozen=True, kw_only=True):
    """A page of incidents, newest first; `next` is the cursor of the page after it."""

    incidents: list[Incident]
    next: str | None


class IncidentQuery(Message, frozen=True, kw_only=True):
    """Which incidents are wanted: all, or those that are open or not, after the page that gave the cursor."""

    open: bool | None = None
    limit: PageSize = 100
    cursor: Cursor | None = None
