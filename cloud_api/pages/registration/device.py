"""Setting up a measurement device: its bundle, downloaded once, and the letter that goes with it."""

import zipfile
from io import BytesIO

import msgspec
import segno
from aiohttp import web
from markupsafe import Markup

from cloud_api import wire
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API, SESSION, SESSIONS
from cloud_api.pages.registration.identity import uuid_in
from cloud_api.pages.render import page
from cloud_api.wire.bundle import INSTALLER_SLIP, PAGES, PAGES_OTHERWISE, PARTICIPANT_SLIP, SLIPS


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that waits in a session to be downloaded."""

    device: str
    files: dict[str, str]


async def make(request: web.Request) -> web.StreamResponse:
    """Issue a certificate and keep the bundle in this session, until it is downloaded or another is made."""
    await form_of(request)
    household, device = uuid_in(request, "uuid"), uuid_in(request, "device")
    path = f"/management/measurement_device/{device}/bundle"
    try:
        bundle = await request.app[DATA_API].send(asker(request), "POST", path, wire.Bundle)
    except RefusedError as refused:
        if refused.status != web.HTTPConflict.status_code:
            raise
        raise web.HTTPSeeOther(f"/registration/household/{household}") from refused
    parcel = Parcel(device=device, files=bundle.files)
    request.app[SESSIONS].put(request[SESSION], msgspec.msgpack.encode(parcel))
    raise web.HTTPSeeOther(f"/registration/household/{household}/device/{device}")


async def show(request: web.Request) -> web.StreamResponse:
    """The letter, to be printed, and the bundle as long as it waits."""
    uuid, device = uuid_in(request, "uuid"), uuid_in(request, "device")
    household = await request.app[DATA_API].get(asker(request), f"/management/household/{uuid}", wire.Household)
    mine = next((each for each in household.measurement_devices if str(each.uuid) == device), None)
    if mine is None:
        raise web.HTTPNotFound
    parcel = _parcel(request, device)
    return page(
        request,
        "registration/device.html",
        household=household,
        device=mine,
        meters=[meter for meter in household.meters if meter.measurement_device == mine.uuid],
        waiting=parcel is not None,
        code=parcel.files.get(PARTICIPANT_SLIP) if parcel else None,
        installer_code=parcel.files.get(INSTALLER_SLIP) if parcel else None,
        address=PAGES,
        otherwise=PAGES_OTHERWISE,
        picture=_picture(PAGES),
    )


async def download(request: web.Request) -> web.StreamResponse:
    """The bundle as a zip, once: it is forgotten here as it leaves."""
    await form_of(request)
    uuid, device = uuid_in(request, "uuid"), uuid_in(request, "device")
    parcel = _parcel(request, device)
    if parcel is None:
        raise web.HTTPSeeOther(f"/registration/household/{uuid}/device/{device}")
    request.app[SESSIONS].put(request[SESSION], None)
    headers = {"Content-Disposition": f'attachment; filename="device-{device}.zip"'}
    return web.Response(body=_zip(parcel), content_type="application/zip", headers=headers)


def _parcel(request: web.Request, device: str) -> Parcel | None:
    kept = request[SESSION].content.parcel
    try:
        parcel = msgspec.msgpack.decode(kept, type=Parcel) if kept else None
    except msgspec.DecodeError:  # it is one of an import
        return None
    return parcel if parcel and parcel.device == device else None


def _zip(parcel: Parcel) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(parcel.files.items()):
            if name not in SLIPS:
                archive.writestr(name, text)
    return stream.getvalue()


def _picture(text: str) -> Markup:
    """A QR code as part of a page."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704  # made of an address of ours
