"""What the application and a request carry, each under a key that knows its type."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from cloud_api.access.attempts import Attempts
from cloud_api.access.caller import Caller
from cloud_api.access.limits import Limits
from cloud_api.access.proxies import Proxies
from cloud_api.access.shared_secrets import SharedSecrets
from cloud_api.clock import Clock
from cloud_api.fleet.bastions import Tunnels
from cloud_api.fleet.releases.repository import Repository
from cloud_api.pki.authority import Issued
from cloud_api.privacy.journal import Journal
from cloud_api.privacy.placing import Placer
from cloud_api.privacy.receipts import Signer
from cloud_api.store.activity import Activity
from cloud_api.store.database import Database
from cloud_api.store.intake import Intake
from cloud_api.store.refusals import Refusals
from cloud_api.store.registry import Registry


@dataclass(frozen=True, slots=True)
class Bundler:
    """Makes the bundle of a device, on behalf of somebody whom the audit log names."""

    make: Callable[[UUID, str], Awaitable[dict[str, bytes]]]


ACTIVITY = web.AppKey("activity", Activity)
AUTHORITY = web.AppKey("authority", Issued)
"""The authority that issues to devices."""
BUNDLER = web.AppKey("bundler", Bundler)
CLOCK = web.AppKey("clock", Clock)
DATABASE = web.AppKey("database", Database)
FAILED = web.AppKey("failed", Attempts)
"""Failed attempts, by address."""
INTAKE = web.AppKey("intake", Intake)
JOURNAL = web.AppKey("journal", Journal)
LIMITS = web.AppKey("limits", Limits)
PACE = web.AppKey("pace", Attempts)
"""Requests of people, by address."""
PROXIES = web.AppKey("proxies", Proxies)
REFUSALS = web.AppKey("refusals", Refusals)
REGISTRY = web.AppKey("registry", Registry)
RELEASES = web.AppKey("releases", Repository)
SECRETS = web.AppKey("secrets", SharedSecrets)
PLACER = web.AppKey("placer", Placer)
SIGNER = web.AppKey("signer", Signer)
TUNNELS = web.AppKey("tunnels", Tunnels)

CALLER = web.RequestKey("caller", Caller)
WHO = web.RequestKey("who", str)
"""Who is asking, as the audit log calls it."""
