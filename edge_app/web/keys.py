"""What the pages carry, under typed keys."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import jinja2
from aiohttp import web

from edge_app.metering.station import Station
from edge_app.model.consent import Consent
from edge_app.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterOnPage:
    """A meter of the settings, and the station that reads it; None where no port is set."""

    uuid: UUID
    model: str
    station: Station | None


STORE = web.AppKey("store", Store)
METERS = web.AppKey("meters", Sequence[MeterOnPage])
TEMPLATES = web.AppKey("templates", jinja2.Environment)
NAMES = web.AppKey("names", frozenset[str])
GRANT = web.AppKey("grant", Callable[[], Awaitable[Consent]])
"""Grants the consent in the cloud and remembers it here; raises CloudError."""
REVOKE = web.AppKey("revoke", Callable[[], Awaitable[Consent]])
"""Revokes it likewise."""
