"""A household that is registered is put right by a merge patch, with everything under it."""

from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from cloud_api.wire.meter_models import KNOWN
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, draft, fresh_draft

pytestmark = pytest.mark.both_databases

PATH = "/management/household"
MERGE = {"Content-Type": "application/merge-patch+json"}


async def patch(people: ClientSession, household: dict[str, Any], change: Any) -> dict[str, Any]:
    """The household as the answer shows it, which is how it is from then on."""
    where = f"{PATH}/{household['uuid']}"
    status, amended = await ask(people, "PATCH", where, json=change)
    assert status == 200, amended
    assert await ask(people, "GET", where) == (200, amended)
    return dict(amended)


async def refusal(people: ClientSession, household: dict[str, Any], change: Any) -> tuple[int, list[str]]:
    """The status and the fields that are named; nothing is changed."""
    where = f"{PATH}/{household['uuid']}"
    status, body = await ask(people, "PATCH", where, json=change)
    assert await ask(people, "GET", where) == (200, household)
    return status, [error["pointer"] for error in body.get("errors", [])]


async def test_a_field_is_corrected_and_everything_else_stays(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    async with cloud.people() as people:
        assert await patch(people, household, {}) == household
        amended = await patch(people, household, {"address": {"house_number": "4b"}, "metadata": {"children": 3}})
    assert amended == household | {
        "address": household["address"] | {"house_number": "4b"},
        "metadata": household["metadata"] | {"children": 3},
    }


async def test_a_merge_patch_may_be_called_so(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    where = f"{PATH}/{household['uuid']}"
    async with cloud.people() as people:
        status, amended = await ask(people, "PATCH", where, data=b'{"address": {"city": "Mainz"}}', headers=MERGE)
        assert (status, amended["address"]["city"]) == (200, "Mainz")
        text = {"Content-Type": "text/plain"}
        assert await code(people, "PATCH", where, data=b"{}", headers=text) == (415, "unsupported-media-type")


async def test_a_participant_is_corrected_in_all_their_households(cloud: Cloud) -> None:
    first, second = await cloud.add_household(draft()), await cloud.add_household(draft())
    async with cloud.people() as people:
        amended = await patch(people, first, {"participant": {"email": "ERIKA@example.net"}})
        assert amended["participant"] == first["participant"] | {"email": "ERIKA@example.net"}
        _, other = await ask(people, "GET", f"{PATH}/{second['uuid']}")
        assert other["participant"] == amended["participant"]
        assert await patch(people, amended, {"participant": {"email": "erika@example.net"}})


async def test_somebody_else_s_address_is_refused(cloud: Cloud) -> None:
    await cloud.add_household(draft())
    household = await cloud.add_household()
    async with cloud.people() as people:
        change = {"participant": {"email": "Erika@example.org"}}
        assert await refusal(people, household, change) == (409, ["/participant/email"])


async def test_a_location_is_moved_taken_away_and_set(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    async with cloud.people() as people:
        moved = await patch(people, household, {"location": {"latitude": 50.1}})
        assert moved["location"] == {"latitude": 50.1, "longitude": 8.24}
        elsewhere = await patch(people, moved, {"address": {"street": "Anderswo"}})
        assert elsewhere["location"] == moved["location"]


async def test_where_there_is_no_location_both_coordinates_are_needed(cloud: Cloud) -> None:
    nowhere = {**draft()["address"], "postal_code": "00000"}
    household = await cloud.add_household(fresh_draft(location=None, address=nowhere))
    async with cloud.people() as people:
        assert await refusal(people, household, {"location": {"latitude": 50.1}}) == (422, ["/location/longitude"])
        amended = await patch(people, household, {"location": {"latitude": 50.1, "longitude": 8.2}})
        assert amended["location"] == {"latitude": 50.1, "longitude": 8.2}
        assert (await patch(people, amended, {"location": None}))["location"] is None


async def test_a_list_replaces_the_list_and_what_is_named_stays_itself(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    (device,), (electricity, generation) = household["measurement_devices"], household["meters"]
    (system,) = household["pv_systems"]
    change = {
        "measurement_devices": [{"name": "attic"}, device | {"name": "cellar, left"}],
        "meters": [
            generation | {"model_number": "DD3"},
            electricity | {"measurement_device": 0},
            {"type": "PV-GENERATION", "model_number": "Q3-A1", "measurement_device": device["uuid"]},
        ],
        "pv_systems": [system | {"tilt": 30, "meter": 2}, system | {"uuid": None, "meter": generation["uuid"]}],
    }
    del change["pv_systems"][1]["uuid"]
    async with cloud.people() as people:
        amended = await patch(people, household, change)
    attic, cellar = amended["measurement_devices"]
    assert (attic["name"], cellar) == ("attic", {"uuid": device["uuid"], "name": "cellar, left"})
    first, second, third = amended["meters"]
    assert first == generation | {"model_number": "DD3"}
    assert second == electricity | {"measurement_device": attic["uuid"]}
    assert (third["model_number"], third["model_known"], third["measurement_device"]) == (
        "Q3-A1",
        False,
        device["uuid"],
    )
    one, other = amended["pv_systems"]
    assert one == system | {"tilt": 30, "meter": third["uuid"]}
    assert other == system | {"uuid": other["uuid"]}


async def test_what_is_missing_from_a_list_goes(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    async with cloud.people() as people:
        amended = await patch(people, household, {"pv_systems": [], "meters": household["meters"][:1]})
        assert (amended["pv_systems"], amended["meters"]) == ([], household["meters"][:1])
        assert (await patch(people, amended, {"meters": [], "measurement_devices": [{"name": "new"}]}))["meters"] == []


async def test_a_part_on_which_data_hangs_cannot_go(cloud: Cloud, granted: Home) -> None:
    _, generation = granted.household["meters"]
    await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, "2026-11-24T10:15:02Z"))
    where = f"/household/meter/{generation['uuid']}/incident/report"
    await ask(granted.client, "POST", where, json={"kind": "SERIAL-PORT-UNAVAILABLE"})
    async with cloud.people() as people:
        _, household = await ask(people, "GET", f"{PATH}/{granted.household['uuid']}")
        for kept in household["meters"]:
            assert await refusal(people, household, {"pv_systems": [], "meters": [kept]}) == (409, ["/meters"])
        moved = [meter | {"measurement_device": 0} for meter in household["meters"]]
        change = {"measurement_devices": [{"name": "new"}], "meters": moved}
        assert await refusal(people, household, change) == (409, ["/measurement_devices"])


async def test_what_does_not_fit_is_named(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    other = await cloud.add_household()
    meters, systems = household["meters"], household["pv_systems"]
    refused = [
        ({"uuid": str(uuid4())}, "/uuid"),
        ({"consent": {"state": "granted"}}, "/consent"),
        ({"participant": None}, "/participant"),
        ({"participant": {"name": None}}, "/participant/name"),
        ({"address": {"postal_code": "6519"}}, "/address/postal_code"),
        ({"metadata": {"adults": 0}}, "/metadata/employed_adults"),
        ({"measurement_devices": []}, "/measurement_devices"),
        ({"measurement_devices": other["measurement_devices"]}, "/measurement_devices/0/uuid"),
        ({"meters": [*meters, meters[0]]}, "/meters/2/uuid"),
        ({"meters": [meters[0] | {"measurement_device": str(uuid4())}]}, "/meters/0/measurement_device"),
        ({"meters": meters[:1]}, "/pv_systems/0/meter"),
        ({"pv_systems": [systems[0] | {"meter": 0}]}, "/pv_systems/0/meter"),
        ({"pv_systems": [systems[0] | {"meter": 2}]}, "/pv_systems/0/meter"),
    ]
    async with cloud.people() as people:
        for change, pointer in refused:
            assert await refusal(people, household, change) == (422, [pointer]), change


async def test_an_anonymised_household_stays_as_it_is(cloud: Cloud, granted: Home) -> None:
    await granted.client.delete("/household/consent")
    async with cloud.people() as people:
        _, household = await ask(people, "GET", f"{PATH}/{granted.household['uuid']}")
        for change in ({}, {"metadata": {"children": 1}}, {"participant": {"name": "x", "email": "x@example.org"}}):
            assert await refusal(people, household, change) == (409, [])


async def test_a_household_that_is_not_there_cannot_be_corrected(cloud: Cloud) -> None:
    async with cloud.people() as people:
        for uuid in ("x", str(uuid4())):
            assert await code(people, "PATCH", f"{PATH}/{uuid}", json={}) == (404, "not-found")


async def test_a_model_that_no_plugin_reads_is_stored_and_flagged(cloud: Cloud) -> None:
    models = [*KNOWN, "Q3-A1"]
    meters = [{"type": "ELECTRICITY", "model_number": model, "measurement_device": 0} for model in models]
    household = await cloud.add_household(fresh_draft(meters=meters, pv_systems=None))
    assert [meter["model_known"] for meter in household["meters"]] == [True] * 5 + [False]
