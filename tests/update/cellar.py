"""A cellar in which versions run: a home with slots, a database, a supervisor, and a clock that is moved by hand.

What runs is not a program but what it would have done, by the name of its version. All of it stands in files, so that
it is as it was after a power cut, for whoever looks at the same folder again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from edge_app.errors import UpdateError, UpdateServerError
from edge_app.fleet.update.choice import Standing
from edge_app.fleet.update.documents import Channel, Holds, Release, Stage, Wheel
from edge_app.fleet.update.files import put
from edge_app.fleet.update.journal import Journal
from edge_app.fleet.update.repository import Offers
from edge_app.fleet.update.slots import SEAL, Slots
from edge_app.fleet.update.trial import Terms
from edge_app.fleet.update.updater import Offered, Updater
from edge_app.store.database import open_database

DEVICE = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02")
METER = "8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01"
FIRST = "1.0.0"
SLOT = timedelta(minutes=15)
BEGIN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WHEEL = Wheel(name="zaehlwerk-1.0.0-py3-none-any.whl", sha256="0" * 64, length=1)

KINDS = ("good", "crash", "hang", "mute", "stuck", "pageless", "unbuildable", "unfit")
"""What becomes of a version: it works; it ends as soon as it begins; it is never ready; it measures nothing; it uploads
nothing; its page is dead; its wheels do not go together; its own check says no."""
WORKING = {"good"}


class PowerCut(BaseException):
    """Everything ends here and now."""


@dataclass
class Time:
    """A clock that moves while somebody waits."""

    moment: datetime = BEGIN
    run: Callable[[float], None] = lambda _: None
    """What happens meanwhile."""
    seconds: float = 0.0
    haste: float = 1.0
    """How many times longer a pause takes than was asked for."""

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.pass_by(seconds)

    def pause(self, seconds: float) -> None:
        self.pass_by(self.haste * seconds)

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.seconds += seconds
        self.run(seconds)


@dataclass
class Cellar:
    """The home of a device and everything that is asked of its world."""

    folder: Path
    kinds: dict[str, str] = field(default_factory=dict)
    """What becomes of each version that is offered."""
    versions: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    time: Time = field(default_factory=Time)
    cloud_away: bool = False
    server_away: bool = False
    believed: bool = True
    moment: Callable[[str], None] = lambda _: None
    """Called at each step into the world; may cut the power."""
    tried: list[str] = field(default_factory=list)
    """Versions that began to run."""

    def __post_init__(self) -> None:
        self.slots = Slots(self.folder / "home")
        self.journal = Journal(self.slots.home / "update")
        self.database = self.folder / "edge.db"
        self.time.run = self.live

    def set_up(self) -> "Cellar":
        """Make a device that runs its first version and has measured."""
        (self.slots.home / "slots").mkdir(parents=True)
        self._make_slot(FIRST)
        self.slots.point("current", FIRST)
        open_database(self.database, largest=2**28, now=BEGIN).close()
        with self._writing() as db:
            db.execute("insert into consent (id, state) values (1, 'granted')")
        self.boot()
        for _ in range(4):
            self.time.pass_by(60)
        return self

    @property
    def updater(self) -> Updater:
        return Updater(
            slots=self.slots,
            journal=self.journal,
            service=self,
            database=self.database,
            offered=Offered(
                look=self.look,
                channel="stable",
                standing=lambda kept, failed: Standing(device=DEVICE, kept=kept, failed=failed, python="3.11"),
                believed=lambda: self.believed,
                reachable=lambda: not self.cloud_away,
            ),
            build=self.build,
            check=self.check,
            page=lambda: self.is_ready() and self.kind != "pageless",
            slot=SLOT,
            terms=Terms.of(slot=SLOT, upload_every=SLOT),
            clock=self.time,
            pause=self.time.pause,
        )

    def offer(self, version: str, kind: str) -> None:
        self.versions.append(version)
        self.kinds[version] = kind

    def look(self) -> Offers:
        self.moment("look")
        if self.server_away:
            raise UpdateServerError("the update server answers 503")
        return cast("Offers", Shelf(self))

    def build(self, version: str, _wheels: Sequence[Wheel]) -> None:
        self.moment("build")
        if self.slots.is_sealed(version):
            return
        self.slots.remove(version)
        if self.kinds[version] == "unbuildable":
            raise UpdateError("the wheels do not go together")
        self._make_slot(version)
        self.moment("built")

    def check(self, version: str) -> None:
        self.moment("check")
        if self.kinds[version] == "unfit":
            raise UpdateError("its check failed")

    # The service, as the updater sees it.

    def stop(self) -> None:
        self.moment("stop")
        self._running.unlink(missing_ok=True)
        self._wanted.unlink(missing_ok=True)
        self.moment("stopped")

    def start(self) -> None:
        self.moment("start")
        self._wanted.touch()
        self.moment("started")

    def restart(self) -> None:
        self.stop()
        self.start()

    def is_ready(self) -> bool:
        return self._running.exists() and self.kind not in {"hang", "crash"}

    # The supervisor, and what the versions do.

    @property
    def _running(self) -> Path:
        return self.folder / "running"

    @property
    def running(self) -> str | None:
        return self._running.read_text() if self._running.exists() else None

    @property
    def kind(self) -> str:
        return self.kinds.get(self.running or "", "good")

    @property
    def _wanted(self) -> Path:
        """There while the supervisor is to see that the service runs."""
        return self.folder / "wanted"

    def boot(self) -> None:
        """Power is back."""
        self._running.unlink(missing_ok=True)
        self._wanted.touch()
        self.journal.make()

    def live(self, _seconds: float) -> None:
        """Let the supervisor and whatever runs do what they do."""
        if self.running is None:
            if self._wanted.exists():
                self.updater.starting()
                version = self.slots.of("current") or ""
                self._running.write_text(version)
                self.tried.append(version)
        elif self.kind == "crash":
            self._running.unlink()
        elif self.kind != "hang":
            self._work()

    def _work(self) -> None:
        now = int(self.time.now().timestamp() * 1e6)
        if self.kind != "mute":
            self._measure(now)
        if self.cloud_away:
            return
        with self._writing() as db:
            db.execute("update contact set answered_at = ?", [now])
            if self.kind != "stuck":
                db.execute("insert or ignore into confirmation (upto, at) select max(seq), 1 from measurement")

    def _measure(self, now: int) -> None:
        with self._writing() as db:
            db.execute(
                "insert into measurement (meter, slot, time, data)"
                " select ?, coalesce(max(slot), 0) + 1, ?, '{}' from measurement",
                [METER, now],
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The database of the service, which here need not wait for the disk."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute("pragma synchronous = off")
            yield db

    def _make_slot(self, version: str) -> None:
        folder = self.slots.folder(version)
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "edge-app").write_text(version)
        put(folder / SEAL, version.encode())  # a seal as it is set, without waiting for all disks there are

    # What is looked at afterwards.

    def measured(self) -> int:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            number: int = db.execute("select count(*) from measurement").fetchone()[0]
            return number

    def links(self) -> dict[str, str | None]:
        return {link: self.slots.of(link) for link in ("current", "kept", "before", "image")}

    def kept_slots(self) -> set[str]:
        return {each.name for each in (self.slots.home / "slots").iterdir()}

    def is_sound(self) -> bool:
        """Whether what `current` and `kept` lead to is whole, whatever was cut off."""
        links = self.links()
        return all(
            (version := links[link]) is None or self.slots.is_sealed(version) for link in ("current", "kept", "image")
        )


@dataclass
class Shelf:
    """What is on offer, as the signed documents would say it."""

    cellar: Cellar

    def channel(self, name: str) -> Channel:
        return Channel(channel=name, versions=tuple(self.cellar.versions))

    def holds(self, _name: str) -> Holds:
        return Holds(held=self.cellar.held)

    def release(self, version: str) -> Release:
        everybody = Stage(share=1.0, begin=BEGIN)
        return Release(
            version=version, channel="stable", python="3.11", wheels=(WHEEL,), stages=(everybody,), salt="salt"
        )

    def fetch(self, _release: Release) -> list[Wheel]:
        self.cellar.moment("fetch")
        return [WHEEL]
