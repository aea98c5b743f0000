"""A limit: the same server, which answers uploads without storing them.

TLS, routes, certificate, the look at the registry, the reading and checking of the batch, counting and log are the
same; what it is given it counts and forgets.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from cloud_api import app, logs, wire
from cloud_api.folder.layout import DataFolder, Listening, database_place
from cloud_api.store.intake import Intake
from tests.cloud.running import MANY


async def forget(_intake: Intake, _household: UUID, drafts: Sequence[wire.MeasurementDraft]) -> wire.Stored:
    return wire.Stored(stored=len(drafts), duplicates=0)


def say(listening: Listening) -> None:
    print(listening.device.port, flush=True)


def main(path: str, database: str) -> None:
    folder = DataFolder(Path(path))
    settings = app.Settings(
        folder=folder,
        database=database_place(database, folder),
        port=0,
        pages_port=0,
        uploads_an_hour=MANY,
        requests_a_minute=MANY,
    )
    with patch.object(Intake, "take", forget):
        asyncio.run(app.run(settings, ready=say))


if __name__ == "__main__":
    logs.configure(verbose=False)
    main(*sys.argv[1:])
