"""`edge-app status`: how the device is, at one look, by what its service has noted."""

import sqlite3
from argparse import Namespace
from datetime import datetime

from edge_app import config
from edge_app.cli import output
from edge_app.errors import StoreError
from edge_app.fleet.health import Health, health
from edge_app.store.database import looking
from edge_app.sync.device import device_uuid


def run(given: Namespace) -> int:
    settings = config.load(given.config)
    device = device_uuid(settings.cloud.certificate)
    file = settings.store.database
    if not file.exists():
        raise StoreError(f"{file}: there is no database yet; the service has not been started")
    try:
        with looking(file) as db:
            found = health(db, settings)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: {error}") from error
    if given.json:
        output.print_json({"device": str(device), **found.to_document()})
    else:
        print(f"device       {device}, version {found.version}")
        print("\n".join(_lines(found)))
    return 0


def _lines(found: Health) -> list[str]:
    refused = f", {found.set_aside} refused by the cloud" if found.set_aside else ""
    undated = f", {found.undated} without a time yet" if found.undated else ""
    return [
        f"consent      {found.consent}",
        *(f"meter        {each.model:<8} measured {_ago(each.measured_at)}" for each in found.meters),
        f"kept         {found.kept} measurements, {found.waiting} wait for the cloud{refused}{undated}",
        f"cloud        answered {_ago(found.answered_at)}{f'; since then: {found.error}' if found.error else ''}",
        *(f"incident     {each.kind} ({each.cause}) since {each.began:%Y-%m-%d %H:%M} UTC" for each in found.incidents),
    ]


def _ago(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never yet"
