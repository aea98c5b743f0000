"""A registered household is corrected by the questionnaire, and its history says what was changed by whom."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cloud_api.store import audit
from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft, fresh_draft
from tests.registration.person import Page, Person, person


def answers_of(page: Page) -> dict[str, str]:
    """What the form of a page says, as a browser would send it."""
    form = page.text.partition('<form id="questionnaire"')[2].partition("</form>")[0]
    found = {}
    for field in re.findall(r"<input ([^>]*)>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if told.get("type") == "checkbox" and " checked" not in field:
            continue
        found[told["name"]] = unescape(told["value"])
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrf")
    return found


async def shown(cloud: Cloud, household: dict[str, Any]) -> dict[str, Any]:
    async with cloud.people() as people:
        _, found = await ask(people, "GET", f"/management/household/{household['uuid']}")
    return dict(found)


async def edit(researcher: Person, household: dict[str, Any], **changes: str | None) -> Page:
    """Open the questionnaire of a household, change some answers, and save."""
    path = f"/household/{household['uuid']}/edit"
    form = answers_of(await researcher.open(path))
    for name, value in changes.items():
        if value is None:
            form.pop(name.replace("__", "."))
        else:
            form[name.replace("__", ".")] = value
    return await researcher.send(path, form | {"step": "save"})


async def test_saving_the_answers_as_they_are_changes_nothing(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    page = await edit(researcher, household)

    assert "Nothing was changed" in page.words
    assert await shown(cloud, household) == household


async def test_everything_of_a_household_can_be_corrected(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    page = await edit(
        researcher,
        household,
        participant__name="Erika Beispiel",
        address__house_number="5",
        metadata__children="3",
        metadata__ev_charger=None,
        measurement_devices__0__name="attic",
        meters__0__model_number="MT175",
        pv_systems__0__tilt="40,5",
        pv_systems__0__installation_date="2013-07-16",
        location__latitude="50.09",
    )
    assert "The household is corrected." in page.words, page.words
    found = await shown(cloud, household)

    assert found["participant"]["name"] == "Erika Beispiel"
    assert found["address"]["house_number"] == "5"
    assert (found["metadata"]["children"], found["metadata"]["ev_charger"]) == (3, False)
    assert found["measurement_devices"][0]["name"] == "attic"
    assert found["meters"][0]["model_number"] == "MT175"
    assert (found["pv_systems"][0]["tilt"], found["pv_systems"][0]["installation_date"]) == (40.5, "2013-07-16")
    assert found["location"]["latitude"] == 50.09
    for name in ("measurement_devices", "meters", "pv_systems"):
        assert [each["uuid"] for each in found[name]] == [each["uuid"] for each in household[name]]


async def test_rows_come_and_go_and_those_that_stay_keep_their_identity(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    path = f"/household/{household['uuid']}/edit"
    form = answers_of(await researcher.open(path))
    form = answers_of(await researcher.send(path, form | {"step": "remove:pv_systems:0"}))
    form = answers_of(await researcher.send(path, form | {"step": "add:measurement_devices"}))
    form |= {"measurement_devices.1.name": "barn", "meters.0.measurement_device": "1"}
    page = await researcher.send(path, form | {"step": "save"})
    assert "The household is corrected." in page.words, page.words
    found = await shown(cloud, household)

    assert found["pv_systems"] == []
    assert [each["name"] for each in found["measurement_devices"]] == ["cellar", "barn"]
    assert found["measurement_devices"][0]["uuid"] == household["measurement_devices"][0]["uuid"]
    assert found["meters"][0]["measurement_device"] == found["measurement_devices"][1]["uuid"]
    assert found["meters"][0]["uuid"] == household["meters"][0]["uuid"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address__postal_code": "651"}, "Expected five digits, as the country is DE."),
        ({"pv_systems__0__tilt": "95"}, "Expected degrees from 0 to 90."),
        ({"participant__email": "erika"}, "Expected an e-mail address"),
        ({"participant__email": "taken@example.org"}, "belongs to another participant"),
    ],
)
async def test_the_same_checks_hold_as_for_a_new_one(
    cloud: Cloud, researcher: Person, changes: dict[str, str], words: str
) -> None:
    await cloud.add_household(fresh_draft(participant={"name": "Max Muster", "email": "taken@example.org"}))
    household = await cloud.add_household(draft())
    page = await edit(researcher, household, **changes)

    assert page.status == 422
    assert words in page.words
    assert await shown(cloud, household) == household


async def test_the_place_is_looked_at_before_it_is_saved(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    path = f"/household/{household['uuid']}/edit"
    page = await researcher.send(path, answers_of(await researcher.open(path)) | {"step": "look"})

    assert page.status == 200
    assert "<svg viewBox" in page.text
    assert await shown(cloud, household) == household


async def test_a_device_with_a_certificate_has_to_stay(cloud: Cloud, researcher: Person, tmp_path: Path) -> None:
    document = draft(measurement_devices=[{"name": "cellar"}, {"name": "attic"}])
    household = await cloud.add_household(document)
    await cloud.provision(household["measurement_devices"][1]["uuid"], tmp_path)
    path = f"/household/{household['uuid']}/edit"
    form = answers_of(await researcher.open(path))
    form = answers_of(await researcher.send(path, form | {"step": "remove:measurement_devices:1"}))
    page = await researcher.send(path, form | {"step": "save"})

    assert page.status == 422
    assert "it has to stay" in page.words
    assert await shown(cloud, household) == household


async def test_of_two_who_correct_at_once_the_second_is_told(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    path = f"/household/{household['uuid']}/edit"
    form = answers_of(await researcher.open(path))
    await edit(researcher, household, metadata__children="4")
    page = await researcher.send(path, form | {"metadata.adults": "3", "step": "save"})

    assert "Somebody changed this household meanwhile." in page.words
    assert (await shown(cloud, household))["metadata"]["adults"] == 2
    page = await researcher.send(path, answers_of(page) | {"step": "save"})
    assert (await shown(cloud, household))["metadata"]["adults"] == 3


async def test_the_history_says_what_was_changed_and_by_whom_as_long_as_consent_is_not_revoked(
    cloud: Cloud, researcher: Person, tmp_path: Path
) -> None:
    household = await cloud.add_household(draft())
    page = f"/household/{household['uuid']}"
    assert "Nothing was changed since it was registered." in (await researcher.open(page)).words
    await edit(
        researcher, household, address__house_number="7b", pv_systems__0__tilt="41", location__latitude="50.0912"
    )
    words = (await researcher.open(page)).words
    assert "House number 4a 7b" in words
    assert "Tilt (in degrees) PV system 1 35.0 41.0" in words
    assert "Location – –" in words
    assert "Jördis Beispiel" in words

    bundle = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path)
    async with cloud.device(bundle) as device:
        await ask(device, "POST", "/household/consent")
        await ask(device, "DELETE", "/household/consent")
    words = (await researcher.open(page)).words
    assert "The values were erased when consent was revoked." in words
    assert "House number – –" in words
    assert not re.search(r"\b7b\b", words)  # within a uuid it may stand
    assert "Correct these details" not in words
    assert (await researcher.open(f"{page}/edit")).path == f"/registration{page}"


async def test_the_name_that_is_given_at_log_in_stands_in_the_audit_log(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    await edit(researcher, household, metadata__children="4")
    async with cloud.database() as database, database.read() as connection:
        entries = await audit.of_household(connection, UUID(household["uuid"]))

    assert [entry.who for entry in entries if entry.what == "household corrected"] == ["researcher Jördis Beispiel"]


@pytest.mark.parametrize("name", ["", "erika@example.org", "x" * 61])
async def test_without_a_name_nobody_comes_in(cloud: Cloud, name: str) -> None:
    async with person(cloud, "registration", None) as stranger:
        stranger.name = name
        page = await stranger.log_in(cloud.secret())

        assert page.status == 422
        assert "Please give your name" in page.words
