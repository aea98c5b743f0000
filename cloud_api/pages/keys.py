"""What a frontend and its requests carry, each under a key that knows its type."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from cloud_api.access.attempts import Attempts
from cloud_api.pages.data_api import DataApi
from cloud_api.pages.sessions import Session, Sessions
from cloud_api.pages.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A frontend: its name, which is its path too, and an endpoint that its group alone may ask."""

    name: str
    door: str

    @property
    def path(self) -> str:
        return f"/{self.name}"

    @property
    def cookie(self) -> str:
        """The prefix binds the cookie to this host and to HTTPS."""
        return f"__Host-{self.name}"


FRONTEND = web.AppKey("frontend", Named)
OTHERS = web.AppKey("others", Sequence[Named])
"""The frontends beside it."""
SESSIONS = web.AppKey("sessions", Sessions)
DATA_API = web.AppKey("data_api", DataApi)
NAMES = web.AppKey("names", frozenset[str])
"""The names under which the pages may be asked for, beside loopback's."""
TRIES = web.AppKey("tries", Attempts)
"""Log-ins that failed, by address."""
PAGES = web.AppKey("pages", Attempts)
"""Requests of pages, by address."""

SESSION = web.RequestKey("session", Session)
WORDS = web.RequestKey("words", Words)
ADDRESS = web.RequestKey("address", str)
"""Where the request comes from."""
