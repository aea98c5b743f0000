"""The household's Wi-Fi as a bundle names it, and as NetworkManager takes it."""

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import msgspec

from edge_app.errors import ConfigError

FILE = "wifi.toml"
CONNECTIONS = Path("etc/NetworkManager/system-connections")
CONNECTION = CONNECTIONS / "zaehlwerk.nmconnection"


class Wifi(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One network with its passphrase (WPA2 or WPA3 personal)."""

    ssid: str
    passphrase: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.ssid.encode()) <= 32:
            raise ValueError("ssid: expected 1 to 32 bytes")
        if not (8 <= len(self.passphrase) <= 63 and self.passphrase.isascii() and self.passphrase.isprintable()):
            raise ValueError("passphrase: expected 8 to 63 letters, digits and signs of ASCII")

    def connection(self) -> str:
        """The text of a connection of NetworkManager: the name as bytes, for it may hold what the form reserves."""
        name = "".join(f"{byte};" for byte in self.ssid.encode())
        secret = self.passphrase.replace("\\", "\\\\").replace(" ", "\\s")
        return (
            f"[connection]\nid=zaehlwerk\nuuid={uuid5(NAMESPACE_URL, 'zaehlwerk/wifi')}\ntype=wifi\n\n"
            f"[wifi]\nmode=infrastructure\nssid={name}\n\n"
            f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={secret}\n\n"
            "[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n"
        )


def load(file: Path) -> Wifi:
    """Read the file. Raises ConfigError with its name and what was expected, never with the passphrase."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Wifi)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        why = str(error) if isinstance(error, msgspec.ValidationError) else "no TOML with ssid and passphrase"
        raise ConfigError(f"{file}: {why}") from None
