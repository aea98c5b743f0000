"""Households are registered by researchers, and seen by them and by their own devices."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api import wire
from cloud_api.api.body import parse
from cloud_api.errors import FieldsError, NotJsonError
from cloud_api.wire.checks import check_household
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import DRAFT, Cloud, draft, fresh_draft

pytestmark = pytest.mark.both_databases

PATH = "/management/household"
NOT_GRANTED = {"state": "not-granted", "granted_at": None, "revoked_at": None, "text_version": None}


async def test_a_registered_household_comes_back_with_every_uuid(cloud: Cloud) -> None:
    async with cloud.people() as people:
        status, household = await ask(people, "POST", PATH, json=draft())
        assert status == 201
        assert await ask(people, "GET", f"{PATH}/{household['uuid']}") == (200, household)

    (device,) = household["measurement_devices"]
    (system,) = household["pv_systems"]
    owners = [household, household["participant"], device, *household["meters"], system]
    uuids = [owner.pop("uuid") for owner in owners]
    assert len({UUID(uuid) for uuid in uuids}) == 6
    _, _, device_uuid, _, generation_uuid, _ = uuids
    assert [meter.pop("measurement_device") for meter in household["meters"]] == [device_uuid, device_uuid]
    assert system.pop("meter") == generation_uuid
    del household["placement"]
    expected = {**draft(), "consent": NOT_GRANTED}
    for part, reference in (("meters", "measurement_device"), ("pv_systems", "meter")):
        for entry in expected[part]:
            del entry[reference]
    for meter in expected["meters"]:
        meter["model_known"] = True
    assert household == expected


async def test_a_device_sees_its_own_household(home: Home) -> None:
    whole = home.household
    assert await ask(home.client, "GET", "/account") == (200, whole["participant"])
    summary = {name: whole[name] for name in ("uuid", "address", "location", "metadata")}
    assert await ask(home.client, "GET", "/household") == (200, summary)
    for path, name in (
        ("meter", "meters"),
        ("pv_system", "pv_systems"),
    ):
        assert await ask(home.client, "GET", f"/household/{path}") == (200, {name: whole[name]})
    _, devices = await ask(home.client, "GET", "/household/measurement_device")
    assert [{"uuid": each["uuid"], "name": each["name"]} for each in devices["measurement_devices"]] == [
        {"uuid": home.device, "name": "cellar"}
    ]


async def test_a_household_may_have_no_location_meters_or_plants(cloud: Cloud) -> None:
    nowhere = draft()["address"] | {"postal_code": "00000"}
    async with cloud.people() as people:
        status, household = await ask(
            people, "POST", PATH, json=draft(address=nowhere, location=None, meters=None, pv_systems=None)
        )
    assert status == 201
    assert (household["location"], household["meters"], household["pv_systems"]) == (None, [], [])


async def test_one_participant_may_stand_for_several_households(cloud: Cloud) -> None:
    first = await cloud.add_household(draft())
    louder = draft(participant={"name": "Erika Mustermann", "email": "ERIKA@example.org"})
    second = await cloud.add_household(louder)
    assert first["uuid"] != second["uuid"]
    assert first["participant"] == second["participant"]


async def test_an_address_under_another_name_is_refused(cloud: Cloud) -> None:
    await cloud.add_household(draft())
    other = draft(participant={"name": "Max Muster", "email": "erika@example.org"})
    async with cloud.people() as people:
        status, body = await ask(people, "POST", PATH, json=other)
        assert (status, body["errors"][0]["pointer"]) == (409, "/participant/email")
        assert "erika@example.org" not in str(body)
        assert len((await ask(people, "GET", PATH))[1]["households"]) == 1


async def test_households_are_listed_page_by_page(cloud: Cloud) -> None:
    async with cloud.people() as people:
        assert await ask(people, "GET", PATH) == (200, {"households": [], "next": None})
        added = [await cloud.add_household() for _ in range(5)]
        read: list[dict[str, Any]] = []
        query = {"limit": "2"}
        while True:
            _, page = await ask(people, "GET", PATH, params=query)
            read += page["households"]
            if page["next"] is None:
                break
            assert len(page["households"]) == 2
            query["cursor"] = page["next"]
        assert read == sorted(added, key=lambda household: str(household["uuid"]))
        assert len((await ask(people, "GET", PATH))[1]["households"]) == 5


async def test_what_is_no_household_is_not_there(cloud: Cloud) -> None:
    async with cloud.people() as people:
        for uuid in ("x", "7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10"):
            assert await code(people, "GET", f"{PATH}/{uuid}") == (404, "not-found")


def altered(pointer: str, value: Any) -> dict[str, Any]:
    """The household with another value at a pointer; None takes the field away."""
    document = draft()
    *steps, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    place: Any = document
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/participant", None),
        ("/participant/name", ""),
        ("/participant/name", " Erika"),
        ("/participant/name", "Erika\nMustermann"),
        ("/participant/name", "Erika\n"),
        ("/participant/name", "E" * 201),
        ("/participant/name", 7),
        ("/participant/email", "erika"),
        ("/participant/email", "erika@localhost"),
        ("/participant/email", "erika@example..org"),
        ("/participant/email", "erika@example.org\n"),
        ("/participant/email", "erika mustermann@example.org"),
        ("/participant/email", "erika@münchen.example"),
        ("/participant/phone", "0611"),
        ("/address/street", None),
        ("/address/postal_code", "6519"),
        ("/address/postal_code", "D-65195"),
        ("/address/postal_code", "6519٥"),
        ("/address/country", "Germany"),
        ("/location/latitude", 90.1),
        ("/location/latitude", "50.08"),
        ("/location/longitude", -180.1),
        ("/location/longitude", None),
        ("/metadata/children", -1),
        ("/metadata/adults", 1.5),
        ("/metadata/employed_adults", 3),
        ("/metadata/ev_charger", 1),
        ("/metadata/pets", 1),
        ("/measurement_devices", []),
        ("/measurement_devices/0/name", None),
        ("/meters/1/type", "WATER-HEATER"),
        ("/meters/1/model_number", "ehz"),
        ("/meters/1/model_number", "E"),
        ("/meters/1/model_number", "E" * 33),
        ("/meters/1/measurement_device", 1),
        ("/meters/1/measurement_device", -1),
        ("/pv_systems/0/nominal_power", 0),
        ("/pv_systems/0/azimuth", 360.5),
        ("/pv_systems/0/tilt", 91),
        ("/pv_systems/0/installation_date", "15.06.2012"),
        ("/pv_systems/0/installation_date", "2012-02-30"),
        ("/pv_systems/0/meter", 2),
        ("/pv_systems/0/meter", 0),
    ],
)
def test_a_field_that_is_not_as_expected_is_named(pointer: str, value: Any) -> None:
    with pytest.raises(FieldsError) as refusal:
        check_household(parse(json.dumps(altered(pointer, value)).encode(), wire.HouseholdDraft))
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]
    assert "\\Z" not in refusal.value.detail
    if isinstance(value, str) and len(value) > 5:
        assert value not in refusal.value.detail


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/participant/name", "Jürgen von der Höhe-Łukasiewicz"),
        ("/participant/email", "o'neil+zaehler@sub.xn--mnchen-3ya.example"),
        ("/location/latitude", -90),
        ("/metadata/employed_adults", 2),
        ("/pv_systems/0/azimuth", 0),
        ("/pv_systems/0/azimuth", 360),
        ("/meters/0/model_number", "Q3-A1"),
    ],
)
def test_a_field_at_its_limit_is_taken(pointer: str, value: Any) -> None:
    check_household(parse(json.dumps(altered(pointer, value)).encode(), wire.HouseholdDraft))


def test_a_postal_code_of_another_country_is_its_own() -> None:
    document = altered("/address/country", "NL")
    document["address"]["postal_code"] = "1012 AB"
    check_household(parse(json.dumps(document).encode(), wire.HouseholdDraft))


async def test_all_that_does_not_fit_together_is_named_at_once(cloud: Cloud) -> None:
    document = fresh_draft(
        metadata={**DRAFT["metadata"], "employed_adults": 3},
        meters=[{"type": "ELECTRICITY", "model_number": "MT681", "measurement_device": 4}],
    )
    async with cloud.people() as people:
        status, body = await ask(people, "POST", PATH, json=document)
    assert status == 422
    assert [error["pointer"] for error in body["errors"]] == [
        "/metadata/employed_adults",
        "/meters/0/measurement_device",
        "/pv_systems/0/meter",
    ]


async def test_a_system_is_installed_on_a_day_that_was(cloud: Cloud) -> None:
    tomorrow, later = ((cloud.clock.now() + timedelta(days=days)).date().isoformat() for days in (1, 2))
    household = await cloud.add_household(altered("/pv_systems/0/installation_date", tomorrow))
    systems = [{**system, "installation_date": later} for system in household["pv_systems"]]
    async with cloud.people() as people:
        answers = [
            await ask(people, "POST", PATH, json=altered("/pv_systems/0/installation_date", later)),
            await ask(people, "POST", PATH, json=altered("/pv_systems/0/installation_date", "1912-06-15")),
            await ask(people, "PATCH", f"{PATH}/{household['uuid']}", json={"pv_systems": systems}),
        ]
    for status, body in answers:
        assert status == 422
        assert [error["pointer"] for error in body["errors"]] == ["/pv_systems/0/installation_date"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3))
def test_anything_in_place_of_a_field_is_taken_or_refused_clearly(value: Any) -> None:
    for pointer in ("/participant/name", "/metadata/adults", "/pv_systems/0/azimuth", "/meters"):
        document = draft() if value is None else altered(pointer, value)
        with suppress(NotJsonError, FieldsError):
            message = parse(json.dumps(document).encode(), wire.HouseholdDraft)
            check_household(message)
            assert message.metadata.adults >= message.metadata.employed_adults
