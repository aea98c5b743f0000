"""Every route with every credential, every state of consent and every wrong request, made out of the map of routes."""

import gzip
import json
import re
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from aiohttp import ClientSession

from cloud_api import wire
from cloud_api.access.shared_secrets import Group
from cloud_api.api.body import LARGEST
from cloud_api.api.examples import EXAMPLES
from cloud_api.api.management_routes import MANAGEMENT
from cloud_api.api.route import Route
from cloud_api.api.routes import DEVICE, LATE
from cloud_api.pki.issue import ALL_SCOPES
from cloud_api.pki.scopes import Scope
from cloud_api.store import devices
from tests.cloud.asking import PREFIX, ask
from tests.cloud.conftest import Home
from tests.cloud.issuing import issue
from tests.cloud.running import Cloud, HandClock

GROUPS = [route for route in MANAGEMENT if isinstance(route.needs, Group)]
TAKING = [route for route in [LATE, *DEVICE, *GROUPS] if route.takes]
ASKING = [route for route in [*DEVICE, *GROUPS] if route.query]
BOMB = gzip.compress(b" " * 50_000_000)
"""A body of 50 KB that would be one of 50 MB."""
CODE = re.compile("[0-9a-f]{12}")
ALLOWED = {
    "not-granted": {Scope.ACCOUNT, Scope.HOUSEHOLD, Scope.CONSENT, Scope.MEASUREMENT_READ},
    "granted": set(Scope),
    "revoked": {Scope.CONSENT},
}
"""What the design lets a device do in each state of consent."""


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def path(route: Route, uuid: object) -> str:
    return re.sub("{[a-z]+}", str(uuid), route.path)


def example_of(route: Route) -> dict[str, Any]:
    return EXAMPLES[route.takes] if route.takes else {}


def body(route: Route) -> dict[str, Any]:
    return {"json": example_of(route)} if route.takes else {}


async def wrong(
    clients: dict[Route, ClientSession], expected: tuple[int, str], *, uuid: object, clock: HandClock
) -> dict[str, tuple[int, str]]:
    """The routes that answer otherwise than expected, and how."""
    found = {}
    for route, client in clients.items():
        clock.move(timedelta(minutes=1))  # who fails is let try again a minute later
        answer = await refusal(client, route.method, path(route, uuid), **body(route))
        if answer != expected:
            found[name(route)] = answer
    return found


async def refusal(client: ClientSession, method: str, where: str, **how: Any) -> tuple[int, str]:
    """Status and code; an answer that is no refusal has none."""
    status, said = await ask(client, method, where, **how)
    return status, said["type"].removeprefix(PREFIX) if status >= 400 else ""


class TestCredentials:
    async def test_none_at_all(self, cloud: Cloud, clock: HandClock) -> None:
        async with cloud.stranger() as stranger, cloud.people(None) as people:
            clients = dict.fromkeys(DEVICE, stranger) | dict.fromkeys(GROUPS, people)
            assert await wrong(clients, (401, "no-credential"), uuid=uuid4(), clock=clock) == {}

    async def test_a_certificate_that_is_not_recorded(
        self, cloud: Cloud, home: Home, clock: HandClock, tmp_path: Path
    ) -> None:
        bundle = await issue(cloud, tmp_path / "x", home.device, recorded=False)
        async with cloud.device(bundle) as client:
            clients = dict.fromkeys(DEVICE, client)
            assert await wrong(clients, (403, "forbidden"), uuid=home.meter, clock=clock) == {}

    async def test_a_revoked_certificate(self, cloud: Cloud, granted: Home, clock: HandClock) -> None:
        async with cloud.database() as database, database.write() as connection:
            await devices.deny(connection, UUID(granted.device), at=clock.now())
        clock.move(timedelta(minutes=2))
        clients = dict.fromkeys(DEVICE, granted.client)
        assert await wrong(clients, (403, "certificate-denied"), uuid=granted.meter, clock=clock) == {}

    async def test_an_expired_certificate_on_a_connection_that_was_kept(
        self, cloud: Cloud, granted: Home, clock: HandClock
    ) -> None:
        clock.move(timedelta(days=91))
        clients = dict.fromkeys(DEVICE, granted.client)
        assert await wrong(clients, (401, "no-credential"), uuid=granted.meter, clock=clock) == {}

    @pytest.mark.parametrize("scope", Scope)
    async def test_each_scope_missing(
        self, cloud: Cloud, granted: Home, clock: HandClock, tmp_path: Path, scope: Scope
    ) -> None:
        bundle = await issue(cloud, tmp_path / "x", granted.device, scopes=ALL_SCOPES - {scope})
        async with cloud.device(bundle) as client:
            clients = {route: client for route in DEVICE if route.needs is scope}
            assert clients
            assert await wrong(clients, (403, "forbidden"), uuid=granted.meter, clock=clock) == {}

    @pytest.mark.parametrize("group", Group)
    async def test_the_other_group_s_secret(self, cloud: Cloud, clock: HandClock, group: Group) -> None:
        async with cloud.people(group) as people:
            clients = {route: people for route in GROUPS if route.needs is not group}
            assert await wrong(clients, (403, "forbidden"), uuid=uuid4(), clock=clock) == {}

    async def test_a_wrong_secret(self, cloud: Cloud, clock: HandClock) -> None:
        async with cloud.people(None) as people:
            people.headers["Authorization"] = "Bearer zaehlwerk-researcher-wrong"
            clients = dict.fromkeys(GROUPS, people)
            assert await wrong(clients, (401, "no-credential"), uuid=uuid4(), clock=clock) == {}


