"""The page of one device: how it is, what happened to it in two weeks, how it is reached, its diagnostics."""

import io
import zipfile
from collections import Counter
from uuid import UUID

from aiohttp import web

from cloud_api import wire
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.render import page
from cloud_api.pages.status.devices import PATH, days_between
from cloud_api.pages.status.matters import matters
from cloud_api.pages.status.timeline import timeline
from cloud_api.watch.explaining import explain

GAPS = 30
"""Of a meter's gaps, the newest are told in words."""


async def show(request: web.Request) -> web.StreamResponse:
    uuid = _uuid(request)
    history = await request.app[DATA_API].get(asker(request), f"{PATH}/{uuid}", wire.DeviceHistory)
    device = history.device
    gaps = {
        ledger.meter: [run for run in reversed(ledger.runs) if run.state == "missing"][:GAPS]
        for ledger in history.ledgers
    }
    return page(
        request,
        "status/device.html",
        history=history,
        device=device,
        timeline=timeline(history),
        gaps=gaps,
        meters={meter.uuid: meter for meter in device.meters},
        models=Counter(meter.model_number for meter in device.meters),
        explain=explain,
        matters=matters(device.incidents),
        days_left=days_between(history.at, device.certificate_until),
    )


async def want_diagnostics(request: web.Request) -> web.StreamResponse:
    uuid = _uuid(request)
    await form_of(request)
    await request.app[DATA_API].send(asker(request), "POST", f"{PATH}/{uuid}/diagnostics", wire.DiagnosticsStatus)
    return web.Response(status=303, headers={"Location": f"/status/{uuid}#diagnostics"})


async def download_diagnostics(request: web.Request) -> web.StreamResponse:
    """The texts that the device sent, as files of an archive."""
    uuid = _uuid(request)
    kept = await request.app[DATA_API].get(asker(request), f"{PATH}/{uuid}/diagnostics", wire.Diagnostics)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in kept.files.items():
            archive.writestr(name, text)
    headers = {"Content-Disposition": f'attachment; filename="diagnostics-{uuid}.zip"'}
    return web.Response(body=content.getvalue(), content_type="application/zip", headers=headers)


def _uuid(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["uuid"])
    except ValueError as error:
        raise web.HTTPNotFound from error
