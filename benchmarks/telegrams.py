"""Telegrams: cutting and reading a stream of 168 kB, beside smllib alone, which checks half of the checksums."""

from datetime import UTC, datetime, timedelta

from smllib import SmlStreamReader

from benchmarks.measure import Comparison, compare
from edge_app.metering import sml
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.profile import profile
from edge_app.model.telegram import Chunk, Telegram
from edge_app.simulator.virtual_meter import VirtualMeter

SIZE = 168_000
PIECE = 256
SINCE = datetime(2026, 6, 21, 11, 0, tzinfo=UTC)


def stream() -> bytes:
    """So many telegrams of a virtual MT681, a second apart."""
    variant = profile(load().models["MT681"]).variant()
    meter = VirtualMeter(variant=variant, role="electricity", seed=1, since=SINCE)
    data = b""
    while len(data) < SIZE:
        data += meter.telegram(SINCE + timedelta(seconds=len(data) // 400))
    return data


def ours(data: bytes) -> int:
    cutter = sml.cutter()
    read = 0
    for begin in range(0, len(data), PIECE):
        for found in cutter.feed(Chunk(data=data[begin : begin + PIECE], at=SINCE)):
            if isinstance(found, Telegram):
                read += len(sml.read(found.data).registers)
    return read


def smllib_alone(data: bytes) -> int:
    reader = SmlStreamReader()
    read = 0
    for begin in range(0, len(data), PIECE):
        reader.add(data[begin : begin + PIECE])
        while frame := reader.get_frame():
            read += len(frame.parse_frame()[1].message_body.val_list)
    return read


def run() -> Comparison:
    data = stream()
    return compare(
        f"{len(data) // 1000} kB of SML cut and read, in pieces of {PIECE} bytes",
        {
            "ours: both levels of checksums": lambda: ours(data),
            "smllib alone: the outer checksum": lambda: smllib_alone(data),
        },
    )