class TestOthers:
    async def test_another_household_s_meter_one_that_nobody_has_and_what_is_no_uuid(
        self, cloud: Cloud, granted: Home, clock: HandClock
    ) -> None:
        theirs = (await cloud.add_household())["meters"][0]["uuid"]
        clients = {route: granted.client for route in DEVICE if "{" in route.path}
        for meter in (theirs, uuid4(), "x", "..%2f"):
            clock.move(timedelta(hours=2))
            assert await wrong(clients, (404, "not-found"), uuid=meter, clock=clock) == {}

    async def test_a_household_device_or_correction_that_is_not_there(self, cloud: Cloud, clock: HandClock) -> None:
        async with cloud.people() as researcher, cloud.people(Group.ADMINISTRATOR) as administrator:
            clients = {
                route: researcher if route.needs is Group.RESEARCHER else administrator
                for route in GROUPS
                if "{" in route.path
            }
            for uuid in (uuid4(), "x"):
                assert await wrong(clients, (404, "not-found"), uuid=uuid, clock=clock) == {}


@pytest.mark.parametrize("state", ALLOWED)
async def test_each_state_of_consent_allows_what_it_may(cloud: Cloud, home: Home, clock: HandClock, state: str) -> None:
    for method in {"not-granted": [], "granted": ["POST"], "revoked": ["POST", "DELETE"]}[state]:
        assert (await ask(home.client, method, "/household/consent"))[0] in {200, 201}
    for route in DEVICE:
        if not isinstance(route.needs, Scope) or (route.method != "GET" and route.needs is Scope.CONSENT):
            continue
        answer = await refusal(home.client, route.method, path(route, home.meter), **body(route))
        assert (answer != (403, "no-consent")) == (route.needs in ALLOWED[state]), (name(route), answer)
    granting = await refusal(home.client, "POST", "/household/consent")
    assert granting == ((201, "") if state == "not-granted" else (409, "out-of-order"))


@pytest.fixture
async def doors(cloud: Cloud, granted: Home) -> AsyncIterator[dict[Route, ClientSession]]:
    """A client that is let in, for each route."""
    async with (
        cloud.stranger() as stranger,
        cloud.people() as researcher,
        cloud.people(Group.ADMINISTRATOR) as administrator,
        cloud.people(Group.BASTION) as bastion,
    ):
        people = {Group.RESEARCHER: researcher, Group.ADMINISTRATOR: administrator, Group.BASTION: bastion}
        yield {
            LATE: stranger,
            **dict.fromkeys(DEVICE, granted.client),
            **{route: people[route.needs] for route in GROUPS if isinstance(route.needs, Group)},
        }


