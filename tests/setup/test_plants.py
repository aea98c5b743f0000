"""Which photovoltaic systems feed a generation meter: asked, and told to the research group where it is otherwise."""

from uuid import uuid4

import pytest

from edge_app.store import fittings
from edge_app.web.frame.reader import Reader
from edge_app.web.setup.plants import ANOTHER
from tests.pages.conftest import home
from tests.pages.home import EHZ, MT681, Home
from tests.pages.registered import PLANT, registered

__all__ = ["home"]
PORT = "/dev/probe"
PAGE = f"/setup/plants?port={PORT}"
ENGLISH = Reader("en")
OTHER = str(uuid4())
FIELD = f"/pv_systems/{PLANT}/meter"


@pytest.fixture
async def feeding(home: Home) -> Home:
    """A head at the generation meter, which one of the household's two systems feeds."""
    home.answers |= registered("EHZ")
    (plant,) = home.answers["household/pv_system"]["pv_systems"]
    other = plant | {"uuid": OTHER, "meter": str(MT681), "nominal_power": 4.2}
    home.answers["household/pv_system"] = {"pv_systems": [plant, other]}
    home.answers["household/correction"] = {"corrections": []}
    await home.store.run(fittings.fit, EHZ, "EHZ", PORT)
    return home


async def test_what_is_registered_is_ticked_and_told_to_nobody(feeding: Home) -> None:
    text = await feeding.read(PAGE)
    ticked = [line for line in text.splitlines() if "checked" in line]
    assert [PLANT in line for line in ticked] == [True]
    assert ENGLISH.say("setup.plant", power="4.2") in text
    async with await feeding.send(PAGE, of=PAGE, plant=PLANT) as response:
        assert response.url.path == "/setup/pin"
    assert feeding.told == []


async def test_what_is_otherwise_is_told_with_what_is_right(feeding: Home) -> None:
    await (await feeding.send(PAGE, of=PAGE, plant=OTHER)).release()
    assert feeding.told == [
        ("household/correction", {"field": FIELD, "value": ANOTHER}),
        ("household/correction", {"field": f"/pv_systems/{OTHER}/meter", "value": str(EHZ)}),
    ]


async def test_what_was_told_is_shown_and_not_told_again(feeding: Home) -> None:
    report = {"field": f"/pv_systems/{OTHER}/meter", "value": str(EHZ), "state": "open"}
    older = {"field": report["field"], "value": ANOTHER, "state": "open"}
    feeding.answers["household/correction"] = {"corrections": [report, older]}
    text = await feeding.read(PAGE)
    assert text.count("checked") == 2
    assert text.count(ENGLISH.say("setup.plants_told")) == 1
    await (await feeding.send(PAGE, of=PAGE, plant=OTHER)).release()
    assert [document["field"] for _, document in feeding.told] == [FIELD]


async def test_a_choice_of_none_is_none(feeding: Home) -> None:
    async with await feeding.send(PAGE, of=PAGE) as response:
        assert response.status == 422
        assert ENGLISH.say("setup.plants_none") in await response.text()
    assert feeding.told == []


async def test_a_cloud_that_is_away_is_said(feeding: Home) -> None:
    await feeding.read(PAGE)
    feeding.cloud_is_away = True
    async with await feeding.send(PAGE, of=PAGE, plant=OTHER) as response:
        assert response.status == 502
        assert ENGLISH.say("setup.plants_untold") in await response.text()


async def test_a_generation_meter_leads_there_and_one_of_electricity_does_not(feeding: Home) -> None:
    head = f"/setup/head?port={PORT}"
    for meter, path in ((EHZ, "/setup/plants"), (MT681, "/setup/pin")):
        async with await feeding.send(head, of=head, model="EHZ", meter=str(meter)) as response:
            assert response.url.path == path


async def test_without_scripts_the_gauge_goes_on_until_one_wants_to_choose(feeding: Home) -> None:
    free = "/setup/head?port=/dev/another"
    refresh = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    text = await feeding.read(free)
    assert refresh in text
    assert "refreshing.css" in text
    assert "/setup/head?port=%2Fdev%2Fanother&amp;still=yes" in text
    for path in (f"{free}&still=yes", f"{free}&problem=choice", f"/setup/head?port={PORT}"):
        text = await feeding.read(path)
        assert refresh not in text
        assert "refreshing.css" not in text
