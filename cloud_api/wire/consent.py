"""Consent, and the receipts of it."""

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from cloud_api.wire.fields import ConsentState, Moment, Sha256, TextVersion
from cloud_api.wire.message import Message


class ConsentGrant(Message, frozen=True, kw_only=True):
    """Which version of the text the participant agreed to; without it, the current one."""

    text_version: TextVersion | None = None
    text_sha256: Annotated[
        Sha256 | None, Meta(description="Of the text that was shown, in UTF-8. Without it, the current text is meant.")
    ] = None


class ConsentText(Message, frozen=True, kw_only=True):
    """What is agreed to, word for word, in one language; the hash is of its UTF-8."""

    language: str
    content: str
    sha256: str


class ConsentTexts(Message, frozen=True, kw_only=True):
    """The current version of what is agreed to, in each of its languages."""

    version: str
    texts: list[ConsentText]


class Consent(Message, frozen=True, kw_only=True):
    """The participant's consent."""

    state: ConsentState
    granted_at: Moment | None
    revoked_at: Moment | None
    text_version: str | None


class ReceiptStatement(Message, frozen=True, kw_only=True):
    """What a receipt states: whose consent stands how, since when, and to which text it was given."""

    household: UUID
    state: ConsentState
    granted_at: Moment | None
    revoked_at: Moment | None
    text_version: str | None
    text_sha256: str | None


class Receipt(Message, frozen=True, kw_only=True):
    """A statement and its signature (Ed25519, base64), which is over its JSON with sorted keys and without blanks."""

    statement: ReceiptStatement
    key: str
    signature: str


class SignedConsent(Consent, frozen=True, kw_only=True, omit_defaults=True):
    """The participant's consent, and once it was granted a receipt of it."""

    receipt: Receipt | UnsetType = UNSET
