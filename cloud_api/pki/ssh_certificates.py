"""Certificates of SSH: of a device for one port of a bastion, of an operator for one device, of a host for its name.

The key id of a certificate is signed with it. A bastion reads there which port is meant, and need remember nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import SSHCertificateBuilder, SSHCertificateType

from cloud_api.pki.authority import CLOCKS_APART

LEASE_LIFE = timedelta(hours=8)
SESSION_LIFE = timedelta(hours=1)
HOST_LIFE = timedelta(days=90)
BASTION_LIFE = timedelta(days=3652)
"""A bastion is set up by hand, by somebody who then need not come back for this."""
FORWARDING, TERMINAL = "permit-port-forwarding", "permit-pty"


def key_id(device: UUID, port: int) -> str:
    """What a lease goes by, at the bastion too."""
    return f"device={device} port={port}"


def principal(device: UUID) -> str:
    """What a device calls itself to operators, and they call it."""
    return f"device:{device}"


def lease_certificate(
    authority: Ed25519PrivateKey, key: Ed25519PublicKey, device: UUID, port: int, *, now: datetime
) -> str:
    """For a device: it may listen at this port of a bastion's loopback."""
    return signed(
        *(authority, key, key_id(device, port)),
        names=[principal(device)],
        extensions=[FORWARDING],
        begin=now - CLOCKS_APART,
        end=now + LEASE_LIFE,
    )


def session_certificate(
    authority: Ed25519PrivateKey, key: Ed25519PublicKey, device: UUID, port: int, *, now: datetime
) -> str:
    """For an operator: through this port of a bastion to this device, and to no other."""
    return signed(
        *(authority, key, f"operator {key_id(device, port)}"),
        names=[principal(device)],
        extensions=[FORWARDING, TERMINAL],
        begin=now - CLOCKS_APART,
        end=now + SESSION_LIFE,
    )


def host_certificate(
    authority: Ed25519PrivateKey, key: Ed25519PublicKey, name: str, *, now: datetime, life: timedelta = HOST_LIFE
) -> str:
    """For a host: that this is its key."""
    return signed(
        *(authority, key, f"host {name}"),
        names=[name],
        extensions=[],
        begin=now - CLOCKS_APART,
        end=now + life,
        kind=SSHCertificateType.HOST,
    )


def signed(
    authority: Ed25519PrivateKey,
    key: Ed25519PublicKey,
    key_id: str,
    *,
    names: Sequence[str],
    extensions: Sequence[str],
    begin: datetime,
    end: datetime,
    kind: SSHCertificateType = SSHCertificateType.USER,
) -> str:
    """A certificate as OpenSSH reads it, one line; without a source address or a forced command."""
    builder = (
        SSHCertificateBuilder()
        .public_key(key)
        .serial(secrets.randbits(63))
        .type(kind)
        .key_id(key_id.encode())
        .valid_principals([name.encode() for name in names])
        .valid_after(int(begin.timestamp()))
        .valid_before(int(end.timestamp()))
    )
    for extension in sorted(extensions):  # their order is part of the format
        builder = builder.add_extension(extension.encode(), b"")
    return builder.sign(authority).public_bytes().decode()
