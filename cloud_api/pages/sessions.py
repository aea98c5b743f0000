"""Sessions: a browser holds a random token, this side the secret, sealed so that only that token opens it.

Each session is a file, so that all workers know it. It is named by a hash of the token and encrypted under a key that
is derived from it: the folder alone gives nothing away, and neither does the cookie.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloud_api.clock import Clock
from cloud_api.files import make_private, write_private

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A session ends when nothing was asked for so long, and in any case so long after log-in."""
NONCE = 12


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a session remembers. `parcel` is what a page has made ready for one download."""

    secret: str
    name: str = ""
    """That was given at log-in; the audit log calls whoever it is by it."""
    began: datetime
    parcel: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that stands, of whoever sent its token."""

    token: str
    content: Content

    @property
    def csrf(self) -> str:
        """What each form of this session carries; no other site can know it."""
        return hmac.digest(self.token.encode(), b"csrf", "sha256").hex()


class Sessions:
    """All sessions of one frontend."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        make_private(folder)

    def begin(self, secret: str, name: str) -> Session:
        """A new session; those that have ended are removed."""
        for file in self._folder.iterdir():
            if self._idle(file):
                file.unlink(missing_ok=True)
        content = Content(secret=secret, name=name, began=self._clock.now())
        session = Session(token=secrets.token_urlsafe(32), content=content)
        self._keep(session)
        return session

    def find(self, token: str) -> Session | None:
        """The session of a token, used now; None where it is none, or has ended."""
        file = self._file(token)
        try:
            sealed = file.read_bytes()
            opened = AESGCM(_key(token)).decrypt(sealed[:NONCE], sealed[NONCE:], None)
            content = msgspec.msgpack.decode(opened, type=Content)
        except (FileNotFoundError, InvalidTag):
            return None
        if self._idle(file) or self._clock.now() - content.began > LONGEST:
            file.unlink(missing_ok=True)
            return None
        self._touch(file)
        return Session(token=token, content=content)

    def put(self, session: Session, parcel: bytes | None) -> None:
        """Remember a parcel, or forget it."""
        self._keep(Session(token=session.token, content=msgspec.structs.replace(session.content, parcel=parcel)))

    def end(self, session: Session) -> None:
        self._file(session.token).unlink(missing_ok=True)

    def _keep(self, session: Session) -> None:
        nonce = os.urandom(NONCE)
        sealed = AESGCM(_key(session.token)).encrypt(nonce, msgspec.msgpack.encode(session.content), None)
        file = self._file(session.token)
        write_private(file, nonce + sealed)
        self._touch(file)

    def _touch(self, file: Path) -> None:
        now = self._clock.now().timestamp()
        os.utime(file, (now, now))

    def _idle(self, file: Path) -> bool:
        return self._clock.now() - datetime.fromtimestamp(file.stat().st_mtime, UTC) > IDLE

    def _file(self, token: str) -> Path:
        return self._folder / urlsafe_b64encode(hashlib.sha256(b"name" + token.encode()).digest()).decode().rstrip("=")


def _key(token: str) -> bytes:
    return hashlib.sha256(b"key" + token.encode()).digest()
