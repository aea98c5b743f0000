"""/management/measurement_device/{uuid}/bundle: what a device is set up with."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.api.path import uuid_of
from cloud_api.errors import FixedError, MissingError, NobodysError
from cloud_api.keys import BUNDLER, DATABASE, WHO
from cloud_api.store import consents, devices

MISSING = "there is no such measurement device"
REVOKED = "consent is revoked, so this device measures nothing any more"


async def make(request: web.Request) -> web.Response:
    """Issue a certificate to a device and make its bundle, which is kept nowhere here."""
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].read() as database:
        household = await devices.household_of(database, uuid)
        if household is None:
            raise MissingError(MISSING)
        if (await consents.of(database, household)).state == "revoked":
            raise FixedError(REVOKED)
    try:
        files = await request.app[BUNDLER].make(uuid, request[WHO])
    except NobodysError as error:  # consent was revoked in between
        raise FixedError(REVOKED) from error
    return answer(wire.Bundle(files={name: content.decode() for name, content in files.items()}), status=201)
