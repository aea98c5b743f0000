"""A meter's PIN: a secret, which no log, page or error ever shows."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from edge_app.errors import ConfigError

_FOUR_DIGITS = re.compile(r"[0-9]{4}")
EXPECTED = "a PIN is four digits, as the letter of the metering operator says"


@dataclass(frozen=True, slots=True, repr=False)
class Pin:
    """Four digits; its representation does not tell them."""

    digits: tuple[int, int, int, int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read four digits. Raises ConfigError without repeating what was typed."""
        if not _FOUR_DIGITS.fullmatch(text.strip()):
            raise ConfigError(EXPECTED)
        first, second, third, fourth = map(int, text.strip())
        return cls((first, second, third, fourth))

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Read a file that nobody but its owner may read. Raises ConfigError with the file's name."""
        try:
            mode = file.stat().st_mode
            text = file.read_text(encoding="ascii")
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError:
            raise ConfigError(f"{file}: {EXPECTED}") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(f"{file}: others may read it; `chmod 600 {file}` keeps it to its owner")
        try:
            return cls.parse(text)
        except ConfigError as error:
            raise ConfigError(f"{file}: {error}") from None

    @property
    def text(self) -> str:
        """The secret itself, as `parse` reads it."""
        return "".join(map(str, self.digits))

    def __repr__(self) -> str:
        return "Pin(****)"
