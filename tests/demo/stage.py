"""The stage: all programs of a scene running, consent granted on the device's page, an observer beside them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from tests.demo.observer import Observer
from tests.demo.processes import DemoError
from tests.demo.scene import Scene, programs

PATIENCE = 120
"""Seconds after which anything that was asked for is overdue."""


@asynccontextmanager
async def running(scene: Scene) -> AsyncIterator[Observer]:
    """Start everything, grant the consent, and leave nothing running. Raises DemoError."""
    try:
        async with Observer.open(bundle=scene.bundle, url=scene.url) as observer, asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(program.run()) for program in programs(scene)]
            try:
                await until(observer.answers, "the cloud does not answer")
                await until(lambda: grant(scene), "the device's page could not grant the consent")
                yield observer
            finally:
                for task in started:
                    task.cancel()
    except* DemoError as errors:
        raise errors.exceptions[0] from None


async def grant(scene: Scene) -> bool:
    """Press the button on the device's page; True once the cloud has said yes."""
    origin = f"http://localhost:{scene.ports.edge}"
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(f"{origin}/consent/grant", headers={"Origin": origin}) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False


async def until(condition: Callable[[], Awaitable[bool]], complaint: str) -> None:
    """Ask again every second. Raises DemoError when the answer stays no."""
    for _ in range(PATIENCE):
        if await condition():
            return
        await asyncio.sleep(1)
    raise DemoError(f"{complaint} within {PATIENCE} s")
