"""The queue as a machine that is worked in any order: nothing lost, nothing twice, the order kept."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge_app.model.measurement import Measurement
from edge_app.store import measurements
from edge_app.store.database import open_database
from tests.store.values import CELLAR, ROOF, START, measurement


class Queue(RuleBasedStateMachine):
    """Beside the real file a list of all that was kept, and what the cloud and the operator hold of it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.moment = START
        self.kept: dict[int, Measurement] = {}
        self.cloud: set[int] = set()
        self.aside: set[int] = set()
        self.forgotten: set[int] = set()
        self.held_since: dict[int, datetime] = {}
        self.open()

    def open(self) -> None:
        self.db = open_database(Path(self.folder.name) / "edge.db", largest=2**26, now=self.moment)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    @property
    def expected(self) -> list[tuple[int, Measurement]]:
        return [(seq, each) for seq, each in self.kept.items() if seq not in self.cloud | self.aside | self.forgotten]

    @rule(slot=st.integers(0, 30), meter=st.sampled_from([CELLAR, ROOF]))
    def keep(self, slot: int, meter: UUID) -> None:
        offered = measurement(slot, meter=meter)
        taken = any((each.meter, each.slot) == (meter, offered.slot) for each in self.kept.values())
        passed = any(
            each.meter == meter and each.slot >= offered.slot
            for seq, each in self.kept.items()
            if seq in self.forgotten
        )
        assert measurements.keep(self.db, offered) == (not taken and not passed)
        if not taken and not passed:
            (seq,) = self.db.execute("select max(seq) from measurement").fetchone()
            assert seq > max(self.kept, default=0)
            self.kept[seq] = offered

    @rule(limit=st.integers(1, 5))
    def upload(self, limit: int) -> None:
        batch = measurements.unconfirmed(self.db, limit=limit)
        assert batch == self.expected[:limit]
        if batch:
            measurements.confirm(self.db, batch[-1][0], self.moment)
            for seq, _ in batch:
                self.cloud.add(seq)
                self.held_since[seq] = self.moment

    @rule(index=st.integers(0, 4))
    def set_aside(self, index: int) -> None:
        if index < len(self.expected):
            seq, _ = self.expected[index]
            measurements.set_aside(self.db, [seq], "422", self.moment)
            self.aside.add(seq)

    @rule(hours=st.integers(1, 48))
    def let_time_pass(self, hours: int) -> None:
        self.moment += timedelta(hours=hours)

    @rule(hours=st.integers(0, 72))
    def forget(self, hours: int) -> None:
        before = self.moment - timedelta(hours=hours)
        old = {seq for seq in self.cloud - self.forgotten if self.held_since[seq] < before}
        assert measurements.forget_acknowledged(self.db, before) == len(old)
        self.forgotten |= old

    @rule(limit=st.integers(1, 3))
    def make_room(self, limit: int) -> None:
        held = sorted(self.cloud - self.forgotten)[:limit]
        assert measurements.forget_oldest(self.db, limit=limit, acknowledged=True) == len(held)
        self.forgotten |= set(held)

    @rule(slot=st.integers(0, 30))
    def offer_again(self, slot: int) -> None:
        since = measurement(slot).time
        measurements.offer_again(self.db, since)
        late = [seq for seq, each in self.kept.items() if each.time >= since and seq not in self.forgotten]
        if late:
            self.cloud = {seq for seq in self.cloud if seq < min(late)}

    @rule()
    def reopen(self) -> None:
        self.db.close()
        self.open()

    @invariant()
    def nothing_is_lost_or_doubled_and_the_order_is_kept(self) -> None:
        if hasattr(self, "db"):
            assert measurements.unconfirmed(self.db, limit=1000) == self.expected
            assert measurements.waiting(self.db) == len(self.expected)
            assert measurements.set_aside_count(self.db) == len(self.aside)
            rows = {row["seq"] for row in self.db.query("select seq from measurement")}
            assert rows == self.kept.keys() - self.forgotten


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
