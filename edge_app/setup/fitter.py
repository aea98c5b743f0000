"""The fitter: what a person in front of the meters can do, one probe at a time, while the device goes on."""

import asyncio
from collections.abc import Coroutine, Sequence
from uuid import UUID

from edge_app.clock import Clock
from edge_app.config import Config, MeterConfig
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.metering.posts import Posts
from edge_app.metering.probe.probe import Port
from edge_app.metering.unlock.pin import Pin
from edge_app.setup.entry import Entry, Kept
from edge_app.setup.settings import merged
from edge_app.setup.visit import Visit
from edge_app.store import Store, fittings
from edge_app.store.fittings import Fitting
from edge_app.store.vault import Vault

LEFT_AFTER = 60.0
"""Seconds without anybody who looks after which a probe is given back to its post."""
LOOK_EVERY = 5.0


class Fitter:
    """Visits probes and puts them to meters; `run` has to be running for visits."""

    def __init__(self, config: Config, *, posts: Posts, models: Catalogue, store: Store, clock: Clock) -> None:
        self.models = models
        self.posts = posts
        self.visit: Visit | None = None
        """The probe that is being looked at."""
        self.entry: Entry | None = None
        """The newest entry of a PIN on this visit."""
        self._config = config
        self._vault = Vault.beside(config.store.database)
        self._store = store
        self._clock = clock
        self._seen = 0.0
        self._tasks: asyncio.TaskGroup | None = None
        self._visiting: asyncio.Task[None] | None = None
        self._entering: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()

    async def run(self) -> None:
        """Give back a probe that nobody looks at any more, until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                while True:
                    await self._clock.sleep(LOOK_EVERY)
                    if self.visit and not self.entering and self._clock.monotonic() - self._seen > LEFT_AFTER:
                        await self.leave()
        finally:
            self._tasks = None

    @property
    def entering(self) -> bool:
        """Whether a PIN is being entered."""
        return self._entering is not None and not self._entering.done()

    async def look(self, port: str) -> Visit:
        """Visit a probe, or go on with the visit; one at another probe ends."""
        async with self._moving:
            self._seen = self._clock.monotonic()
            if self.visit is None or self.visit.port.url != port:
                await self._leave()
                probe = self._config.probe
                self.visit = Visit(
                    Port(url=port, driver=probe.driver, silence=probe.silence), models=self.models, clock=self._clock
                )
                self._visiting = self._begin(self._at(self.visit))
            return self.visit

    def still(self, port: str) -> Visit | None:
        """Go on with the visit at a probe; None where a person went on to another one."""
        if self.visit is None or self.visit.port.url != port:
            return None
        self._seen = self._clock.monotonic()
        return self.visit

    async def leave(self) -> None:
        """End the visit; whoever reads there goes on."""
        async with self._moving:
            await self._leave()

    async def fit(self, meter: UUID, model: str, port: str) -> None:
        """Put a probe to a meter, which the device takes up at once."""
        await self._store.run(fittings.fit, meter, model, port)
        await self.take_up()

    async def remove(self, port: str) -> None:
        """Take a probe from its meter."""
        await self._store.run(fittings.remove, port)
        await self.take_up()

    async def take_up(self) -> Sequence[MeterConfig]:
        """Let the posts be as the settings and the fittings say."""
        await self.posts.set(merged(self._config.meter, await self._store.run(fittings.all_of_them)))
        return self.posts.meters

    async def note(self, visit: Visit) -> None:
        """Keep how well a probe hears its meter."""
        sound = visit.sound
        if sound.share is not None and sound.every is not None:
            await self._store.run(
                fittings.heard, visit.port.url, share=sound.share, every=sound.every, at=self._clock.now()
            )

    async def enter(self, fitting: Fitting, pin: Pin) -> None:
        """Begin to enter a PIN at the probe of a fitting; harmless while one is being entered."""
        if self.entering:
            return
        visit = await self.look(fitting.port)
        settings = next(each for each in self.posts.meters if each.uuid == fitting.meter)
        kept = Kept(store=self._store, vault=self._vault, meter=fitting.meter)
        meter = self.models.meter(fitting.model)
        self.entry = Entry(visit, meter, settings=settings, kept=kept, clock=self._clock)
        self._entering = self._begin(self.entry.run(pin))

    async def stop_entering(self) -> None:
        """Stop the entry of a PIN; the light is off when this returns."""
        await _ended(self._entering)

    async def _leave(self) -> None:
        await _ended(self._entering)
        await _ended(self._visiting)
        self.visit = self.entry = self._visiting = self._entering = None

    async def _at(self, visit: Visit) -> None:
        async with self.posts.borrow(visit.port.url):
            await visit.run()

    def _begin(self, what: Coroutine[None, None, None]) -> asyncio.Task[None]:
        if self._tasks is None:
            what.close()
            raise RuntimeError("nobody visits a probe before the fitter runs")
        return self._tasks.create_task(what)


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task and not task.done():
        task.cancel()
        await asyncio.wait([task])
