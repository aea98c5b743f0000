"""The bundle of a device: its certificate and key, whom it trusts, and its settings, ready for the boot partition."""

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from cloud_api import wire
from cloud_api.clock import Clock
from cloud_api.errors import NobodysError, SetupError
from cloud_api.files import PRIVATE_FOLDER, write_private
from cloud_api.folder.layout import DEVICE_AUTHORITY, DataFolder, Listening
from cloud_api.folder.slip import Codes, hashed, sheets
from cloud_api.folder.toml_text import string
from cloud_api.folder.wifi import FILE as WIFI
from cloud_api.folder.wifi import Wifi
from cloud_api.pki import authority
from cloud_api.pki.issue import device_certificate
from cloud_api.pki.ssh import SshAuthorities, public_text
from cloud_api.store import audit, devices
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.database import Database
from cloud_api.wire.bundle import INSTALLER_SLIP, PARTICIPANT_SLIP, SLIPS

CERTIFICATE, KEY, CA, SETTINGS = "device.pem", "device.key", "ca.pem", "edge.toml"
WILDCARDS = {"", "0.0.0.0", "::"}  # noqa: S104  # recognised here, not listened on
LOOPBACKS = {"127.0.0.1", "::1"}
UNTOLD_URL = "https://localhost:8443"
"""Where `run` listens unless told otherwise."""


async def provision(
    folder: DataFolder,
    device: UUID,
    out: Path,
    *,
    url: str | None,
    ports: Mapping[UUID, str],
    database: Database,
    clock: Clock,
    wifi: Wifi | None = None,
) -> None:
    """Issue a certificate and write the bundle, and in the data folder, to be printed, the slip with the access codes.

    A bundle is written only after its certificate is in the registry; it may lie on the card at once, and the slip
    never does.
    """
    codes = Codes.draw()
    files = await made(folder, device, url=url, ports=ports, database=database, clock=clock, codes=codes)
    network = {WIFI: wifi.to_toml()} if wifi else {}
    _write(out, network | {name: content for name, content in files.items() if name not in SLIPS})
    slip = folder.slip(device)
    _write(slip.parent, {slip.name: sheets(codes, str(device))})


async def made(
    folder: DataFolder,
    device: UUID,
    *,
    url: str | None,
    ports: Mapping[UUID, str],
    database: Database,
    clock: Clock,
    who: str = COMMAND,
    codes: Codes | None = None,
) -> dict[str, bytes]:
    """Issue a certificate and draw access codes; the files of the bundle, and the slips, which stay off the device.

    Raises NobodysError where the device is nobody's, SetupError where a port is given to a meter that is not its own.
    """
    root = authority.load(folder.pki, DEVICE_AUTHORITY)
    async with database.write() as connection:
        email = await devices.contact(connection, device)
        if email is None:
            raise NobodysError(f"{device}: no measurement device of a participant")
        meters = await devices.meters(connection, device)
        strangers = set(ports) - {meter.uuid for meter in meters}
        if strangers:
            raise SetupError(f"{min(strangers)}: no meter of this device")
        now = clock.now()
        issued = device_certificate(root, device, email=email, now=now)
        await devices.record_certificate(
            connection,
            device,
            issued.certificate.serial_number,
            issued_at=now,
            not_after=issued.certificate.not_valid_after_utc,
        )
        household = await devices.household_of(connection, device)
        entry = Entry(at=now, who=who, what="device provisioned", household=household, subject=device)
        await audit.add(connection, entry)
    codes = codes or Codes.draw()
    return {
        KEY: issued.key_pem,
        CERTIFICATE: issued.certificate_pem,
        CA: folder.ca.read_bytes(),
        SETTINGS: settings(
            url or device_url(folder),
            meters,
            ports,
            participant=hashed(codes.participant),
            installer=hashed(codes.installer),
            operators=public_text(SshAuthorities.load(folder.pki).operators.public_key()),
        ).encode(),
        PARTICIPANT_SLIP: codes.participant.encode(),
        INSTALLER_SLIP: codes.installer.encode(),
    }


def device_url(folder: DataFolder) -> str:
    """Where devices find the service, by what it noted when it last ran."""
    listening = Listening.noted(folder)
    if listening is None:
        return UNTOLD_URL
    host = listening.device.host
    if host in WILDCARDS:
        host = socket.gethostname()
    elif host in LOOPBACKS:
        host = "localhost"
    return listening.device.at(host)


def settings(
    url: str,
    meters: Sequence[wire.Meter],
    ports: Mapping[UUID, str],
    *,
    participant: str,
    installer: str,
    operators: str,
) -> str:
    """The text of edge.toml; of the access codes it has the hashes, of the operators' authority the public key."""
    tables = [
        "\n".join(
            (
                "[cloud]",
                f"url = {string(url)}",
                f"certificate = {string(CERTIFICATE)}",
                f"key = {string(KEY)}",
                f"ca = {string(CA)}",
            )
        ),
        f"[pages]\nparticipant_code = {string(participant)}\ninstaller_code = {string(installer)}",
        f"[tunnel]\noperators = {string(operators)}",
    ]
    for meter in meters:
        lines = ["[[meter]]", f"uuid = {string(str(meter.uuid))}", f"model = {string(meter.model_number)}"]
        if meter.uuid in ports:
            lines.append(f"port = {string(ports[meter.uuid])}")
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """A folder that is there already keeps its mode: it may be a boot partition."""
    try:
        out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        for name, content in files.items():
            write_private(out / name, content)
    except OSError as error:
        raise SetupError(f"{out}: the bundle cannot be written ({error.strerror})") from error
