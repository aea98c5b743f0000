"""Certificates as nobody should issue them, to be refused."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cloud_api.folder import bundle
from cloud_api.folder.layout import DEVICE_AUTHORITY
from cloud_api.pki import authority
from cloud_api.pki.authority import Issued
from cloud_api.pki.issue import ALL_SCOPES, device_certificate
from cloud_api.pki.scopes import Scope
from cloud_api.store import devices
from tests.cloud.running import Cloud


async def issue(
    cloud: Cloud,
    out: Path,
    device: UUID | str,
    *,
    scopes: frozenset[Scope] = ALL_SCOPES,
    root: Issued | None = None,
    at: datetime | None = None,
    recorded: bool = True,
) -> Path:
    """A bundle's certificate and key: with these scopes, by this authority, at this moment, recorded or not."""
    now = at or datetime.now(UTC)
    root = root or authority.load(cloud.folder.pki, DEVICE_AUTHORITY)
    issued = device_certificate(root, UUID(str(device)), email="erika@example.org", now=now, scopes=scopes)
    if recorded:
        async with cloud.database() as database, database.write() as connection:
            await devices.record_certificate(
                connection,
                UUID(str(device)),
                issued.certificate.serial_number,
                issued_at=now,
                not_after=issued.certificate.not_valid_after_utc,
            )
    return write(issued, out)


def write(issued: Issued, out: Path) -> Path:
    out.mkdir()
    (out / bundle.CERTIFICATE).write_bytes(issued.certificate_pem)
    (out / bundle.KEY).write_bytes(issued.key_pem)
    return out
