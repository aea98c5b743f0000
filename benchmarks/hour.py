"""An hour of one meter at a telegram a second: what it takes of a core to cut, read and place it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from edge_app.metering.ear import Ear
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.profile import profile
from edge_app.metering.schedule import Schedule
from edge_app.model.slot import Grid
from edge_app.model.telegram import Chunk, Telegram
from edge_app.simulator.virtual_meter import VirtualMeter

SECONDS = 3600
PIECE = 64
"""Bytes that a serial port gives at once."""
SINCE = datetime(2026, 6, 21, 11, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Processor time as a share of the time that the telegrams would take to arrive."""

    name: str
    share: float
    measurements: int

    def lines(self) -> list[str]:
        return [self.name, f"  {self.share:.3%} of a core, for {self.measurements} measurements"]


def run() -> Share:
    models = load()
    meter = models.meter("DD3")
    virtual = VirtualMeter(variant=profile(type(meter)).variant(), role="electricity", seed=1, since=SINCE)
    moments = [SINCE + timedelta(seconds=second) for second in range(SECONDS)]
    telegrams = [(at, virtual.telegram(at)) for at in moments]
    schedule, ear, kept = Schedule(UUID(int=0), Grid()), Ear(meter.protocols), 0
    begin = time.process_time()
    for at, telegram in telegrams:
        for start in range(0, len(telegram), PIECE):
            for found in ear.hear(Chunk(data=telegram[start : start + PIECE], at=at)):
                if isinstance(found, Telegram) and (measurement := schedule.place(meter.read(found), found.at)):
                    schedule.fill(measurement)
                    kept += 1
    taken = time.process_time() - begin
    return Share(name="an hour of an eBZ DD3 at a telegram a second", share=taken / SECONDS, measurements=kept)
