"""Enrolment: a bundle becomes the device's configuration, and leaves the place where it lay.

Power may fail at any moment: files are put in place whole, and only then does the bundle go, what is secret first. The
next start finds either a whole bundle and begins again, or the rest of one that is in place and sweeps it up.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge_app.errors import BundleError, ConfigError
from edge_app.fleet import bundle, wifi
from edge_app.fleet.bundle import CERTIFICATE, NEEDED, Bundle
from edge_app.sync.device import device_uuid

NOTE = "MISTAKES.txt"
SWEPT = "swept.bin"
HEAD = """\
Dieses Gerät konnte nicht eingerichtet werden. Was an den Dateien in diesem Ordner nicht stimmt:
This device could not be set up. What is wrong with the files in this folder:

"""
SSH = Path("var/durable/ssh")
"""What its SSH server goes by, where the image has made that folder; the application itself may not write there."""
PRIVATE, PUBLIC, FOLDER = 0o600, 0o644, 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What of the machine is set up besides the configuration folder."""

    root: Path = Path("/")
    """Where its files begin."""
    keeps_name: bool = False
    """Whether its host name stays what it is."""

    def configure(self, given: Bundle) -> None:
        """Set host name, Wi-Fi, and whom its SSH server lets in. Raises OSError."""
        if not self.keeps_name:
            name = host_name(given)
            etc = self.root / "etc"
            _put(etc / "hostname", f"{name}\n".encode(), like=etc, mode=PUBLIC)
            hosts = etc / "hosts"
            others = [line for line in hosts.read_text().splitlines() if not line.startswith("127.0.1.1")]
            _put(hosts, "\n".join([*others, f"127.0.1.1\t{name}", ""]).encode(), like=etc, mode=PUBLIC)
        ssh = self.root / SSH
        if given.operators and ssh.is_dir():
            _put(ssh / "operators.pub", f"{given.operators}\n".encode(), like=ssh, mode=PUBLIC)
            _put(ssh / "device", f"{given.device}\n".encode(), like=ssh, mode=PUBLIC)
        if given.wifi:
            connections = self.root / wifi.CONNECTIONS
            _put(self.root / wifi.CONNECTION, given.wifi.connection().encode(), like=connections, mode=PRIVATE)


def host_name(given: Bundle) -> str:
    """The name of a device's machine: nothing about people, and no two alike in one fleet."""
    return f"zaehler-{given.device.hex[:8]}"


def enrol(folder: Path, configuration: Path, machine: Machine) -> str | None:
    """Put a bundle in place and remove it from where it lay; the host name that was set, None for a mere rest of one.

    Raises BundleError, whose mistakes then also stand in a text file beside the bundle, and ConfigError where this
    machine stands against it.
    """
    try:
        if _is_rest(folder, configuration):
            _sweep(folder)
            return None
        given = bundle.read(folder)
        _refuse_another(given, configuration)
        _install(given.files, configuration)
        machine.configure(given)
        _sweep(folder)
    except BundleError as error:
        _write_note(folder, error)
        raise
    except OSError as error:
        raise ConfigError(f"{error.filename or configuration}: cannot be set up ({error.strerror})") from error
    return host_name(given)


def _is_rest(folder: Path, configuration: Path) -> bool:
    """Whether some of the bundle is gone already and everything that is left of it is in place."""
    left = [name for name in NEEDED if (folder / name).is_file()]
    return 0 < len(left) < len(NEEDED) and all(
        (configuration / name).is_file() and (configuration / name).read_bytes() == (folder / name).read_bytes()
        for name in left
    )


def _refuse_another(given: Bundle, configuration: Path) -> None:
    """What was measured for one household must not go to another."""
    present = configuration / CERTIFICATE
    if present.exists() and device_uuid(present) != given.device:
        raise BundleError([f"{CERTIFICATE}: this is the bundle of another device; empty {configuration} before"])


def _install(files: Mapping[str, bytes], configuration: Path) -> None:
    configuration.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    for name, content in files.items():
        _put(configuration / name, content, like=configuration, mode=PRIVATE)


def _put(file: Path, content: bytes, *, like: Path, mode: int) -> None:
    """Put a whole file on the disk, owned as the folder `like` is."""
    owner = like.stat()
    beside = file.with_name(f".{file.name}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:  # noqa: PTH123  # with a mode
        os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
        os.fchmod(stream.fileno(), mode)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    _sync(file.parent)


def _sweep(folder: Path) -> None:
    """Overwrite and remove the files of a bundle, and the folder where nothing else is in it."""
    swept = folder / SWEPT
    for name in (SWEPT, *NEEDED, wifi.FILE):
        file = folder / name
        if file.exists():
            file.replace(swept)  # what is half overwritten must not be taken for a file of the bundle
            _sync(folder)
            with swept.open("r+b") as stream:
                stream.write(bytes(swept.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
            swept.unlink()
            _sync(folder)
    (folder / NOTE).unlink(missing_ok=True)
    if not any(folder.iterdir()) and not folder.is_mount():
        folder.rmdir()


def _write_note(folder: Path, error: BundleError) -> None:
    """Say what is wrong where whoever wrote the card will look; best in vain than in the way of the error itself."""
    text = HEAD + "".join(f"- {mistake}\n" for mistake in error.mistakes)
    try:
        with (folder / NOTE).open("w", encoding="utf-8", newline="\r\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as fault:
        raise error from fault


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
