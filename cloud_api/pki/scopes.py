"""Scopes: the rights that a certificate carries, as an extension of our own."""

from enum import StrEnum

from cryptography import x509

EXTENSION = x509.ObjectIdentifier("2.25.201610100852793357094733095986821931444")
"""Where the scopes stand in a certificate: under the arc of UUIDs, which needs no registration (ITU-T X.667).

Its value is a DER SEQUENCE OF UTF8String. It is not critical: a critical one that TLS does not know ends the handshake.
"""

_SEQUENCE, _UTF8_STRING = 0x30, 0x0C
_SHORT = 0x80  # lengths below are one byte; all scopes together stay below


class Scope(StrEnum):
    """A right that a certificate carries."""

    ACCOUNT = "account"
    HOUSEHOLD = "household"
    CONSENT = "consent"
    MEASUREMENT_READ = "measurement-read"
    MEASUREMENT_WRITE = "measurement-write"
    INCIDENT = "incident"


def to_extension(scopes: frozenset[Scope]) -> x509.UnrecognizedExtension:
    strings = b"".join(_element(_UTF8_STRING, scope.encode()) for scope in sorted(scopes))
    return x509.UnrecognizedExtension(EXTENSION, _element(_SEQUENCE, strings))


def from_extension(value: bytes) -> frozenset[Scope]:
    """The scopes of an extension's value. A right that is unknown here is none."""
    inner, rest = _open(_SEQUENCE, value)
    if rest:
        raise ValueError("bytes follow the sequence of scopes")
    names = set()
    while inner:
        name, inner = _open(_UTF8_STRING, inner)
        names.add(name.decode())
    return frozenset(scope for scope in Scope if scope in names)


def _element(tag: int, content: bytes) -> bytes:
    if len(content) >= _SHORT:
        raise ValueError("the scopes are too long for lengths of one byte")
    return bytes((tag, len(content))) + content


def _open(tag: int, der: bytes) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows it."""
    if len(der) < 2 or der[0] != tag or der[1] >= _SHORT or len(der) < 2 + der[1]:
        raise ValueError("the scopes are no sequence of UTF-8 strings")
    end = 2 + der[1]
    return der[2:end], der[end:]
