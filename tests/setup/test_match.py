"""What is heard beside what was chosen: another meter is said plainly, and taken in one step."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from edge_app.metering.plugins.catalogue import load
from edge_app.setup.sound import Sound
from edge_app.store import fittings
from edge_app.web.frame.reader import Reader
from edge_app.web.setup.bench import Expected
from edge_app.web.setup.match import difference, likely_meter, likely_model
from tests.edge.speaking import speaking, telegrams
from tests.pages.conftest import home
from tests.pages.home import EHZ, GRANTED, MT681, REVOKED, Home
from tests.pages.registered import registered

__all__ = ["home"]
ENGLISH = Reader("en")
MODELS = load()


def expected(model: str, *, generates: bool = False) -> Expected:
    return Expected(uuid=f"{model}-{generates}", model=model, generates=generates, plants=())


def heard(*models: str, delivers_only: bool = False) -> Sound:
    candidates = tuple(map(MODELS.meter, models))
    return Sound(share=1.0, every=1.0, candidates=candidates, unlocked=True, delivers_only=delivers_only)


DRAWS, MAKES, EASY = expected("EHZ"), expected("EHZ", generates=True), expected("EASY")


@pytest.mark.parametrize(
    ("sound", "free", "likely"),
    [
        (heard("EASY"), [DRAWS, EASY], EASY),
        (heard("EHZ"), [DRAWS, MAKES], None),
        (heard("EHZ", delivers_only=True), [DRAWS, MAKES], MAKES),
        (heard("EHZ", delivers_only=True), [DRAWS, EASY], DRAWS),
        (heard("EHZ"), [EASY], EASY),
        (heard(), [EASY], EASY),
        (heard("EHZ"), [], None),
    ],
)
def test_the_registered_meter_that_fits_is_the_likely_one(
    sound: Sound, free: list[Expected], likely: Expected | None
) -> None:
    assert likely_meter(sound, free) == (likely.uuid if likely else None)


@pytest.mark.parametrize(
    ("models", "fitted", "likely"),
    [
        (["EASY"], None, "EASY"),
        (["EASY"], "MT681", "EASY"),
        (["MT175", "MT681"], None, "MT681"),
        (["MT175", "MT681"], "MT175", "MT175"),
        ([], "MT681", "MT681"),
        ([], None, None),
    ],
)
def test_the_model_that_is_heard_is_the_likely_one(models: list[str], fitted: str | None, likely: str | None) -> None:
    assert likely_model([MODELS.meter(each) for each in models], ["MT681"], fitted) == likely


@pytest.mark.parametrize(
    ("model", "meter", "offered"),
    [
        ("EASY", EASY, None),
        ("EHZ", DRAWS, EASY),
        ("EHZ", EASY, EASY),
        ("EASY", DRAWS, EASY),
    ],
)
def test_what_does_not_go_with_what_is_heard_differs(model: str, meter: Expected, offered: Expected | None) -> None:
    found = difference(heard("EASY"), model, meter, [DRAWS, EASY])
    assert [(each.model, each.meter) for each in (found.offers if found else ())] == (
        [("EASY", offered)] if offered else []
    )


def test_a_registration_that_knows_no_such_meter_is_no_mistake_of_the_choice() -> None:
    assert difference(heard("EASY"), "EASY", DRAWS, [DRAWS]) is None
    assert difference(heard(), "EHZ", EASY, [DRAWS, EASY]) is None


class TestAnEasyMeterUnderTheHead:
    @pytest.fixture
    def port(self) -> Iterator[str]:
        with speaking(*telegrams("EASY", count=1)) as there:
            yield there

    @pytest.fixture
    async def page(self, home: Home, port: str) -> str:
        """Of a head that hears it, in a household where one meter of its kind is registered."""
        home.answers |= registered("MT681")
        home.answers["household/meter"]["meters"][1]["model_number"] = "EASY"
        address = f"/setup/head?port={port}"
        while 'data-live-was="EASY"' not in await home.read(address):
            await home.clock.advance(0.2)
        return address

    async def test_the_registered_one_is_chosen_already(self, home: Home, page: str) -> None:
        ticked = [line for line in (await home.read(page)).splitlines() if " checked" in line]
        assert ["EASY" in line for line in ticked] == [True, False]
        assert str(EHZ) in ticked[1]
        text = await home.read(page)
        assert ENGLISH.say("setup.differs") not in text
        assert text.count(ENGLISH.say("setup.fits")) == 1

    @pytest.mark.parametrize("insists", [False, True])
    async def test_another_model_is_asked_about_and_taken_in_one_step(
        self, home: Home, page: str, port: str, insists: bool
    ) -> None:
        async with await home.send(page, of=page, model="MT681", meter=str(MT681)) as response:
            text = await response.text()
        assert ENGLISH.say("setup.differs_chosen", model="MT681", meter="MT681") in text
        assert await home.store.run(fittings.at_port, port) is None
        model, meter = ("MT681", MT681) if insists else ("EASY", EHZ)
        assert f'name="model" value="{model}"' in text
        assert f'name="meter" value="{meter}"' in text
        await (await home.send(page, of=page, model=model, meter=str(meter), sure="yes")).release()
        fitting = await home.store.run(fittings.at_port, port)
        assert fitting
        assert (fitting.model, fitting.meter) == (model, meter)
        again = await home.read(page)
        assert (ENGLISH.say("setup.differs") in again) is insists
        pin = await home.read(page.replace("head", "pin"))
        assert (ENGLISH.say("setup.differs") in pin) is insists


async def test_the_overview_says_whose_house_it_is_and_no_more(home: Home) -> None:
    home.answers |= registered("MT681")
    home.answers["account"] = {"uuid": str(UUID(int=1)), "name": "Erika Mustermann", "email": "erika@example.org"}
    address = {"street": "Musterweg", "house_number": "1", "postal_code": "65195", "city": "Wiesbaden", "country": "DE"}
    home.answers["household"]["address"] = address
    text = await home.read("/setup")
    assert "Erika Mustermann, Musterweg 1, 65195 Wiesbaden" in text
    assert "erika@example.org" not in text
    assert home.gate
    await home.gate.set(GRANTED)
    await home.gate.set(REVOKED)
    assert "Erika" not in await home.read("/setup")
