"""Households in the Registration Frontend: registered, found, corrected, set up, and what remains of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from cloud_api.access.shared_secrets import Group
from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft, fresh_draft
from tests.registration.person import Person, person

ANSWERS = {
    "participant.name": "Erika Mustermann",
    "participant.email": "erika@example.org",
    "address.street": "Musterweg",
    "address.house_number": "4a",
    "address.postal_code": "65195",
    "address.city": "Wiesbaden",
    "address.country": "DE",
    "metadata.children": "2",
    "metadata.adults": "2",
    "metadata.employed_adults": "1",
    "metadata.ev_charger": "yes",
    "measurement_devices.0.name": "cellar",
    "meters.0.type": "ELECTRICITY",
    "meters.0.model_number": "MT681",
    "meters.0.measurement_device": "0",
    "meters.1.type": "PV-GENERATION",
    "meters.1.model_number": "EHZ",
    "meters.1.measurement_device": "0",
    "pv_systems.0.nominal_power": "9,8",
    "pv_systems.0.azimuth": "180",
    "pv_systems.0.tilt": "35",
    "pv_systems.0.installation_date": "2012-06-15",
    "pv_systems.0.meter": "1",
}
NEW = "/household/new"


def answers(**changes: str) -> dict[str, str]:
    return ANSWERS | {name.replace("__", "."): value for name, value in changes.items()}


async def registered(cloud: Cloud) -> list[dict[str, Any]]:
    async with cloud.people() as client:
        _, body = await ask(client, "GET", "/management/household")
    found: list[dict[str, Any]] = body["households"]
    return found


async def test_a_household_is_registered_by_the_form_alone(cloud: Cloud, researcher: Person) -> None:
    page = await researcher.send(NEW, answers() | {"step": "register"})

    (household,) = await registered(cloud)
    assert page.path == f"/registration/household/{household['uuid']}?registered=1"
    assert page.heading == "Erika Mustermann"
    assert household["metadata"] == {
        "children": 2,
        "adults": 2,
        "employed_adults": 1,
        "ev_charger": True,
        "heat_pump": False,
        "home_battery": False,
    }
    (system,) = household["pv_systems"]
    assert system["nominal_power"] == 9.8
    assert system["meter"] == household["meters"][1]["uuid"]


async def test_mistakes_are_shown_beside_their_fields_and_nothing_is_lost_or_registered(
    cloud: Cloud, researcher: Person
) -> None:
    wrong = answers(
        participant__email="erika", address__postal_code="651", metadata__children="-1", pv_systems__0__tilt="95"
    )
    page = await researcher.send(NEW, wrong | {"step": "register"})

    assert page.status == 422
    for name in ("participant.email", "address.postal_code", "metadata.children", "pv_systems.0.tilt"):
        assert f'name="{name}"' in page.text
        assert f'id="{name}-mistake" data-expected="' in page.text
    assert page.text.count('aria-invalid="true"') == 4
    assert "Expected degrees from 0 to 90." in page.words
    assert 'value="Erika Mustermann"' in page.text
    assert await registered(cloud) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"address__postal_code": "651"}, "Expected five digits, as the country is DE."),
        ({"metadata__employed_adults": "3"}, "Expected no more than there are adults."),
        ({"pv_systems__0__installation_date": "2031-01-01"}, "Expected a day between 1970 and today,"),
        ({"pv_systems__0__meter": "0"}, "Expected one of the generation meters."),
        ({"pv_systems__0__meter": ""}, "This is needed."),
        ({"location__latitude": "50.08"}, "This is needed."),
        ({"location__latitude": "0", "location__longitude": "0"}, "Expected a point in Germany"),
        ({"metadata__children": "1_0"}, "Expected a whole number"),
    ],
)
async def test_what_does_not_fit_together_is_a_mistake_too(
    researcher: Person, change: dict[str, str], words: str
) -> None:
    page = await researcher.send(NEW, answers(**change) | {"step": "register"})

    assert page.status == 422
    assert words in page.words


async def test_the_e_mail_address_of_somebody_else_is_a_mistake_of_its_field(cloud: Cloud, researcher: Person) -> None:
    await cloud.add_household(draft(participant={"name": "Max Muster", "email": "erika@example.org"}))

    page = await researcher.send(NEW, answers() | {"step": "register"})

    assert page.status == 422
    assert 'id="participant.email-mistake"' in page.text
    assert "This e-mail address belongs to another participant." in page.words


async def test_rows_come_and_go_by_buttons_and_what_points_at_them_follows(researcher: Person) -> None:
    page = await researcher.send(NEW, answers() | {"step": "add:meters"})
    assert 'name="meters.2.model_number"' in page.text

    page = await researcher.send(NEW, answers() | {"step": "remove:meters:0"})
    assert 'name="meters.1.model_number"' not in page.text
    assert 'name="meters.0.model_number" type="text" value="EHZ"' in page.text
    chosen = page.text.partition('name="pv_systems.0.meter"')[2].partition("</select>")[0]
    assert '<option value="0" selected>1 EHZ</option>' in chosen

    page = await researcher.send(NEW, answers() | {"step": "remove:measurement_devices:0"})
    page = await researcher.send(
        NEW, {k: v for k, v in answers().items() if not k.startswith("measurement_dev")} | {"step": "register"}
    )
    assert "Expected at least one measurement device." in page.words


async def test_the_place_is_shown_in_its_district_before_anything_is_registered(
    cloud: Cloud, researcher: Person
) -> None:
    page = await researcher.send(NEW, answers() | {"step": "look"})

    assert 'aria-label="Map of Wiesbaden' in page.text
    assert "people per km²" in page.words
    assert await registered(cloud) == []


async def test_an_address_that_is_found_nowhere_is_said_to_be(researcher: Person) -> None:
    page = await researcher.send(
        NEW, answers(address__postal_code="00000", address__city="Nirgends") | {"step": "look"}
    )

    assert "This address is found nowhere." in page.words


async def test_the_register_is_searched_filtered_and_sorted(cloud: Cloud, researcher: Person) -> None:
    nowhere = draft()["address"] | {"postal_code": "00000", "city": "Nirgends"}
    async with cloud.people() as client:
        for document in (
            draft(participant={"name": "Anna Albrecht", "email": "anna@example.org"}),
            draft(
                participant={"name": "Zoe Zimmer", "email": "zoe@example.org"},
                address=nowhere,
                location=None,
                pv_systems=[],
            ),
        ):
            assert (await ask(client, "POST", "/management/household", json=document))[0] == 201

    assert "2 households" in (await researcher.open("")).words
    assert "Zoe" not in (await researcher.open("?text=albrecht")).words
    assert "Anna" in (await researcher.open("?text=ANNA+wiesb")).words
    assert "Anna" not in (await researcher.open("?complete=no")).words
    assert "lacking: location, PV system" in (await researcher.open("?complete=no")).words
    assert "No household fits." in (await researcher.open("?consent=revoked")).words
    assert "No household fits." in (await researcher.open("?region=DE1")).words
    assert "1 household" in (await researcher.open("?region=DE7")).words
    by_name = (await researcher.open("?sort=name&descending=true")).words
    assert by_name.index("Zoe") < by_name.index("Anna")
    by_completeness = (await researcher.open("?sort=details")).words
    assert by_completeness.index("Anna") < by_completeness.index("Zoe")
    assert (await researcher.open("?sort=shoe-size&page=x&text=%00&consent=perhaps")).status == 200


async def test_a_long_register_is_shown_page_by_page(cloud: Cloud, researcher: Person) -> None:
    for _ in range(51):
        await cloud.add_household(fresh_draft())

    first, second = await researcher.open(""), await researcher.open("?page=2")

    assert "Page 1 of 2" in first.words
    assert first.text.count('<th scope="row">') == 50
    assert second.text.count('<th scope="row">') == 1


async def test_a_household_is_found_by_its_uuid(cloud: Cloud, researcher: Person) -> None:
    household, _ = await cloud.add_household(draft()), await cloud.add_household()

    page = await researcher.open(f"?text={household['uuid']}")

    assert "1 household" in page.words


@pytest.mark.parametrize("path", ["/household/nothing", "/household/7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10"])
async def test_a_household_that_is_none_is_not_there(researcher: Person, path: str) -> None:
    assert (await researcher.open(path)).status == 404


async def test_a_reported_mistake_is_applied_in_one_step_and_stays_in_the_history(
    cloud: Cloud, tmp_path: Path, researcher: Person
) -> None:
    household = await cloud.add_household(draft())
    correction = await _report(cloud, household, tmp_path, field="/address/house_number", value="4b")
    home = f"/household/{household['uuid']}"

    assert (
        "1 household waits for a decision on mistakes that were reported. House number"
        in (await researcher.open()).words
    )
    page = await researcher.open(home)
    assert "The participant says: 4b Registered is: 4a" in page.words
    page = await researcher.send(
        f"{home}/correction/{correction}", {"decision": "apply", "word": "Thank you.", "value": "4b"}
    )

    assert "Musterweg 4b" in page.words
    assert "applied" in page.words
    assert "Thank you." in page.words
    assert "waits for a decision" not in (await researcher.open()).words


@pytest.mark.parametrize(
    ("field", "said", "shown"),
    [
        ("/metadata/heat_pump", "ja", "Heat pump yes"),
        ("/pv_systems/{system}/nominal_power", "10,25", "10.25"),
        ("/pv_systems/{system}/installation_date", "4.3.2014", "4 March 2014"),
    ],
)
async def test_a_reported_mistake_is_applied_as_people_write(
    cloud: Cloud, tmp_path: Path, researcher: Person, field: str, said: str, shown: str
) -> None:
    household = await cloud.add_household(draft())
    field = field.format(system=household["pv_systems"][0]["uuid"])
    correction = await _report(cloud, household, tmp_path, field=field, value=said)
    path = f"/household/{household['uuid']}/correction/{correction}"

    page = await researcher.send(path, {"decision": "apply", "word": "Thank you.", "value": said, "field": field})

    assert page.status == 200, page.words
    assert shown in page.words


async def test_a_reported_mistake_is_declined_with_a_word(cloud: Cloud, tmp_path: Path, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    correction = await _report(cloud, household, tmp_path, field="/metadata/children", value="three")
    home = f"/household/{household['uuid']}"
    path = f"{home}/correction/{correction}"

    refused = await researcher.send(path, {"decision": "apply", "word": "Thank you.", "value": "drei"})
    assert refused.status == 422
    assert "Expected a whole number from 0 to 1000." in refused.words
    assert 'value="drei"' in refused.text
    assert (await researcher.send(path, {"decision": "eat", "word": "Thank you."})).status == 404
    page = await researcher.send(path, {"decision": "decline", "word": "It was two."})

    assert "declined" in page.words
    again = await researcher.send(path, {"decision": "decline", "word": "It was two."})
    assert again.status == 409


async def test_after_revocation_the_page_shows_what_remains(cloud: Cloud, tmp_path: Path, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    bundle = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "bundle")
    async with cloud.device(bundle) as device:
        await ask(device, "POST", "/household/consent")
        await ask(device, "DELETE", "/household/consent")

    page = await researcher.open(f"/household/{household['uuid']}")

    assert page.heading == "An anonymised household"
    assert "Consent was revoked on" in page.words
    assert "displaced at random" in page.words
    for gone in ("Erika", "erika@example.org", "Musterweg", "65195"):
        assert gone not in page.text
    assert "Make its bundle" not in page.words
    assert household["uuid"] in (await researcher.open("?consent=revoked")).text


async def test_the_device_of_another_household_is_none_of_this_one(cloud: Cloud, researcher: Person) -> None:
    mine, other = await cloud.add_household(), await cloud.add_household()
    device = other["measurement_devices"][0]["uuid"]

    assert (await researcher.open(f"/household/{mine['uuid']}/device/{device}")).status == 404


async def test_markup_in_every_field_stays_text(cloud: Cloud, researcher: Person) -> None:
    nasty = "<script>alert(1)</script>"
    page = await researcher.send(
        NEW,
        answers(participant__name=nasty, address__street=nasty, measurement_devices__0__name=nasty)
        | {"step": "register"},
    )

    assert page.heading == nasty
    assert "<script>alert" not in page.text
    assert "<script>alert" not in (await researcher.open("")).text


async def test_the_data_api_may_be_asked_by_the_frontends_only_for_whom_they_serve(cloud: Cloud) -> None:
    async with person(cloud, "registration", Group.RESEARCHER, language="de") as someone:
        assert (await someone.open("")).heading == "Haushalte"


async def _report(cloud: Cloud, household: dict[str, Any], tmp_path: Path, *, field: str, value: str) -> str:
    bundle = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "bundle")
    async with cloud.device(bundle) as device:
        await ask(device, "POST", "/household/consent")
        status, body = await ask(device, "POST", "/household/correction", json={"field": field, "value": value})
    assert status == 201, json.dumps(body)
    uuid: str = body["uuid"]
    return uuid
