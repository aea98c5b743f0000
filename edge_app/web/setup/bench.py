"""What the set-up pages work with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from yarl import URL

from edge_app.metering.probe.ports import serial_ports
from edge_app.model.consent import ConsentState
from edge_app.setup.fitter import Fitter
from edge_app.setup.trial import Laboratory
from edge_app.setup.trials import Trials
from edge_app.store import consents, fittings
from edge_app.store.fittings import Fitting
from edge_app.web.keys import INQUIRIES, STORE
from edge_app.web.participant.inquiries import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The hands and the scales."""

    fitter: Fitter
    laboratory: Laboratory
    address: URL
    """Where the cloud is."""
    plugins: Path
    """The folder of single-file plugins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A probe that a person may set up."""

    port: str
    adapter: str
    fitting: Fitting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A meter of the registration, as pages name it."""

    uuid: str
    model: str
    generates: bool
    plants: tuple[Decimal, ...]
    """Nominal power of each photovoltaic system that it counts, kW."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the cloud has told of this household."""

    meters: tuple[Expected, ...]
    plants: Sequence[Mapping[str, Any]]
    """Its photovoltaic systems, as the cloud describes them."""
    known: Known


A_DAY = timedelta(days=1)

BENCH = web.AppKey("bench", Bench)
TRIALS = web.AppKey("trials", Trials)
METERS, PLANTS = "household/meter", "household/pv_system"
ACCOUNT, HOUSEHOLD = "account", "household"


async def probes(request: web.Request) -> list[Probe]:
    """Those of the machine, and those that were given by hand."""
    fitted = {each.port: each for each in await request.app[STORE].run(fittings.all_of_them)}
    plugged = {each.name: each.adapter for each in serial_ports()}
    configured = [each.port for each in request.app[BENCH].fitter.posts.meters if each.port]
    return [
        Probe(port=port, adapter=plugged.get(port, ""), fitting=fitted.get(port))
        for port in dict.fromkeys([*plugged, *configured, *fitted])
    ]


async def registration(request: web.Request, *, by: float | None = None) -> Registration:
    """The meters that are expected, as far as the cloud has told; waited for no longer than a page may be."""
    inquiries = request.app[INQUIRIES]
    known, plants = (await inquiries.know_all((METERS, PLANTS), by=by)).values()
    systems = plants.content.get("pv_systems", [])
    return Registration(
        known=known,
        plants=systems,
        meters=tuple(
            Expected(
                uuid=str(each["uuid"]),
                model=str(each.get("model_number", "")),
                generates=each.get("type") == "PV-GENERATION",
                plants=tuple(
                    Decimal(str(plant["nominal_power"])) for plant in systems if plant.get("meter") == each["uuid"]
                ),
            )
            for each in known.content.get("meters", [])
        ),
    )


async def door(request: web.Request, *, by: float | None = None) -> list[str]:
    """Whose house this is by the registration, as it stands at the door: name, street, place.

    Nothing where that is not known, and once consent is revoked.
    """
    if (await request.app[STORE].run(consents.current)).state is ConsentState.REVOKED:
        return []
    said = await request.app[INQUIRIES].know_all((ACCOUNT, HOUSEHOLD), stale=A_DAY, by=by)
    address = said[HOUSEHOLD].content.get("address") or {}
    lines = [
        str(said[ACCOUNT].content.get("name") or ""),
        " ".join(str(address[key]) for key in ("street", "house_number") if address.get(key)),
        " ".join(str(address[key]) for key in ("postal_code", "city") if address.get(key)),
    ]
    return [line for line in lines if line]
