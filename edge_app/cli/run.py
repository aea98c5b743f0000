"""`edge-app run`: the service of a device."""

import asyncio
from argparse import Namespace

from edge_app import app, config, logs


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    asyncio.run(app.run(config.load(given.config)))
    return 0
