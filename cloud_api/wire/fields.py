r"""The kinds of fields that messages are made of: what each admits, in the types themselves.

Patterns end in `\Z`, because `$` would let a line break pass; the OpenAPI document says `$`, which means that there.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from msgspec import Meta

EMAIL_PATTERN = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+\Z"
)
TEXT_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f])?\Z"
DETAIL_PATTERN = r"^[^\x00]+\Z"  # which PostgreSQL does not keep
MODEL_PATTERN = r"^[A-Z0-9][A-Z0-9-]{1,31}\Z"
CODE_PATTERN = r"^[0-9a-f]{12}\Z"
COUNTRY_PATTERN = r"^[A-Z]{2}\Z"
POSTAL_CODE_PATTERN = r"^[A-Z0-9][A-Z0-9 -]{1,9}\Z"
VERSION_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._-]{0,31}\Z"
KIND_PATTERN = r"^[A-Z][A-Z0-9-]{1,63}\Z"
CURSOR_PATTERN = r"^[0-9a-f]{1,15}-[0-9a-f]{32}\Z"
POINTER_PATTERN = (
    r"^/(?:participant/(?:name|email)|address/(?:street|house_number|postal_code|city|country)"
    r"|location/(?:latitude|longitude)"
    r"|metadata/(?:children|adults|employed_adults|ev_charger|heat_pump|home_battery)"
    r"|measurement_devices/[0-9a-f-]{36}/name|meters/[0-9a-f-]{36}/(?:type|model_number|measurement_device)"
    r"|pv_systems/[0-9a-f-]{36}/(?:nominal_power|azimuth|tilt|installation_date|meter))\Z"
)
STATUS_CURSOR_PATTERN = r"^[0-9](?:\.[0-9]{1,20}(?:e-[0-9]{1,3})?)?-[0-9a-f]{32}\Z"
REGION_PATTERN = r"^[A-Z]{2}[A-Z0-9]{0,3}\Z"
SHA256_PATTERN = r"^[0-9a-f]{64}\Z"
SSH_KEY_PATTERN = r"^ssh-ed25519 [A-Za-z0-9+/]{68}\Z"

EXPECTED = {
    EMAIL_PATTERN: "an e-mail address such as erika@example.org (a domain with umlauts in its xn-- form)",
    TEXT_PATTERN: "a text of one line, without blanks around it",
    DETAIL_PATTERN: "a text without the character NUL",
    MODEL_PATTERN: "a model number such as MT681: 2 to 32 capital letters, digits and hyphens",
    CODE_PATTERN: "OBIS codes of 12 hexadecimal digits such as 0100010800ff",
    COUNTRY_PATTERN: "a country of two capital letters such as DE",
    POSTAL_CODE_PATTERN: "a postal code such as 65195",
    VERSION_PATTERN: "a version such as 2026-11",
    SHA256_PATTERN: "a SHA-256 of 64 hexadecimal digits",
    SSH_KEY_PATTERN: "a public key of SSH on Ed25519, without a comment",
    REGION_PATTERN: "a NUTS code such as DE714, or how it begins",
    KIND_PATTERN: "a kind of incident such as SERIAL-PORT-UNAVAILABLE: 2 to 64 capital letters, digits and hyphens",
    CURSOR_PATTERN: "`next` of the page before",
    STATUS_CURSOR_PATTERN: "`next` of the page before",
    POINTER_PATTERN: "a field of the registration such as /address/street or /pv_systems/<its uuid>/tilt",
}
"""What is expected where a pattern does not fit, in words."""

Email = Annotated[str, Meta(pattern=EMAIL_PATTERN, max_length=254)]
Text = Annotated[str, Meta(pattern=TEXT_PATTERN, min_length=1, max_length=200)]
ModelNumber = Annotated[str, Meta(pattern=MODEL_PATTERN)]
Country = Annotated[str, Meta(pattern=COUNTRY_PATTERN)]
RegionCode = Annotated[str, Meta(pattern=REGION_PATTERN)]
PostalCode = Annotated[str, Meta(pattern=POSTAL_CODE_PATTERN)]
TextVersion = Annotated[str, Meta(pattern=VERSION_PATTERN)]
Sha256 = Annotated[str, Meta(pattern=SHA256_PATTERN)]
Code = Annotated[str, Meta(pattern=CODE_PATTERN)]
IncidentKind = Annotated[str, Meta(pattern=KIND_PATTERN)]
Cursor = Annotated[str, Meta(pattern=CURSOR_PATTERN, description="`next` of the page before.")]
StatusCursor = Annotated[str, Meta(pattern=STATUS_CURSOR_PATTERN, description="`next` of the page before.")]
FieldPointer = Annotated[
    str,
    Meta(
        pattern=POINTER_PATTERN,
        description="A field of the registration, as a JSON pointer; an entry of a list is named by its uuid.",
    ),
]
Detail = Annotated[str, Meta(pattern=DETAIL_PATTERN, min_length=1, max_length=2000)]
PageSize = Annotated[int, Meta(ge=1, le=1000)]
SshKey = Annotated[str, Meta(pattern=SSH_KEY_PATTERN)]
Pem = Annotated[str, Meta(min_length=1, max_length=8192)]
Moment = Annotated[datetime, Meta(tz=True)]

MOST_ITEMS = 1000
"""Items of a batch: ten days of one meter."""

Count = Annotated[int, Meta(ge=0, le=1000)]
Index = Annotated[int, Meta(ge=0, description="Place in the list of the same document, from 0.")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Azimuth = Annotated[float, Meta(ge=0, le=360, description="Degrees from north, clockwise.")]
Tilt = Annotated[float, Meta(ge=0, le=90, description="Degrees from the horizontal.")]
Power = Annotated[float, Meta(gt=0, le=100_000, description="kW.")]

Completeness = Annotated[
    float,
    Meta(ge=0, le=1, description="Share of the expected slots that were measured, as it was reckoned last."),
]
Share = Annotated[float, Meta(ge=0, le=1, description="Only those whose completeness is known, and below this.")]

MeterType = Literal["ELECTRICITY", "PV-GENERATION"]
ConsentState = Literal["not-granted", "granted", "revoked"]
StatusOrder = Literal["urgency", "completeness"]
StandingWord = Literal["silent", "incident", "certificate", "waiting", "well", "ended"]
Precision = Literal["manual", "house", "street", "place", "postal-code", "displaced"]
CorrectionState = Literal["open", "applied", "declined"]
Step = Literal["15min", "hour", "day"]
SlotState = Literal["measured", "late", "missing", "not-expected"]
SlotReason = Literal[
    "meter-silent",
    "meter-unreadable",
    "port-gone",
    "device-off",
    "clock-not-set",
    "consent-off",
    "unknown",
]

DIGITS = 40
"""Digits of a value; the longest integer of a meter has 20."""
MAGNITUDE = 300
"""Power of ten up to which a value may go either way; more than any meter can scale, and within a double's range."""


class Value(Decimal):
    """An exact number: what the digits say, and as many of them."""

    @classmethod
    def of(cls, number: Any) -> "Value":
        """The value of a number that was decoded from JSON. Raises ValueError for everything else."""
        if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
            raise ValueError(f"Expected a number, got `{type(number).__name__}`")  # noqa: TRY004  # msgspec reports ValueError by its place
        value = cls(number)
        if not value.is_finite() or len(value.as_tuple().digits) > DIGITS or abs(value.adjusted()) > MAGNITUDE:
            raise ValueError(f"Expected a number of at most {DIGITS} digits and below 1e{MAGNITUDE}")
        return value


def exact(digits: str) -> Decimal:
    """A number with a point or an exponent, exactly; NaN where the exponent is beyond what Decimal holds."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal("NaN")
