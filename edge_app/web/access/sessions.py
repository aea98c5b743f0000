"""Sessions: they live on the device, end by themselves, and are gone from it with the log-out."""

import hashlib
import secrets
from dataclasses import dataclass, field

from edge_app.clock import Clock
from edge_app.web.access.codes import Role

IDLE = 2 * 3600.0
"""Seconds after which a session ends that nobody uses."""
LASTING = 12 * 3600.0
"""Seconds after which any session ends."""
MOST = 200
"""Sessions at a time; of more, the oldest ends."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Somebody who has entered."""

    roles: frozenset[Role]
    began: float
    used: float
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """What every form of this session carries, and no page from elsewhere can know."""


class Sessions:
    """All who have entered, by the hash of what their cookie holds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of: dict[str, Session] = {}

    def begin(self, *roles: Role) -> tuple[str, Session]:
        """Returns what the cookie is to hold, and the session."""
        now = self._clock.monotonic()
        self._of = {key: session for key, session in self._of.items() if _lives(session, now)}
        if len(self._of) >= MOST:
            del self._of[next(iter(self._of))]
        cookie = secrets.token_urlsafe(32)
        session = Session(roles=frozenset(roles), began=now, used=now)
        self._of[_key(cookie)] = session
        return cookie, session

    def find(self, cookie: str | None, *, use: bool = True) -> Session | None:
        """The session of a cookie, while it lasts; `use` puts its end off."""
        session = self._of.get(_key(cookie)) if cookie else None
        now = self._clock.monotonic()
        if session is None or not _lives(session, now):
            return None
        if use:
            session.used = now
        return session

    def end(self, cookie: str | None) -> None:
        if cookie:
            self._of.pop(_key(cookie), None)


def _lives(session: Session, now: float) -> bool:
    return now - session.used < IDLE and now - session.began < LASTING


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
