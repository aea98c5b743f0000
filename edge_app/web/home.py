"""The start page: how things are in one sentence, each meter now and today, and what a person can do about trouble."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from aiohttp import web
from sqlite_utils import Database

from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Incident, Kind
from edge_app.store import consents, contacts, incidents
from edge_app.store.contacts import Status
from edge_app.web.frame.live import stream
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.health import health_of
from edge_app.web.incidents import notices
from edge_app.web.keys import CLOCK, INQUIRIES, LINKS, LIVE, METERS, READER, STORE, UNFIT, MeterOnPage
from edge_app.web.participant.inquiries import Known
from edge_app.web.participant.now import Panel, Today, panel, today
from edge_app.web.participant.registered import METERS as REGISTERED
from edge_app.web.participant.registered import generation_meters
from edge_app.web.participant.spans import midnight

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
LEDGER = "household/ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the store says, looked up in one go."""

    consent: Consent
    status: Status
    lasting: Sequence[tuple[Incident, bool]]
    days: Mapping[UUID, Today]
    generating: Set[UUID]


async def show(request: web.Request) -> web.Response:
    """What the device knows; the cloud is asked which meters generate, once a day, and how much came to it, hourly."""
    reader, meters, inquiries = request[READER], request.app[METERS], request.app[INQUIRIES]
    now = request.app[CLOCK].now()
    complete = ""
    if (await request.app[STORE].run(consents.current)).state is ConsentState.GRANTED:
        by = inquiries.soon()
        ledger, _ = await asyncio.gather(
            inquiries.know(LEDGER, stale=AN_HOUR, by=by), inquiries.know(REGISTERED, stale=A_DAY, by=by)
        )
        complete = _completeness(ledger, reader)
    known = await request.app[STORE].run(_look, [meter.uuid for meter in meters], midnight(now.astimezone().date()))
    return page(
        request,
        "home.html",
        state=_state(known, meters, reader, now),
        consent=known.consent,
        panels=_panels(known, meters, reader, now),
        notices=notices(known.lasting, meters, reader),
        sending=known.status,
        complete=complete,
        unfit=list(request.app.get(UNFIT, ())),
        links=[(link.title[reader.language], link.path) for link in request.app.get(LINKS, ())],
        live=LIVE,
    )


async def live(request: web.Request) -> web.StreamResponse:
    """The values of the start page, whenever one of them changes."""
    reader, meters = request[READER], request.app[METERS]

    async def look() -> Mapping[str, str]:
        now = request.app[CLOCK].now()
        known = await request.app[STORE].run(_look, [meter.uuid for meter in meters], midnight(now.astimezone().date()))
        texts = {"state": _state(known, meters, reader, now)}
        for each in _panels(known, meters, reader, now):
            for name in ("power", "direction", "drawn", "fed_in", "read", "health"):
                texts[f"{name}-{each.uuid}"] = getattr(each, name)
        return texts

    return await stream(request, look)


def _look(db: Database, meters: list[UUID], midnight: datetime) -> _Known:
    return _Known(
        consent=consents.current(db),
        status=contacts.status(db),
        lasting=incidents.lasting(db),
        days=today(db, meters, midnight),
        generating=generation_meters(db),
    )


def _completeness(ledger: Known, reader: Reader) -> str:
    """How much of what could be measured has been, and when that was; nothing while that is not known."""
    share = ledger.content.get("completeness")
    if share is None or ledger.at is None:
        return ""
    said = reader.number(Decimal(int(Decimal(str(share)) * 1000)) / 10)  # rounded down: all is said of all alone
    return f"{reader.say('home.complete', share=said)} {reader.say('frame.as_of', moment=reader.moment(ledger.at))}."


def _panels(known: _Known, meters: Sequence[MeterOnPage], reader: Reader, now: datetime) -> list[Panel]:
    """None unless consent stands: before and after nothing is measured, and nothing that was heard is shown."""
    if known.consent.state is not ConsentState.GRANTED:
        return []
    return [
        panel(
            meter,
            known.days[meter.uuid],
            reader,
            generates=meter.uuid in known.generating,
            health=health_of(meter, known.lasting, reader),
            midnight=midnight(now.astimezone().date()),
            now=now,
        )
        for meter in meters
    ]


def _state(known: _Known, meters: Sequence[MeterOnPage], reader: Reader, now: datetime) -> str:
    """One sentence on how things are, and a second on the last measurement."""
    if known.consent.state is ConsentState.REVOKED:
        return reader.say("home.revoked")
    if known.consent.state is ConsentState.NOT_GRANTED:
        return reader.say("home.not_granted")
    if not meters:
        return reader.say("home.none")
    missing = {incident.kind for incident, _ in known.lasting}
    troubled = any(meter.station is None or meter.station.probe.trouble for meter in meters)
    times = [day.last.time for day in known.days.values() if day.last]
    if troubled or Kind.SERIAL_PORT_UNAVAILABLE in missing:
        said = reader.say("home.trouble")
    elif Kind.OBIS_CODES_UNAVAILABLE in missing:
        said = reader.say("home.locked")
    elif times:
        said = reader.say("home.reading", n=len(meters))
    else:
        return reader.say("home.waiting")
    return f"{said} {reader.say('home.last', when=reader.when(max(times), now))}" if times else said
