"""`edge-app run`: the service of a device."""

import asyncio
from argparse import Namespace

from edge_app import app, config, logs
from edge_app.fleet import sentry


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    settings = config.load(given.config)
    sentry.begin(settings.sentry)
    asyncio.run(app.run(settings))
    return 0
