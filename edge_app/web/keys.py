"""What the pages carry, under typed keys."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import jinja2
from aiohttp import web

from edge_app.metering.station import Station
from edge_app.model.consent import Consent
from edge_app.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterOnPage:
    """A meter of the settings, and the station that reads it; None where no port is set."""

    uuid: UUID
    model: str
    station: Station | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The two steps that a participant takes, each carried through in the cloud; they raise CloudError."""

    grant: Callable[[], Awaitable[Consent]]
    revoke: Callable[[], Awaitable[Consent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a page of a plugin, with what it says in each language."""

    title: Mapping[str, str]
    path: str


STORE = web.AppKey("store", Store)
METERS = web.AppKey("meters", Sequence[MeterOnPage])
TEMPLATES = web.AppKey("templates", jinja2.Environment)
NAMES = web.AppKey("names", frozenset[str])
DECISIONS = web.AppKey("decisions", Decisions)
LINKS = web.AppKey("links", Sequence[Link])
UNFIT = web.AppKey("unfit", Mapping[str, str])
"""Plugins that could not be used or have had a fault, by name, with the reason."""
