"""Everything that is known of the household, to take away: CSV for tables, JSON for machines; sent as it is read."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.model.consent import ConsentState
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN, POWER_OUT
from edge_app.store import consents, measurements
from edge_app.web.keys import CLOCK, INQUIRIES, METERS, STORE

COLUMNS = {
    "energy_drawn_kwh": ENERGY_IN.hex,
    "energy_fed_in_kwh": ENERGY_OUT.hex,
    "power_drawn_kw": POWER_IN.hex,
    "power_fed_in_kw": POWER_OUT.hex,
    "power_kw": POWER.hex,
}
ABOUT = (
    "account",
    "household",
    "household/consent",
    "household/measurement_device",
    "household/meter",
    "household/pv_system",
    "household/correction",
)
A_WHILE = 10.0
"""Seconds for which a download waits for what is registered."""
WAITING = 10_000
"""Measurements that are taken along from this device, as the cloud does not hold them yet."""

Measured = tuple[str, str, Mapping[str, object]]
"""Meter, time, and value by register."""


async def csv(request: web.Request) -> web.StreamResponse:
    response = await _begin(request, "text/csv", "csv")
    await response.write(("meter,time," + ",".join(COLUMNS) + "\r\n").encode())
    async for meter, time, values in _everything(request):
        cells = [meter, time, *(str(values.get(code, "")) for code in COLUMNS.values())]
        await response.write((",".join(cells) + "\r\n").encode())
    return response


async def as_json(request: web.Request) -> web.StreamResponse:
    response = await _begin(request, "application/json", "json")
    about = {}
    for path in ABOUT:
        known = await request.app[INQUIRIES].know(path, by=request.app[INQUIRIES].soon(A_WHILE))
        about[path.removeprefix("household/")] = dict(known.content)
    await response.write(json.dumps(about, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "measurements": [')
    separator = b"\n  "
    async for meter, time, values in _everything(request):
        line = json.dumps({"meter": meter, "time": time, "data": dict(values)}, default=float)
        await response.write(separator + line.encode())
        separator = b",\n  "
    await response.write(b"\n ]\n}\n")
    return response


async def _begin(request: web.Request, kind: str, ending: str) -> web.StreamResponse:
    """Start the answer. Without consent there is nothing to take; without the cloud, not everything."""
    if (await request.app[STORE].run(consents.current)).state is not ConsentState.GRANTED:
        raise web.HTTPSeeOther("/measurements")
    for meter in request.app[METERS][:1]:
        try:
            await request.app[INQUIRIES].ask(f"household/meter/{meter.uuid}/measurement?limit=1")
        except CloudError as error:
            raise web.HTTPSeeOther("/measurements?away=yes#download") from error
    day = request.app[CLOCK].now().astimezone().date()
    headers = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="zaehlwerk-{day}.{ending}"'}
    response = web.StreamResponse(headers=headers)
    response.charset = "utf-8"
    await response.prepare(request)
    return response


async def _everything(request: web.Request) -> AsyncIterator[Measured]:
    """All that the cloud holds, page by page, and then what still waits here.

    When the cloud goes away meanwhile the answer breaks off, so that nobody takes a part for the whole.
    """
    waiting = await request.app[STORE].run(measurements.unconfirmed, limit=WAITING)
    for meter in request.app[METERS]:
        path: str | None = f"household/meter/{meter.uuid}/measurement?limit=1000"
        while path:
            said: Mapping[str, Any] = await request.app[INQUIRIES].ask(path)
            for each in said["measurements"]:
                yield (
                    each["meter"],
                    each["time"],
                    {code: value for part in each["data"] for code, value in part.items()},
                )
            following = said.get("next")
            path = f"household/meter/{meter.uuid}/measurement?limit=1000&cursor={following}" if following else None
    for _, measurement in waiting:
        time = measurement.time.isoformat().replace("+00:00", "Z")
        yield str(measurement.meter), time, {code.hex: value for code, value in measurement.data.items()}
