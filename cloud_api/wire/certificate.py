"""Messages about the certificates of devices, as they go over the wire."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.fields import Moment, Pem
from cloud_api.wire.message import Message


class CertificateRequest(Message, frozen=True, kw_only=True):
    """That a device wants its next certificate."""

    request: Annotated[Pem, Meta(description="A signing request (PKCS #10) for a new key on P-256, PEM.")]


class LateRenewal(Message, frozen=True, kw_only=True):
    """The same, of a device whose certificate has expired: it proves that it has the key of that one."""

    certificate: Annotated[Pem, Meta(description="The latest certificate of the device, PEM.")]
    request: Annotated[Pem, Meta(description="A signing request (PKCS #10) for a new key on P-256, PEM.")]
    proof: Annotated[
        str,
        Meta(
            max_length=200,
            description="Signature of the text of `request` by the key of `certificate`: ECDSA, SHA-256, base64.",
        ),
    ]


class IssuedCertificate(Message, frozen=True, kw_only=True):
    """The device's new certificate; the one before ends when this one is first used."""

    certificate: Annotated[str, Meta(description="PEM.")]
    not_after: Moment
