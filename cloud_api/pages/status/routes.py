"""Every page of the Status Frontend, on one page."""

from aiohttp import web

from cloud_api.pages.frontend import Frontend
from cloud_api.pages.status import device, devices, live, releases

STATUS = Frontend(
    name="status",
    door="/management/status",
    routes=[
        web.get("", devices.show),
        web.get("/live", live.show),
        web.get("/releases", releases.show),
        web.get("/{uuid}", device.show),
        web.post("/{uuid}/diagnostics", device.want_diagnostics),
        web.get("/{uuid}/diagnostics", device.download_diagnostics),
    ],
)
