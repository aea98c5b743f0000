"""What the set-up pages work with, on a bench: true probes and posts, and a cloud that says what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yarl import URL

from edge_app.clock import Clock, Synchrony
from edge_app.config import CloudConfig, Config, StoreConfig
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.metering.posts import Posts
from edge_app.model.consent import Consent
from edge_app.model.measurement import Measurement
from edge_app.setup.fitter import Fitter
from edge_app.setup.trial import Laboratory
from edge_app.store import Store
from edge_app.sync.gate import ConsentGate
from edge_app.web.setup.bench import Bench


@dataclass
class Said:
    """What the cloud says to a trial; an error is raised instead of said."""

    consent_is: Consent | Exception
    takes: Exception | None = None
    returns: bool = True
    sent: list[Measurement] = field(default_factory=list)
    knows_the_time: bool = True

    async def consent(self) -> Consent:
        if isinstance(self.consent_is, Exception):
            raise self.consent_is
        return self.consent_is

    async def send(self, measurements: Sequence[Measurement]) -> None:
        if self.takes:
            raise self.takes
        self.sent += measurements

    async def look(self, _path: str) -> dict[str, Any]:
        return {"measurements": [{"time": each.time.isoformat()} for each in self.sent] if self.returns else []}


@asynccontextmanager
async def workbench(
    folder: Path, *, said: Said, models: Catalogue, store: Store, gate: ConsentGate, clock: Clock
) -> AsyncIterator[Bench]:
    config = Config(
        cloud=CloudConfig(url=URL("https://cloud.example.org:8443")), store=StoreConfig(database=folder / "edge.db")
    )

    async def nothing(_post: object) -> None:
        raise AssertionError("no post is made here")

    synchrony = Synchrony(kernel=lambda: said.knows_the_time)
    posts = Posts(lambda _wanted: {}, run=nothing, changed=lambda _wanted: None)
    fitter = Fitter(config, posts=posts, models=models, store=store, clock=clock)
    running = asyncio.create_task(fitter.run())
    try:
        yield Bench(
            fitter=fitter,
            laboratory=Laboratory(store=store, cloud=said, gate=gate, synchrony=synchrony, clock=clock),
            address=config.cloud.url,
            plugins=folder / "plugins",
        )
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
