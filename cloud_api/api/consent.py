"""/household/consent: granted once, revoked once, each with a receipt."""

import asyncio
from typing import Literal

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, take
from cloud_api.keys import CALLER, CLOCK, DATABASE, JOURNAL, PLACER, SIGNER
from cloud_api.privacy.anonymise import anonymise
from cloud_api.privacy.journal import Line
from cloud_api.store import consent_texts, consents, households


async def show(request: web.Request) -> web.Response:
    """Whether consent stands."""
    async with request.app[DATABASE].read() as database:
        return answer(await _signed(request, database))


async def text(request: web.Request) -> web.Response:
    """What is agreed to, in each language, for whoever decides."""
    async with request.app[DATABASE].read() as database:
        return answer(await consent_texts.current(database))


async def grant(request: web.Request) -> web.Response:
    """Grant consent, once."""
    form = await take(request, wire.ConsentGrant) if request.can_read_body else wire.ConsentGrant()
    async with request.app[DATABASE].write() as database:
        version, sha256 = await consent_texts.agreed(database, form.text_version, form.text_sha256)
        await consents.grant(
            database,
            request[CALLER].household,
            text_version=version,
            text_sha256=sha256,
            at=request.app[CLOCK].now(),
        )
        await enter(request, database, "consent granted", household=request[CALLER].household)
        await _journal(request, database, "granted")
        consent = await _signed(request, database)
    return answer(consent, status=201)


async def revoke(request: web.Request) -> web.Response:
    """Revoke consent, once and for good; the household is anonymised at the same moment."""
    household = request[CALLER].household
    async with request.app[DATABASE].write() as database:
        await consents.revoke(database, household, at=request.app[CLOCK].now())
        await _journal(request, database, "revoked")
        await anonymise(database, household, atlas=request.app[PLACER].atlas)
        await enter(request, database, "consent revoked, household anonymised", household=household)
        consent = await _signed(request, database)
    await request.app[DATABASE].sweep()
    return answer(consent)


async def _journal(request: web.Request, database: AsyncConnection, event: Literal["granted", "revoked"]) -> None:
    """Before the commit: of a request that was answered the journal always tells."""
    journal, household = request.app[JOURNAL], request[CALLER].household
    consent = await consents.of(database, household)
    contact = await households.account(database, household)
    line = Line(
        event=event,
        at=consent.revoked_at or consent.granted_at or request.app[CLOCK].now(),
        household=journal.household(household),
        email=journal.email(contact.email) if contact else None,
        text_version=consent.text_version or "",
    )
    await asyncio.to_thread(journal.add, line)


async def _signed(request: web.Request, database: AsyncConnection) -> wire.SignedConsent:
    household = request[CALLER].household
    consent = await consents.of(database, household)
    return request.app[SIGNER].signed(household, consent, await consents.text_sha256(database, household))
