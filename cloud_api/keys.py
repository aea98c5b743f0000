"""What the application and a request carry, each under a key that knows its type."""

from aiohttp import web

from cloud_api.caller import Caller
from cloud_api.clock import Clock
from cloud_api.limits import Limits
from cloud_api.privacy.placing import Placer
from cloud_api.privacy.receipts import Signer
from cloud_api.shared_secrets import SharedSecrets
from cloud_api.store.activity import Activity
from cloud_api.store.database import Database
from cloud_api.store.intake import Intake

ACTIVITY = web.AppKey("activity", Activity)
CLOCK = web.AppKey("clock", Clock)
DATABASE = web.AppKey("database", Database)
INTAKE = web.AppKey("intake", Intake)
LIMITS = web.AppKey("limits", Limits)
SECRETS = web.AppKey("secrets", SharedSecrets)
PLACER = web.AppKey("placer", Placer)
SIGNER = web.AppKey("signer", Signer)

CALLER = web.RequestKey("caller", Caller)
