"""The Data API as the device speaks it: documents, and their turning into values.

Fields that are not known here are passed over: cloud and device are updated on different days.
"""

import gzip
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Cause, Kind
from edge_app.model.measurement import Measurement
from edge_app.model.missing import Missing, Reason

Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0)]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The participant; without name and e-mail address once anonymised."""

    uuid: UUID
    name: str | None = None
    email: str | None = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """The household's postal address."""

    street: str
    house_number: str
    postal_code: str
    city: str
    country: str


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """Who lives in the household, and what draws or stores energy in it."""

    children: Count
    adults: Count
    employed_adults: Count
    ev_charger: bool
    heat_pump: bool
    home_battery: bool


class Household(msgspec.Struct, frozen=True, kw_only=True):
    """The household; without an address once anonymised."""

    uuid: UUID
    address: Address | None = None
    location: Location | None = None
    metadata: Metadata | None = None


class ConsentDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The consent, with its moments."""

    state: ConsentState
    granted_at: Moment | None = None
    revoked_at: Moment | None = None
    text_version: str | None = None

    def to_consent(self) -> Consent:
        return Consent(
            state=self.state,
            granted_at=_utc(self.granted_at),
            revoked_at=_utc(self.revoked_at),
            text_version=self.text_version,
        )


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What the participant agrees to."""

    text_version: str
    text_sha256: str | None = None


class CertificateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """That we want our next certificate."""

    request: str


class LateRenewal(msgspec.Struct, frozen=True, kw_only=True):
    """The same, once ours has expired."""

    certificate: str
    request: str
    proof: str


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """Our next certificate, PEM."""

    certificate: str


class LeaseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """That we want to be reached: a key made for that, and the key of our SSH server."""

    key: str
    host_key: str


class BastionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Where our tunnel ends, and whom to believe that this is it."""

    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:_-]*\Z")]
    port: Annotated[int, Meta(ge=1, le=65_535)]
    account: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\Z")]
    authority: str


class LeaseDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A port of a bastion for a while."""

    bastion: BastionDocument
    port: Annotated[int, Meta(ge=1, le=65_535)]
    certificate: str
    host_certificate: str
    not_after: Moment


class MeasurementDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement; numbers keep each digit."""

    meter: UUID
    time: str
    data: list[dict[str, Decimal]]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one upload sends."""

    measurements: list[MeasurementDocument]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch: how many were new to the cloud, and how many it held already."""

    stored: Count
    duplicates: Count


class MissingDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Slots without a measurement, and why."""

    meter: UUID
    begin: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    reason: Reason


class MissingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of slots at once."""

    missing: list[MissingDocument]


class LackingDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Slots that the cloud asks us about."""

    meter: UUID
    begin: Moment = msgspec.field(name="from")
    end: Moment = msgspec.field(name="to")


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """All that it asks."""

    lacking: list[LackingDocument]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that has begun."""

    kind: Kind
    cause: Cause
    detail: str


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that is over."""

    kind: Kind


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """The cloud has heard it; whatever else it says is of no use here."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One field that the cloud objects to."""

    pointer: str = ""
    detail: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why the cloud refuses (RFC 9457)."""

    title: str
    status: int | None = None
    detail: str | None = None
    errors: tuple[Place, ...] = ()


_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(document: msgspec.Struct | Mapping[str, Any]) -> bytes:
    return _encoder.encode(document)


def packed(document: msgspec.Struct | Mapping[str, Any]) -> bytes:
    """A body as it leaves this house; the same of the same document."""
    return gzip.compress(encode(document), mtime=0)


def batch(measurements: Sequence[Measurement]) -> Batch:
    return Batch(
        measurements=[
            MeasurementDocument(
                meter=each.meter,
                time=_rfc3339(each.time),
                data=[{code.hex: value} for code, value in each.data.items()],
            )
            for each in measurements
        ]
    )


def explanation(missing: Sequence[Missing]) -> MissingReport:
    return MissingReport(
        missing=[
            MissingDocument(meter=each.meter, begin=_rfc3339(each.begin), end=_rfc3339(each.end), reason=each.reason)
            for each in missing
        ]
    )


def _rfc3339(moment: datetime) -> str:
    """Milliseconds, and microseconds where there are any."""
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
