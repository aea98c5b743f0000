"""The plugins: which models are installed, from where, in which version, how far they can be relied on."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from aiohttp import web

from edge_app.metering.meter import Meter
from edge_app.web.frame.live import stream
from edge_app.web.frame.page import page
from edge_app.web.keys import UNFIT
from edge_app.web.setup.bench import BENCH

JUDGE = "edge_app.kit.judging"
"""Run as a program, for judging takes seconds."""
PATIENCE = 0.1
"""Seconds for which a page waits for grades."""
UNKNOWN = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model, as the page shows it."""

    number: str
    name: str
    origin: str
    version: str
    grade: str


class Grades:
    """The grades of all models, judged once for the life of the service, when somebody first asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._judging: asyncio.Task[dict[str, str]] | None = None

    async def known(self) -> dict[str, str] | None:
        """The grade of each model; None while they are being judged."""
        if self._judging is None:
            self._judging = asyncio.create_task(self._judge(), name="judge plugins")
        await asyncio.wait([self._judging], timeout=PATIENCE)
        return self._judging.result() if self._judging.done() else None

    async def close(self, _app: web.Application) -> None:
        if self._judging:
            self._judging.cancel()
            await asyncio.wait([self._judging])

    async def _judge(self) -> dict[str, str]:
        judge = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            JUDGE,
            str(self._folder),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            out, _ = await judge.communicate()
        except asyncio.CancelledError:
            judge.kill()
            await judge.wait()
            raise
        grades: dict[str, str] = json.loads(out) if judge.returncode == 0 else {}
        return grades


GRADES = web.AppKey("grades", Grades)


async def show(request: web.Request) -> web.Response:
    models = request.app[BENCH].fitter.models
    grades = await request.app[GRADES].known()
    listed = [
        Model(
            number=number,
            name=model.name,
            origin=models.origins[number],
            version=_version(model),
            grade="open" if grades is None else grades.get(number, "none"),
        )
        for number, model in sorted(models.models.items())
    ]
    unfit = request.app.get(UNFIT)
    return page(request, "setup/plugins.html", models=listed, unfit=dict(unfit or {}), judging=grades is None)


async def live(request: web.Request) -> web.StreamResponse:
    """The page is loaded anew once the grades are there."""

    async def look() -> Mapping[str, str]:
        return {"state": "judging" if await request.app[GRADES].known() is None else "judged"}

    return await stream(request, look)


def _version(model: type[Meter]) -> str:
    """That of the distribution which brought it; a single file says its own, as `__version__`, or none."""
    module = sys.modules[model.__module__]
    own = getattr(module, "__version__", None)
    if isinstance(own, str):
        return own
    brought = packages_distributions().get(model.__module__.partition(".")[0], ())
    try:
        return version(brought[0]) if brought else UNKNOWN
    except PackageNotFoundError:
        return UNKNOWN
