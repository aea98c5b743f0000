"""/household/consent: granted once, revoked once."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, take
from cloud_api.config import CONSENT_TEXT_VERSION
from cloud_api.keys import CALLER, CLOCK, DATABASE
from cloud_api.privacy.anonymise import anonymise
from cloud_api.store import consents


async def show(request: web.Request) -> web.Response:
    """Whether consent stands."""
    async with request.app[DATABASE].read() as database:
        return answer(await consents.of(database, request[CALLER].household))


async def grant(request: web.Request) -> web.Response:
    """Grant consent, once."""
    form = await take(request, wire.ConsentGrant) if request.can_read_body else wire.ConsentGrant()
    household = request[CALLER].household
    async with request.app[DATABASE].write() as database:
        await consents.grant(
            database,
            household,
            text_version=form.text_version or CONSENT_TEXT_VERSION,
            at=request.app[CLOCK].now(),
        )
        consent = await consents.of(database, household)
    return answer(consent, status=201)


async def revoke(request: web.Request) -> web.Response:
    """Revoke consent, once and for good; the household is anonymised at the same moment."""
    household = request[CALLER].household
    async with request.app[DATABASE].write() as database:
        await consents.revoke(database, household, at=request.app[CLOCK].now())
        await anonymise(database, household)
        consent = await consents.of(database, household)
    await request.app[DATABASE].sweep()
    return answer(consent)
