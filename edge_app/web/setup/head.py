"""A head on its meter: how well it hears, which model that is, and which meter of the registration."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from edge_app.model.consent import ConsentState
from edge_app.setup.sound import Sound
from edge_app.store import consents, fittings
from edge_app.web.frame.live import stream
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import READER, STORE
from edge_app.web.setup.bench import BENCH, TRIALS, registration
from edge_app.web.setup.match import difference, fitting_meters, likely_meter, likely_model

MODELS_WITH_PICTURES = frozenset({"MT681", "MT175"})


async def show(request: web.Request) -> web.Response:
    port = await asked_port(request)
    reader, fitter = request[READER], request.app[BENCH].fitter
    if fitter.entering and fitter.visit and fitter.visit.port.url != port:
        raise web.HTTPSeeOther(f"/setup/pin?port={quote(fitter.visit.port.url, safe='')}")  # one thing at a time
    visit = await fitter.look(port)
    sound = visit.sound
    if sound.good:
        await fitter.note(visit)
    expected = await registration(request)
    taken = await _taken(request, port)
    free = [each for each in expected.meters if each.uuid not in taken]
    fitting = await request.app[STORE].run(fittings.at_port, port)
    chosen = request.query.get("model") or (fitting.model if fitting else None)
    chosen = chosen if chosen in fitter.models.models else None
    meter = request.query.get("meter") or (str(fitting.meter) if fitting else None)
    known = {each.uuid: each for each in expected.meters}
    differs = difference(sound, chosen, known[meter], free) if chosen and meter in known else None
    choices = list(sound.candidates)
    if chosen and chosen not in {each.model for each in choices}:
        choices.append(fitter.models.meter(chosen))
    return page(
        request,
        "setup/head.html",
        port=port,
        quoted=quote(port, safe=""),
        sound=sound,
        percent=round((sound.share or 0) * 100),
        texts=texts(sound, reader),
        choices=choices or [fitter.models.meter(model) for model in sorted(fitter.models.models)],
        found=bool(sound.candidates),
        pictured=MODELS_WITH_PICTURES,
        meters=expected.meters,
        fits=[each.uuid for each in fitting_meters(sound, expected.meters)],
        taken=taken,
        expected=expected,
        chosen=likely_model(sound.candidates, [each.model for each in expected.meters], chosen),
        chosen_meter=None if differs else meter or likely_meter(sound, free),
        differs=differs,
        problem=request.query.get("problem") == "choice",
        placing=not sound.good and fitting is None and not {"still", "problem", "model"} & request.query.keys(),
    )


async def live(request: web.Request) -> web.StreamResponse:
    """How well it hears, while somebody moves it."""
    port = await asked_port(request)
    reader, fitter = request[READER], request.app[BENCH].fitter

    async def look() -> Mapping[str, str]:
        visit = fitter.still(port)
        return texts(visit.sound, reader) if visit else {}

    return await stream(request, look)


async def fit(request: web.Request) -> web.Response:
    """Put the probe to a meter; what feeds it comes next where it counts generation, else its PIN."""
    port = await asked_port(request)
    form, fitter = await request.post(), request.app[BENCH].fitter
    expected = await registration(request)
    known = {each.uuid: each for each in expected.meters}
    model, meter = str(form.get("model", "")), str(form.get("meter", ""))
    address = quote(port, safe="")
    if model not in fitter.models.models or meter not in known:
        raise web.HTTPSeeOther(f"/setup/head?port={address}&problem=choice")
    visit = await fitter.look(port)
    taken = await _taken(request, port)
    free = [each for each in expected.meters if each.uuid not in taken]
    if form.get("sure") != "yes" and difference(visit.sound, model, known[meter], free):
        raise web.HTTPSeeOther(f"/setup/head?port={address}&model={quote(model)}&meter={meter}#differs")
    await fitter.fit(UUID(meter), model, port)
    await fitter.note(visit)
    request.app[TRIALS].forget(UUID(meter))
    if known[meter].generates and expected.plants:
        raise web.HTTPSeeOther(f"/setup/plants?port={address}")
    raise web.HTTPSeeOther(f"/setup/{'trial' if visit.sound.unlocked else 'pin'}?port={address}")


async def remove(request: web.Request) -> web.Response:
    await request.app[BENCH].fitter.remove(await asked_port(request))
    raise web.HTTPSeeOther("/setup")


async def _taken(request: web.Request, port: str) -> dict[str, str]:
    """The meters that another probe is on, each with the port of that."""
    fitted = await request.app[STORE].run(fittings.all_of_them)
    return {str(each.meter): each.port for each in fitted if each.port != port}


async def asked_port(request: web.Request) -> str:
    """The port in the address; 404 for what is none. Once consent is revoked none is opened, as the overview says."""
    port = request.query.get("port", "")
    if not port.startswith(("/", "socket://", "rfc2217://")):
        raise web.HTTPNotFound(text="This is no address of a probe.")
    if (await request.app[STORE].run(consents.current)).state is ConsentState.REVOKED:
        raise web.HTTPSeeOther("/setup")
    return port


def texts(sound: Sound, reader: Reader) -> dict[str, str]:
    """What is heard, as sentences; none of them holds a value of the meter."""
    return {
        "share": reader.say("setup.nothing") if sound.share is None else f"{reader.number(sound.share * 100, 0)} %",
        "gauge": str(round((sound.share or 0) * 100)),
        "every": "" if sound.every is None else reader.say("setup.every", seconds=reader.number(sound.every, 1)),
        "heard": _heard(sound, reader),
        "advice": _advice(sound, reader),
        "models": " ".join(each.model for each in sound.candidates),
    }


def _heard(sound: Sound, reader: Reader) -> str:
    if sound.unlocked is None:
        return reader.say("setup.hears_nothing")
    names = reader.say("setup.or").join(each.name for each in sound.candidates)
    who = names or reader.say("setup.unknown", maker=sound.maker or "?")
    return reader.say("setup.hears_open" if sound.unlocked else "setup.hears_locked", who=who)


def _advice(sound: Sound, reader: Reader) -> str:
    if sound.cause:
        return reader.say(f"setup.try_{sound.cause}")
    if sound.share is None:
        return reader.say("setup.try_wait")
    return reader.say("setup.try_fix" if sound.good else "setup.try_garbled")
