"""What is done, one line a step, with the seconds that it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is."""
    print(f"{name:<58}", end="", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:8.1f} s", flush=True)
