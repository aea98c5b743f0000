"""What the pages carry, under typed keys."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import jinja2
from aiohttp import web

from edge_app.clock import Clock
from edge_app.metering.station import Station
from edge_app.model.consent import Consent
from edge_app.store import Store
from edge_app.web.access.attempts import Attempts
from edge_app.web.access.codes import Codes
from edge_app.web.access.sessions import Session, Sessions
from edge_app.web.frame.reader import Reader
from edge_app.web.participant.inquiries import Inquiries


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterOnPage:
    """A meter of the settings, and the station that reads it; None where no port is set."""

    uuid: UUID
    model: str
    station: Station | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The two steps that a participant takes, each carried through in the cloud; they raise CloudError."""

    grant: Callable[[str, str], Awaitable[Consent]]
    """Takes the version of the text that was shown, and its SHA-256."""
    revoke: Callable[[], Awaitable[Consent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a page of a plugin, with what it says in each language."""

    title: Mapping[str, str]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How those who service the fleet reach this device, and what the resident knows and decides of it."""

    mode: str
    """`always`, `on-request` or `off`, as the settings say."""
    sessions: Callable[[], Sequence[datetime]]
    """When somebody came, the newest first."""
    until: Callable[[], datetime | None]
    """Until when the resident has allowed it."""
    allow: Callable[[], None]
    end: Callable[[], None]


COOKIE = "zaehlwerk"
"""The cookie that a session is known by."""
LIVE = "/live"
"""Where live values come from; looking at them does not keep a session alive."""

STORE = web.AppKey("store", Store)
CLOCK = web.AppKey("clock", Clock)
METERS = web.AppKey("meters", Sequence[MeterOnPage])
TEMPLATES = web.AppKey("templates", jinja2.Environment)
NAMES = web.AppKey("names", frozenset[str])
INQUIRIES = web.AppKey("inquiries", Inquiries)
DECISIONS = web.AppKey("decisions", Decisions)
LINKS = web.AppKey("links", Sequence[Link])
UNFIT = web.AppKey("unfit", Mapping[str, str])
"""Plugins that could not be used or have had a fault, by name, with the reason."""
CODES = web.AppKey("codes", Codes)
SESSIONS = web.AppKey("sessions", Sessions)
ATTEMPTS = web.AppKey("attempts", Attempts)
SERVICE = web.AppKey("service", Service)
STOPPING = web.AppKey("stopping", asyncio.Event)
"""Set when the service ends, so that streams end too."""

READER = web.RequestKey("reader", Reader)
SESSION = web.RequestKey("session", Session)
FRESH = web.RequestKey("fresh", str)
"""What the cookie of a session is to hold that has just begun by itself."""
