"""What the application and a request carry, each under a key that knows its type."""

from aiohttp import web

from cloud_api.caller import Caller
from cloud_api.clock import Clock
from cloud_api.shared_secrets import SharedSecrets
from cloud_api.store.database import Database

CLOCK = web.AppKey("clock", Clock)
DATABASE = web.AppKey("database", Database)
SECRETS = web.AppKey("secrets", SharedSecrets)

CALLER = web.RequestKey("caller", Caller)