@pytest.mark.parametrize("route", TAKING, ids=name)
class TestBodies:
    @pytest.fixture(autouse=True)
    def _ready(self, route: Route, doors: dict[Route, ClientSession], granted: Home, clock: HandClock) -> None:
        self.client, self.path, self.method, self.clock = doors[route], path(route, granted.meter), route.method, clock

    async def send(self, data: bytes, **headers: str) -> tuple[int, Any]:
        self.clock.move(timedelta(minutes=30))
        told = {"Content-Type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
        return await ask(self.client, self.method, self.path, data=data, headers=told)

    async def test_every_wrong_one(self, route: Route) -> None:
        whole = json.dumps(example_of(route)).encode()
        found = {}
        for why, (status, data, headers) in {
            "cut short": (400, whole[:-1], {}),
            "no text": (400, b'{"\xff": 1}', {}),
            "two": (400, whole + whole, {}),
            "no number": (400, b"NaN", {}),
            "text": (415, whole, {"Content_Type": "text/plain"}),
            "form": (415, b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}),
            "brotli": (415, whole, {"Content_Encoding": "br"}),
            "no gzip": (400, whole, {"Content_Encoding": "gzip"}),
            "half a gzip": (400, gzip.compress(whole)[:-9], {"Content_Encoding": "gzip"}),
            "bomb": (413, BOMB, {"Content_Encoding": "gzip"}),
            "large": (413, b" " * (LARGEST + 1), {}),
            "list": (422, b"[]", {}),
            "deep": (422, b"[" * 100_000, {}),
            "null": (422, b"null", {}),
            "number": (422, b"1", {}),
        }.items():
            answer, said = await self.send(data, **headers)
            if answer != status:
                found[why] = (answer, said)
        assert found == {}

    async def test_every_field_of_another_type_unknown_or_missing(self, route: Route) -> None:
        found = {}
        for pointer, document in broken(example_of(route)):
            status, said = await self.send(json.dumps(document).encode())
            named = {error["pointer"] for error in said.get("errors", [])}
            if status != 422 or not named & {pointer, above(pointer)}:
                found[pointer] = (status, said)
        assert found == {}


def broken(example: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Documents with one thing wrong, and a pointer to it."""
    yield "/surplus", example | {"surplus": 1}
    for pointer, steps in places(example, "", ()):
        document = deepcopy(example)
        above: Any = document
        for step in steps[:-1]:
            above = above[step]
        above[steps[-1]] = [[]] if not isinstance(above[steps[-1]], list) else {"x": 1}
        yield pointer, document


def above(pointer: str) -> str | None:
    """The map that an entry is in, whose keys are the client's: there the map is named. None for all other places."""
    parent, _, key = pointer.rpartition("/")
    return parent if CODE.fullmatch(key) or "." in key else None


def places(value: Any, pointer: str, steps: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in below:
        yield f"{pointer}/{step}", (*steps, step)
        yield from places(each, f"{pointer}/{step}", (*steps, step))


async def test_every_parameter_of_a_query_that_cannot_be_is_named(
    doors: dict[Route, ClientSession], granted: Home
) -> None:
    found = {}
    for route in ASKING:
        parameters = [field.encode_name for field in msgspec.structs.fields(route.query or wire.Message)]
        for parameter in [*parameters, "surplus"]:
            where = path(route, granted.meter if route in DEVICE else granted.household["uuid"])
            status, said = await ask(doors[route], route.method, f"{where}?{parameter}=%00wrong")
            if status != 422 or [error["pointer"] for error in said["errors"]] != [f"/{parameter}"]:
                found[f"{name(route)}?{parameter}"] = (status, said)
    assert found == {}


async def test_every_path_says_which_methods_it_has(doors: dict[Route, ClientSession]) -> None:
    methods: dict[str, set[str]] = {}
    for route in doors:
        methods.setdefault(route.path, set()).add(route.method)
    for route, client in doors.items():
        async with client.put(path(route, uuid4())) as answer:
            assert answer.status == 405
            assert answer.content_type == "application/problem+json"
            allowed = set(answer.headers["Allow"].split(", ")) - {"HEAD"}
            assert allowed >= methods[route.path]
