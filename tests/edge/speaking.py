"""A virtual meter at the other end of a pseudo-terminal, in a thread of its own, for commands that listen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from edge_app.metering.plugins.catalogue import load
from edge_app.metering.profile import profile
from edge_app.simulator.virtual_meter import VirtualMeter
from tests.edge.lines import pty

SINCE = datetime(2026, 6, 21, 11, 0, tzinfo=UTC)


def telegrams(model: str, *, variant: str | None = None, count: int = 3) -> list[bytes]:
    """Telegrams of a virtual meter at noon, a second apart."""
    meter = VirtualMeter(
        variant=profile(load().models[model]).variant(variant), role="electricity", seed=1, since=SINCE
    )
    return [meter.telegram(SINCE + timedelta(seconds=second)) for second in range(count)]


@contextmanager
def speaking(*data: bytes) -> Iterator[str]:
    """A port on which these bytes are said again and again until nobody needs them any more."""
    done = threading.Event()
    with pty() as line:

        def say() -> None:
            while not done.wait(0.05):
                for piece in data:
                    line.say(piece)

        speaker = threading.Thread(target=say)
        speaker.start()
        try:
            yield line.url
        finally:
            done.set()
            line.forget()
            speaker.join()
