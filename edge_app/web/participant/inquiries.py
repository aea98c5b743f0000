"""What the cloud is asked for the pages: they show at once what it said last, while it is asked anew behind them."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from edge_app.clock import Clock
from edge_app.errors import CloudError
from edge_app.model.consent import ConsentState
from edge_app.store import Store, answers, consents

logger = logging.getLogger(__name__)

PATIENCE = 0.08
"""Seconds for which a page waits for new answers, all in all, before it shows the last ones."""
STALE = timedelta(seconds=30)
"""After which an answer is asked for anew."""

Ask = Callable[[str], Awaitable[Mapping[str, Any]]]
Tell = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """The Data API as the pages use it, through the device's certificate; both raise CloudError."""

    ask: Ask
    """What GET of a path, with its query, gives."""
    tell: Tell
    """What POST of a document to a path gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the cloud said last to a question."""

    content: Mapping[str, Any]
    at: datetime | None
    """When it said so; None where it has never said anything yet."""
    away: bool
    """Whether it did not answer when it was asked last."""
    asking: bool = False
    """Whether it has been asked and has not answered yet."""
    reason: str = ""
    """Why it did not answer."""


class Inquiries:
    """The questions that pages ask, each asked once at a time, and their answers in the store."""

    def __init__(self, store: Store, cloud: Cloud, clock: Clock) -> None:
        self._store = store
        self._cloud = cloud
        self._clock = clock
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._asked: dict[str, float] = {}
        """When, by the monotonic clock."""
        self._failed: dict[str, str] = {}

    def soon(self, patience: float = PATIENCE) -> float:
        """Until when, by the monotonic clock, a page waits that begins now; one that asks twice waits no longer."""
        return self._clock.monotonic() + patience

    async def know(self, path: str, *, stale: timedelta = STALE, by: float | None = None) -> Known:
        """What is known of a path; asked anew where that is older than `stale`, and waited for no longer than told."""
        kept = await self._store.run(answers.kept, path)
        if kept is None or abs(self._clock.now() - kept.at) > stale:
            if path not in self._asking:
                task = self._asking[path] = asyncio.create_task(self._inquire(path), name=f"ask {path}")
                task.add_done_callback(lambda _: self._asking.pop(path, None))
                self._asked[path] = self._clock.monotonic()
            await self._wait(path, self.soon() if by is None else by)
            kept = await self._store.run(answers.kept, path)
        return Known(
            content=json.loads(kept.text) if kept else {},
            at=kept.at if kept else None,
            away=path in self._failed,
            asking=path in self._asking,
            reason=self._failed.get(path, ""),
        )

    async def know_all(
        self, paths: Iterable[str], *, stale: timedelta = STALE, by: float | None = None
    ) -> dict[str, Known]:
        """What is known of some paths, asked side by side, so that a slow cloud is waited for once."""
        asked, by = list(paths), self.soon() if by is None else by
        known = await asyncio.gather(*(self.know(path, stale=stale, by=by) for path in asked))
        return dict(zip(asked, known, strict=True))

    async def ask(self, path: str) -> Mapping[str, Any]:
        """Ask at once, and keep nothing. Raises CloudError."""
        return await self._cloud.ask(path)

    async def tell(self, path: str, document: Mapping[str, Any]) -> None:
        """Carry something to the cloud. Raises CloudError."""
        await self._cloud.tell(path, document)

    async def close(self) -> None:
        """Ask nothing any more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, path: str, by: float) -> None:
        """Wait for an answer; one that was waited for as long already is not waited for again."""
        now, answer = self._clock.monotonic(), self._asking[path]
        left = by - now - (now - self._asked[path])
        if answer.done() or left <= 0:
            return
        alarm = asyncio.create_task(self._clock.sleep(left), name="enough of waiting")
        await asyncio.wait([answer, alarm], return_when=asyncio.FIRST_COMPLETED)
        alarm.cancel()

    async def _inquire(self, path: str) -> None:
        try:
            said = await self._cloud.ask(path)
        except CloudError as error:
            self._failed[path] = str(error)
            logger.debug("the pages asked in vain: %s", error)
            return
        self._failed.pop(path, None)
        await self._store.run(_keep, path, json.dumps(said), self._clock.now())


def _keep(db: Database, path: str, text: str, at: datetime) -> None:
    """An answer that was under way when consent was revoked is not kept."""
    if consents.current(db).state is not ConsentState.REVOKED:
        answers.keep(db, path, text, at)
