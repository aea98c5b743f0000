"""Whatever is published, cut off, held and tried again: a version that works runs, and no measurement is lost."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.update.cellar import FIRST, KINDS, WORKING, Cellar, PowerCut

SHM = Path("/dev/shm")
"""In memory it need not wait for a disk."""


class Device(RuleBasedStateMachine):
    """A device whose power may fail at each step into its world and at each moment at which the disk is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=SHM if SHM.is_dir() else None))
        self.left: int | None = None
        self.measured = 0
        self.patched = patch.object(os, "fsync", lambda _: self.moment("fsync"))
        self.patched.start()

    @initialize()
    def begin(self) -> None:
        self.cellar = Cellar(self.folder).set_up()
        self.cellar.time.haste = 10
        self.cellar.moment = self.moment

    def moment(self, _step: str) -> None:
        """Count down to the cut; from then on nothing of this process does anything any more."""
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                raise PowerCut

    def cut_after(self, steps: int | None, work: Callable[[], None]) -> None:
        self.left = steps
        try:
            work()
        except PowerCut:
            self.left = None
            self.cellar.boot()
        finally:
            self.left = None

    @rule(kind=st.sampled_from(KINDS))
    def publish(self, kind: str) -> None:
        self.cellar.offer(f"1.{len(self.cellar.versions) + 1}.0", kind)

    @rule(steps=st.none() | st.integers(1, 60))
    def round(self, steps: int | None) -> None:
        self.cut_after(steps, self.cellar.updater.round)

    @rule()
    def power_cycle(self) -> None:
        self.cellar.boot()

    @rule(steps=st.none() | st.integers(1, 30))
    def time_passes(self, steps: int | None) -> None:
        self.cut_after(steps, lambda: [self.cellar.time.pass_by(60) for _ in range(3)].clear())

    @precondition(lambda self: self.cellar.versions)
    @rule(data=st.data())
    def hold_or_release(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(self.cellar.versions))
        if self.cellar.held.pop(version, None) is None:
            self.cellar.held[version] = "it smells"

    @rule()
    def pardon(self) -> None:
        self.cellar.journal.pardon()

    @rule(away=st.booleans())
    def server(self, away: bool) -> None:
        self.cellar.server_away = away

    @rule()
    def settle(self) -> None:
        """Let all be done, in peace."""
        before = None
        while before != (before := (self.cellar.links(), self.cellar.journal.failures)):
            self.cellar.updater.round()
            self.cellar.time.pass_by(60)
            self.cellar.time.pass_by(60)
        links = self.cellar.links()
        assert self.cellar.journal.trial is None
        assert links["current"] == links["kept"] == self.cellar.running
        if not self.cellar.server_away:
            allowed = [FIRST, *(v for v in self.cellar.versions if v not in self.cellar.held)]
            good = [v for v in allowed if v == FIRST or self.cellar.kinds[v] in WORKING]
            assert links["kept"] == good[-1] or links["kept"] in self.cellar.held or unlucky(self.cellar, good[-1])

    @invariant()
    def what_runs_is_whole_and_nothing_is_lost(self) -> None:
        if not hasattr(self, "cellar"):
            return
        links = self.cellar.links()
        assert self.cellar.is_sound(), links
        assert links["kept"] is None or self.cellar.kinds.get(links["kept"], "good") in WORKING
        assert links["image"] in {None, FIRST}
        measured = self.cellar.measured()
        assert measured >= self.measured
        self.measured = measured

    def teardown(self) -> None:
        self.patched.stop()
        shutil.rmtree(self.folder)


def unlucky(cellar: Cellar, version: str) -> bool:
    """Whether a good version was given up because the power failed too often while it was on trial, or is older."""
    order = [FIRST, *cellar.versions]
    return version in cellar.journal.failures.failed or order.index(version) < order.index(cellar.links()["kept"] or "")


TestDevice = Device.TestCase
TestDevice.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
