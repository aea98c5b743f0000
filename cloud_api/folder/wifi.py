"""The household's Wi-Fi, which a bundle may carry to the device: a network and its passphrase."""

import getpass
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from cloud_api.errors import SetupError
from cloud_api.folder.toml_text import string

FILE = "wifi.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wifi:
    """WPA2 or WPA3 personal. Raises SetupError with what was expected, never with the passphrase."""

    ssid: str
    passphrase: str = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.ssid.encode()) <= 32:
            raise SetupError(f"--wifi {self.ssid!r}: expected 1 to 32 bytes")
        if not (8 <= len(self.passphrase) <= 63 and self.passphrase.isascii() and self.passphrase.isprintable()):
            raise SetupError("the passphrase of the Wi-Fi: expected 8 to 63 letters, digits and signs of ASCII")

    @classmethod
    def asked(cls, ssid: str, file: Path | None) -> "Wifi":
        """With the passphrase of a file that its owner alone may read, else asked for, unseen. Raises SetupError."""
        return cls(ssid=ssid, passphrase=_read(file) if file else _ask())

    def to_toml(self) -> bytes:
        return f"ssid = {string(self.ssid)}\npassphrase = {string(self.passphrase)}\n".encode()


def _read(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{file}: cannot be read") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(f"{file}: others may read it; `chmod 600 {file}` keeps it to its owner")
    return text.removesuffix("\n")


def _ask() -> str:
    """At the terminal, or a line of standard input where that is none."""
    if os.isatty(sys.stdin.fileno()):
        return getpass.getpass("passphrase of the Wi-Fi: ")
    return sys.stdin.readline().removesuffix("\n")
