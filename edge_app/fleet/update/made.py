"""The updater of a device, made out of its settings and of where this program stands."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from yarl import URL

from edge_app.clock import Synchrony, SystemClock
from edge_app.config import Config
from edge_app.errors import UpdateError
from edge_app.fleet.update.building import build
from edge_app.fleet.update.checking import check
from edge_app.fleet.update.choice import Standing
from edge_app.fleet.update.documents import Wheel
from edge_app.fleet.update.evidence import page_answers
from edge_app.fleet.update.fetcher import Fetcher
from edge_app.fleet.update.journal import journal_of
from edge_app.fleet.update.repository import Repository
from edge_app.fleet.update.service import Systemd
from edge_app.fleet.update.slots import Slots
from edge_app.fleet.update.trial import Terms
from edge_app.fleet.update.updater import Offered, Updater
from edge_app.sync.device import device_uuid
from edge_app.sync.tls import Tls

ROOT = "root.json"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def home(prefix: Path) -> Slots:
    """The slots among which this program stands. Raises UpdateError where it stands by itself."""
    slots = Slots.around(prefix)
    if slots is None:
        raise UpdateError(f"{prefix} is no slot beside others, so there is nothing to update (see `image/README.md`)")
    return slots


@contextmanager
def updater(slots: Slots, settings: Config, configuration: Path) -> Iterator[Updater]:
    """Raises ConfigError where a certificate cannot be used."""
    journal, clock = journal_of(slots), SystemClock()
    synchrony = Synchrony(trusted=settings.schedule.clock == "trusted")
    slot = timedelta(seconds=settings.schedule.interval)
    uuid = device_uuid(settings.cloud.certificate)
    url = str(settings.cloud.url.join(URL("updates/")))
    timestamp = f"{url}metadata/timestamp.json"
    with Fetcher.open(Tls(settings.cloud).context, timeout=settings.cloud.timeout) as fetcher:
        repository = Repository(
            root=slots.home / ROOT,
            metadata=journal.folder / "metadata",
            wheels=journal.folder / "wheels",
            url=url,
            fetcher=fetcher,
        )

        def standing(kept: str, failed: Sequence[str]) -> Standing:
            return Standing(device=uuid, kept=kept, failed=failed, python=PYTHON)

        def believed() -> bool:
            """Believe a clock that kernel or cloud confirm, and that is later than the image and the last hour."""
            if not synchrony and (theirs := fetcher.date_at(timestamp)):
                synchrony.compare(clock.now(), theirs)
            return bool(synchrony) and clock.now() >= max(_made(repository.root), journal.hour)

        def built(version: str, wheels: Sequence[Wheel]) -> None:
            build(slots, version, wheels, repository.wheels)

        def checked(version: str) -> None:
            kept = slots.folder(slots.of("kept") or "")
            check(slots.folder(version), kept=kept, configuration=configuration, now=clock.now())

        yield Updater(
            slots=slots,
            journal=journal,
            service=Systemd(),
            database=settings.store.database,
            offered=Offered(
                look=repository.look,
                channel=settings.update.channel,
                standing=standing,
                believed=believed,
                reachable=lambda: fetcher.date_at(timestamp) is not None,
            ),
            build=built,
            check=checked,
            page=partial(page_answers, settings.pages),
            slot=slot,
            terms=Terms.of(slot=slot, upload_every=timedelta(seconds=settings.cloud.upload_every)),
            clock=clock,
            pause=time.sleep,
        )


def _made(root: Path) -> datetime:
    """When the image was made that brought this file."""
    return datetime.fromtimestamp(root.stat().st_mtime, UTC) if root.exists() else datetime.min.replace(tzinfo=UTC)
