"""The stage: all programs of a scene running, consent granted on the device's page, an observer beside them."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from tests.demo.observer import Observer
from tests.demo.processes import DemoError
from tests.demo.scene import Scene, programs

FIELD = re.compile(r'<input type="hidden" name="(form_token|text_version|text_sha256)" value="([^"]*)">')
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
    """Enter with the code of the slip, read the text and press the button; True once the cloud has said yes."""
    origin = f"http://localhost:{scene.ports.edge}"
    async with aiohttp.ClientSession(headers={"Origin": origin}) as session:
        try:
            entered = {"code": scene.codes[0], "next": "/consent"}
            async with session.post(f"{origin}/enter", data=entered) as response:
                form = dict(FIELD.findall(await response.text()))
            if "text_version" not in form:
                return False
            form |= {"sure": "yes", "code": scene.codes[0]}
            async with session.post(f"{origin}/consent/grant", data=form) as response:
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
