"""Waiting for what happens by itself in another task or process, bounded."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Return as soon as the condition holds; a TimeoutError after so many seconds fails the test."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for lies outside: it can set no event of ours
            await asyncio.sleep(0.005)
