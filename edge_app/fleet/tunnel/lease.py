"""A lease: a port of a bastion for a while, with a key that was made for it alone and goes with it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from edge_app.config import TunnelConfig
from edge_app.errors import ConfigError
from edge_app.sync.client import CloudClient
from edge_app.sync.wire import LeaseDocument, LeaseRequest

HOST_CERTIFICATE = "host-cert.pub"
"""In the tunnel's folder, where this device's SSH server shows it from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What the cloud has leased to this device, and the key that is let in with it."""

    granted: LeaseDocument
    key: Ed25519PrivateKey

    @property
    def not_after(self) -> datetime:
        return self.granted.not_after

    @contextmanager
    def files(self, within: Path) -> Iterator[Sequence[str]]:
        """The lease as files that its owner alone reads, and the options of ssh that name them; gone with the block."""
        bastion = self.granted.bastion
        with TemporaryDirectory(dir=within, prefix="lease-") as made:
            folder = Path(made)
            private = self.key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
            key = _private(folder / "key", private)
            certificate = _private(folder / "key-cert.pub", f"{self.granted.certificate}\n".encode())
            hosts = _private(folder / "hosts", f"@cert-authority {bastion.host} {bastion.authority}\n".encode())
            yield (
                f"IdentityFile={key}",
                f"CertificateFile={certificate}",
                f"UserKnownHostsFile={hosts}",
                f"HostKeyAlias={bastion.host}",
            )


async def take(cloud: CloudClient, config: TunnelConfig) -> Lease:
    """Ask for a lease, and put the certificate that came with it where this device's SSH server finds it.

    Raises CloudError, and ConfigError where this machine stands against it.
    """
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    request = LeaseRequest(key=public, host_key=_host_key(config.host_key))
    granted = await cloud.lease(request)
    try:
        config.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = _private(config.folder / f".{HOST_CERTIFICATE}.new", f"{granted.host_certificate}\n".encode())
        beside.replace(config.folder / HOST_CERTIFICATE)
    except OSError as error:
        raise ConfigError(f"{config.folder}: cannot be written ({error.strerror})") from error
    return Lease(granted=granted, key=key)


def _host_key(file: Path) -> str:
    """The key of this device's SSH server, without its comment."""
    try:
        kind, key, *_ = file.read_text(encoding="ascii").split()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: expected the public key of this device's SSH server") from error
    return f"{kind} {key}"


def _private(file: Path, content: bytes) -> Path:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:  # noqa: PTH123  # with a mode
        stream.write(content)
    return file
