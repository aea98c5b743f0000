"""Every page of the Registration Frontend, on one page."""

from aiohttp import web

from cloud_api.pages.frontend import Frontend
from cloud_api.pages.registration import adding, device, editing, household, importing, participation, register

REGISTRATION = Frontend(
    name="registration",
    door="/management/register",
    routes=[
        web.get("", register.show),
        web.get("/participation", participation.show),
        web.get("/import", importing.show),
        web.post("/import", importing.look),
        web.post("/import/now", importing.carry_out),
        web.get("/import/households.{kind}", importing.template),
        web.get("/household/new", adding.show),
        web.post("/household/new", adding.take),
        web.get("/household/{uuid}", household.show),
        web.get("/household/{uuid}/edit", editing.show),
        web.post("/household/{uuid}/edit", editing.take),
        web.post("/household/{uuid}/correction/{correction}", household.decide),
        web.get("/household/{uuid}/device/{device}", device.show),
        web.post("/household/{uuid}/device/{device}", device.make),
        web.post("/household/{uuid}/device/{device}/bundle", device.download),
    ],
)
