"""The OpenAPI document says what the server does, and changes only where somebody sees it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
from openapi_spec_validator import OpenAPIV31SpecValidator

from cloud_api.api.document import snapshot
from cloud_api.api.examples import EXAMPLES
from cloud_api.api.openapi import document
from cloud_api.api.routes import EVERY
from cloud_api.wire.json_exact import decode
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, draft

DOCUMENT: dict[str, Any] = json.loads(document())


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **DOCUMENT})


def test_the_snapshot_is_the_document() -> None:
    assert snapshot().decode() == document(), "cloud-api openapi > cloud_api/openapi.json"


def test_it_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_is_described() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in EVERY}
    for route in EVERY:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert str(route.status) in operation["responses"]


def test_the_names_of_operations_are_their_own() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_example_is_what_it_is_an_example_of(kind: Any) -> None:
    schema(kind.__name__).validate(EXAMPLES[kind])
    decode(json.dumps(EXAMPLES[kind]).encode(), kind)


def test_every_message_has_an_example() -> None:
    messages = {kind for route in EVERY for kind in (route.takes, route.gives) if kind}
    assert messages == set(EXAMPLES)


async def test_it_is_served_where_people_are(cloud: Cloud) -> None:
    async with cloud.people(None) as people:
        assert await ask(people, "GET", "/openapi.json") == (200, DOCUMENT)


async def test_answers_are_what_it_says(cloud: Cloud, granted: Home) -> None:
    await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, "2026-11-24T10:15:02.118Z"))
    async with cloud.people() as people:
        asked: list[tuple[Any, str, str, dict[str, Any]]] = [
            (people, "POST", "/management/household", {"json": draft(location=None)}),
            (people, "GET", "/management/household", {}),
            (people, "GET", "/management/household/{uuid}", {}),
            (granted.client, "GET", "/account", {}),
            (granted.client, "GET", "/household", {}),
            (granted.client, "GET", "/household/consent", {}),
            (granted.client, "POST", "/household/consent", {}),
            (granted.client, "GET", "/household/measurement_device", {}),
            (granted.client, "GET", "/household/meter", {}),
            (granted.client, "GET", "/household/pv_system", {}),
            (granted.client, "POST", UPLOAD, {"json": {"measurements": [{"meter": "x"}]}}),
            (granted.client, "POST", UPLOAD, {"data": b"{}"}),
            (granted.client, "DELETE", "/household/consent", {}),
            (granted.client, "GET", "/account", {}),
        ]
        for client, method, path, how in asked:
            status, body = await ask(client, method, path.format(uuid=granted.household["uuid"]), **how)
            said = DOCUMENT["paths"][path][method.lower()]["responses"][str(status)]
            (content,) = said["content"].values()
            schema(content["schema"]["$ref"].rpartition("/")[2]).validate(body)
        series = f"/household/meter/{granted.meter}/measurement"
        assert (await ask(granted.client, "GET", series))[0] == 403
