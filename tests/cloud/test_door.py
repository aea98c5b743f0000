"""Who is let in, and who is not: every credential at every door."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientError
from cryptography.hazmat.primitives import hashes

from cloud_api.access.shared_secrets import Group
from cloud_api.api.routes import DEVICE, EVERY
from cloud_api.folder.layout import DEVICE_AUTHORITY, SERVER
from cloud_api.pki import authority
from cloud_api.pki.authority import Issued
from cloud_api.pki.issue import ALL_SCOPES
from cloud_api.pki.scopes import Scope
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.issuing import issue, write
from tests.cloud.running import Cloud, HandClock

NOW = "2026-11-24T10:15:02Z"


async def test_without_a_certificate_only_health_is_told(cloud: Cloud) -> None:
    async with cloud.stranger() as stranger:
        assert await ask(stranger, "GET", "/healthz") == (200, {"status": "ok"})
        assert await ask(stranger, "GET", "/readyz") == (200, {"status": "ok"})
        for route in DEVICE:
            assert await code(stranger, route.method, route.path.format(uuid=uuid4())) == (401, "no-credential")


async def test_another_authority_fails_in_the_handshake(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    stranger = authority.new_root("Zählwerk devices", now=datetime.now(UTC))
    bundle = await issue(cloud, tmp_path / "foreign", home.device, root=stranger)
    async with cloud.device(bundle) as client:
        with pytest.raises(ClientError):
            await client.get("/account")


async def test_an_expired_certificate_fails_in_the_handshake(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    bundle = await cloud.provision(
        home.device, tmp_path / "expired", clock=HandClock(datetime.now(UTC) - timedelta(days=90, seconds=1))
    )
    async with cloud.device(bundle) as client:
        with pytest.raises(ClientError):
            await client.get("/healthz")


async def test_a_certificate_of_tomorrow_fails_in_the_handshake(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    bundle = await cloud.provision(home.device, tmp_path / "future", clock=HandClock(tomorrow))
    async with cloud.device(bundle) as client:
        with pytest.raises(ClientError):
            await client.get("/healthz")


async def test_the_server_s_own_certificate_is_none_of_a_device(cloud: Cloud, tmp_path: Path) -> None:
    bundle = write(authority.load(cloud.folder.pki, SERVER), tmp_path / "server")
    async with cloud.device(bundle) as client:
        with pytest.raises(ClientError):
            await client.get("/account")


async def test_a_kept_connection_ends_with_its_certificate(cloud: Cloud, home: Home, clock: HandClock) -> None:
    assert (await ask(home.client, "GET", "/account"))[0] == 200
    clock.move(timedelta(days=90, minutes=1))
    assert await code(home.client, "GET", "/account") == (401, "no-credential")


async def test_a_device_that_nobody_registered_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    bundle = await issue(cloud, tmp_path / "unknown", uuid4(), recorded=False)
    async with cloud.device(bundle) as client:
        assert await code(client, "GET", "/account") == (403, "forbidden")


async def test_a_certificate_that_is_not_in_the_registry_is_refused(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    bundle = await issue(cloud, tmp_path / "unrecorded", home.device, recorded=False)
    async with cloud.device(bundle) as client:
        assert await code(client, "GET", "/account") == (403, "forbidden")


async def test_a_certificate_of_ours_that_names_no_device_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    root = authority.load(cloud.folder.pki, DEVICE_AUTHORITY)
    nobody = authority.new_root("nobody", now=datetime.now(UTC))
    builder = authority.draft(
        nobody.certificate.subject, nobody.key.public_key(), now=datetime.now(UTC), life=timedelta(days=1)
    )
    signed = builder.issuer_name(root.certificate.subject).sign(root.key, hashes.SHA256())
    bundle = write(Issued(certificate=signed, key=nobody.key), tmp_path / "nobody")
    async with cloud.device(bundle) as client:
        assert await code(client, "GET", "/account") == (403, "forbidden")


async def test_each_route_wants_its_own_scope(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    for scope in Scope:
        bundle = await issue(cloud, tmp_path / scope, granted.device, scopes=ALL_SCOPES - {scope})
        async with cloud.device(bundle) as client:
            for route in DEVICE:
                if route.needs is scope:
                    answer = await code(client, route.method, route.path.format(uuid=granted.meter))
                    assert answer == (403, "forbidden"), route
    assert (await ask(granted.client, "GET", "/household/consent"))[1]["state"] == "granted"


async def test_a_certificate_with_one_scope_opens_that_door_alone(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    bundle = await issue(cloud, tmp_path / "account", home.device, scopes=frozenset({Scope.ACCOUNT}))
    async with cloud.device(bundle) as client:
        assert (await ask(client, "GET", "/account"))[0] == 200
        assert await code(client, "GET", "/household") == (403, "forbidden")


async def test_another_household_s_meter_is_not_there(cloud: Cloud, granted: Home) -> None:
    others = await cloud.add_household()
    meter = others["meters"][0]["uuid"]
    assert await code(granted.client, "GET", f"/household/meter/{meter}/measurement") == (404, "not-found")
    both = measured(granted.meter, NOW)["measurements"] + measured(meter, NOW)["measurements"]
    status, body = await ask(granted.client, "POST", UPLOAD, json={"measurements": both})
    assert status == 404
    assert [error["pointer"] for error in body["errors"]] == ["/measurements/1/meter"]
    path = f"/household/meter/{granted.meter}/measurement"
    assert (await ask(granted.client, "GET", path))[1]["measurements"] == []


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer wrong", "Basic eDp5", "Bearer \xe9"])
async def test_no_secret_and_a_wrong_one_are_refused(cloud: Cloud, header: str | None) -> None:
    async with cloud.people(None) as client:
        headers = {"Authorization": header} if header else {}
        for method in ("GET", "POST"):
            assert await code(client, method, "/management/household", headers=headers) == (401, "no-credential")


async def test_a_401_says_which_credential_is_wanted(cloud: Cloud) -> None:
    async with cloud.people(None) as people, people.get("/management/household") as answer:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    async with cloud.stranger() as stranger, stranger.get("/account") as answer:
        assert answer.headers["WWW-Authenticate"] == "Certificate"


async def test_the_other_group_s_secret_is_refused(cloud: Cloud) -> None:
    async with cloud.people(Group.ADMINISTRATOR) as client:
        for path in ("/management/household", f"/management/household/{uuid4()}"):
            assert await code(client, "GET", path) == (403, "forbidden")


async def test_two_secrets_are_good_during_a_change(cloud: Cloud) -> None:
    old = cloud.secret()
    async with cloud.away():
        (cloud.folder.secrets / Group.RESEARCHER).write_text(f"new-secret\n{old}\n")
    async with cloud.people(None) as client:
        for secret in (old, "new-secret"):
            headers = {"Authorization": f"Bearer {secret}"}
            assert (await ask(client, "GET", "/management/household", headers=headers))[0] == 200


async def test_neither_port_serves_what_is_the_other_s(cloud: Cloud, home: Home) -> None:
    assert await code(home.client, "GET", "/management/household") == (404, "not-found")
    async with cloud.people() as people:
        assert await code(people, "GET", "/account") == (404, "not-found")
        assert (await ask(people, "GET", "/healthz"))[0] == 200
        assert (await ask(people, "GET", "/readyz"))[0] == 200


async def test_a_method_that_a_resource_lacks_is_told_with_those_it_has(home: Home) -> None:
    async with home.client.put("/household/consent") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "DELETE, GET, HEAD, POST"


async def test_tls_before_1_3_is_refused(cloud: Cloud) -> None:
    context = ssl.create_default_context(cafile=cloud.folder.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with cloud.stranger() as device, cloud.people() as people:
        for client in (device, people):
            with pytest.raises(ClientError):
                await client.get("/healthz", ssl=context)


def test_no_route_is_open_but_health_the_document_and_the_way_back() -> None:
    open_to_all = {route.path for route in EVERY if route.needs is None}
    assert open_to_all == {"/healthz", "/readyz", "/openapi.json", "/certificate/late"}
