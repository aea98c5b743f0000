"""Corrections: what a participant reports to be wrong in the registration."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import CorrectionState, Cursor, FieldPointer, Moment, PageSize, Text
from cloud_api.wire.message import Message


class CorrectionDraft(Message, frozen=True, kw_only=True):
    """That a field of the registration is wrong, and what is right, in the participant's words."""

    field: FieldPointer
    value: Text


class Correction(Message, frozen=True, kw_only=True):
    """What a participant reported to be wrong, and what became of it; `word` is the researcher's."""

    uuid: UUID
    household: UUID
    field: str
    value: str
    state: CorrectionState
    word: str | None
    reported_at: Moment
    decided_at: Moment | None


class Corrections(Message, frozen=True, kw_only=True):
    """A page of corrections, newest first; `next` is the cursor of the page after it."""

    corrections: list[Correction]
    next: str | None


class CorrectionQuery(Message, frozen=True, kw_only=True):
    """Which corrections are wanted: all, or those of one state, after the page that gave the cursor."""

    state: CorrectionState | None = None
    household: Annotated[UUID | None, Meta(description="Of one household; a device learns of its own alone.")] = None
    limit: PageSize = 100
    cursor: Cursor | None = None


class CorrectionApplied(Message, frozen=True, kw_only=True):
    """That a correction is right: its value is put into the household, or `value` where its words are no value."""

    word: Text
    value: Text | None = None


class CorrectionDeclined(Message, frozen=True, kw_only=True):
    """That a correction is not made, and why."""

    word: Text
