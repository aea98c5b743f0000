"""Checks of what a plugin costs: time for a telegram, and memory, both on a machine that may be busy.

A check is a function of a subject that gives one sentence for each thing that is wrong.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial

from edge_app.kit.sample import believed, telegram_of
from edge_app.kit.subject import Subject

SECONDS = 0.05
"""Of a core, for one telegram; meters send one a second at most."""
ROUNDS = 5
PEAK = 2**20
"""Bytes that hearing and reading may take meanwhile."""
LEFT = 2**16
"""Bytes that may be left of so many telegrams."""
MANY = 200
_RUSTLE = bytes(range(256)) * 256


def keeps_within_time(subject: Subject) -> Iterator[str]:
    """It reads each telegram in a twentieth of a second."""
    for example in subject.profile.examples:
        work = partial(believed, subject.meter(), telegram_of(example))
        took = min(_seconds(work) for _ in range(ROUNDS))
        if took > SECONDS:
            yield f"{example.note}: {took:.3f} s (expected at most {SECONDS} s)"


def keeps_within_memory(subject: Subject) -> Iterator[str]:
    """It needs at most 1 MiB while it reads, and keeps nothing of what it has read."""
    meter, whole = subject.meter(), [telegram_of(example) for example in subject.profile.examples]
    for stream in (*whole, _RUSTLE):
        believed(meter, stream)  # what is made once, such as a table, is no growth
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for turn in range(MANY):
            believed(meter, whole[turn % len(whole)] if whole else b"")
        after, peak = tracemalloc.get_traced_memory()
        believed(meter, _RUSTLE)
        _, rustling = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if max(peak, rustling) - before > PEAK:
        yield f"{max(peak, rustling) - before} bytes at once (expected at most {PEAK})"
    if after - before > LEFT:
        yield f"{after - before} bytes are left of {MANY} telegrams (expected at most {LEFT})"


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
