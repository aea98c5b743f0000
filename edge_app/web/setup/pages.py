"""The set-up pages and their addresses."""

from aiohttp import web

from edge_app.web.setup import head, overview, pin, plants, plugins, slip, trial

ROUTES = [
    web.get("/setup", overview.show),
    web.post("/setup/probe", overview.add),
    web.get("/setup/head", head.show),
    web.get("/setup/head/live", head.live),
    web.post("/setup/head", head.fit),
    web.post("/setup/remove", head.remove),
    web.get("/setup/pin", pin.show),
    web.get("/setup/pin/live", pin.live),
    web.post("/setup/pin", pin.enter),
    web.post("/setup/pin/stop", pin.stop),
    web.post("/setup/pin/display", pin.answer),
    web.get("/setup/plants", plants.show),
    web.post("/setup/plants", plants.choose),
    web.get("/setup/trial", trial.show),
    web.get("/setup/trial/live", trial.live),
    web.post("/setup/trial", trial.begin),
    web.get("/setup/slip", slip.show),
    web.get("/setup/plugins", plugins.show),
    web.get("/setup/plugins/live", plugins.live),
]
