"""`edge-app run`: the service of a device."""

import asyncio
import importlib
from argparse import Namespace

from edge_app import config, logs
from edge_app.cli import lean
from edge_app.fleet import sentry


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    settings = config.load(given.config)
    sentry.begin(settings.sentry)
    lean.hold_little()
    lean.load_database_library()
    app = importlib.import_module("edge_app.app")
    asyncio.run(app.run(settings))
    return 0
