"""Access codes: printed on the device's slip, known to the device by their Argon2 hashes alone."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_hasher = PasswordHasher()


class Role(StrEnum):
    """As whom somebody has entered."""

    PARTICIPANT = "participant"
    INSTALLER = "installer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The hash of each role's code; without any, the pages are open to the device itself and to nobody else."""

    participant: str | None = None
    installer: str | None = None

    def __bool__(self) -> bool:
        return bool(self.participant or self.installer)

    async def role_of(self, entered: str) -> Role | None:
        """Whose code was entered; None where it is nobody's. Takes its time, on a thread of its own."""
        return await asyncio.to_thread(self._role_of, normal(entered))

    def _role_of(self, code: str) -> Role | None:
        for role, kept in ((Role.PARTICIPANT, self.participant), (Role.INSTALLER, self.installer)):
            if kept and _fits(kept, code):
                return role
        return None


def normal(entered: str) -> str:
    """A code as it is hashed: capitals, without hyphens; letters that look like digits are read as these."""
    return entered.upper().translate(_READ_AS)


def _fits(kept: str, code: str) -> bool:
    try:
        return _hasher.verify(kept, code)
    except (VerificationError, InvalidHashError):
        return False
