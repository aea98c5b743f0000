"""The page: what state the device is in, the last measurement of each meter, what waits, and the consent."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Incident, Kind
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN, Obis
from edge_app.store import consents, contacts, incidents, measurements
from edge_app.web.incidents import notices
from edge_app.web.keys import DECISIONS, LINKS, METERS, STORE, TEMPLATES, UNFIT, MeterOnPage
from edge_app.web.words import GERMAN, moment, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One meter, as the table shows it."""

    model: str
    uuid: str
    health: str
    measured: str
    drawn: str
    fed_in: str
    power: str


async def show(request: web.Request) -> web.Response:
    """What the device knows; the cloud is not asked."""
    return await _page(request, failed=False)


async def grant(request: web.Request) -> web.Response:
    return await _decide(request, request.app[DECISIONS].grant)


async def revoke(request: web.Request) -> web.Response:
    return await _decide(request, request.app[DECISIONS].revoke)


async def _decide(request: web.Request, step: Callable[[], Awaitable[Consent]]) -> web.Response:
    try:
        await step()
    except CloudError:
        return await _page(request, failed=True)
    raise web.HTTPSeeOther("/")


async def _page(request: web.Request, *, failed: bool) -> web.Response:
    said = words(request)
    store = request.app[STORE]
    consent = await store.run(consents.current)
    latest = await store.run(measurements.latest)
    status = await store.run(contacts.status)
    meters = request.app[METERS]
    lasting = await store.run(incidents.open_now)
    text = (
        request.app[TEMPLATES]
        .get_template("home.html")
        .render(
            said=said,
            state=said[_state(consent, meters, latest, {incident.kind for incident in lasting})],
            rows=[_row(meter, latest.get(meter.uuid), lasting, said) for meter in meters],
            notices=notices(lasting, meters, said),
            consent=consent,
            granted_at=moment(consent.granted_at, said),
            revoked_at=moment(consent.revoked_at, said),
            waiting=status.waiting,
            set_aside=status.set_aside,
            last_contact=moment(status.answered_at, said),
            failed=failed,
            unfit=list(request.app.get(UNFIT, ())),
            links=[(link.title[said["language"]], link.path) for link in request.app.get(LINKS, ())],
        )
    )
    return web.Response(text=text, content_type="text/html", status=502 if failed else 200)


def _state(
    consent: Consent, meters: Sequence[MeterOnPage], latest: Mapping[UUID, Measurement], missing: Set[Kind]
) -> str:
    """Which one sentence says how things are."""
    if consent.state is ConsentState.REVOKED:
        return "state_revoked"
    if consent.state is ConsentState.NOT_GRANTED:
        return "state_not_granted"
    troubled = any(meter.station is None or meter.station.probe.trouble for meter in meters)
    if troubled or Kind.SERIAL_PORT_UNAVAILABLE in missing:
        return "state_trouble"
    if Kind.OBIS_CODES_UNAVAILABLE in missing:
        return "state_locked"
    return "state_granted" if latest else "state_waiting"


def _row(meter: MeterOnPage, last: Measurement | None, lasting: Sequence[Incident], said: Mapping[str, str]) -> Row:
    def figure(unit: str, *codes: Obis) -> str:
        values = [last.data[code] for code in codes if last and code in last.data]
        return _number(f"{values[0]:f} {unit}", said) if values else "–"

    return Row(
        model=meter.model,
        uuid=str(meter.uuid),
        health=said[_health(meter, lasting)],
        measured=moment(last.time if last else None, said),
        drawn=figure("kWh", ENERGY_IN),
        fed_in=figure("kWh", ENERGY_OUT),
        power=figure("kW", POWER, POWER_IN),
    )


def _health(meter: MeterOnPage, lasting: Sequence[Incident]) -> str:
    if meter.station is None:
        return "no_port"
    if trouble := meter.station.probe.trouble:
        return f"trouble_{trouble.kind}"
    causes = [incident.cause for incident in lasting if incident.meter == meter.uuid]
    return f"trouble_{causes[0]}" if causes else "listening"


def _number(text: str, said: Mapping[str, str]) -> str:
    return text.replace(".", ",") if said is GERMAN else text
