"""The vault: what is secret is kept encrypted, with a key that lies beside the database and leaves the device never."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Self

from cryptography.fernet import Fernet, InvalidToken

from edge_app.errors import ConfigError


class Vault:
    """Seals texts and opens them again."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    @classmethod
    def beside(cls, database: Path) -> Self:
        """Take the key that belongs to a database, made at first use. Raises ConfigError with the key file's name."""
        file = database.with_name(database.name + ".key")
        try:
            if not file.exists():
                _make(file)
            if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(f"{file}: others may read it; `chmod 600 {file}` keeps it to its owner")
            return cls(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file}: cannot be used ({error.strerror})") from error
        except ValueError as error:
            raise ConfigError(f"{file}: expected a key as this program makes it") from error

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str | None:
        """The text; None where another key sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None


def _make(file: Path) -> None:
    """Write a new key under another name first, so that nobody ever reads a part of it; the first one stays."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(Fernet.generate_key())
            out.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            file.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)
