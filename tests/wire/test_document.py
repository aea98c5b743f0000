"""The device's documents, held against the OpenAPI document that the cloud publishes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from openapi_schema_validator import OAS31Validator

from edge_app.model.measurement import Measurement
from edge_app.model.obis import SURVEY
from edge_app.sync import wire
from tests.cloud.running import Cloud

MOMENT = datetime(2026, 11, 24, 10, 15, 2, 118_001, tzinfo=UTC)
SLOT = MOMENT.replace(second=0, microsecond=0)
BATCH = wire.batch(
    [
        Measurement(meter=UUID(int=1), slot=SLOT, time=MOMENT, data={code: Decimal("-1.50") for code in SURVEY}),
        Measurement(meter=UUID(int=2), slot=SLOT, time=MOMENT.replace(microsecond=0), data={SURVEY[0]: Decimal(0)}),
    ]
)

PASSED_BY = {"receipt"}
"""What the cloud tells beyond what a device reads: a receipt is for people."""


@pytest.fixture
async def document(cloud: Cloud) -> dict[str, Any]:
    async with cloud.people(None) as session, session.get("/openapi.json") as answer:
        found: dict[str, Any] = await answer.json()
        return found


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/household/meter/measurement", BATCH), ("/household/consent", wire.Grant(text_version="2026-11"))],
)
def test_what_the_device_sends_is_what_the_cloud_describes(
    document: dict[str, Any], path: str, sent: msgspec.Struct
) -> None:
    schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    OAS31Validator({**schema, "components": document["components"]}).validate(msgspec.json.decode(wire.encode(sent)))


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("get", "/account", "200", wire.Account),
        ("get", "/household", "200", wire.Household),
        ("get", "/household/consent", "200", wire.ConsentDocument),
        ("post", "/household/consent", "201", wire.ConsentDocument),
        ("delete", "/household/consent", "200", wire.ConsentDocument),
        ("post", "/household/meter/measurement", "200", wire.Stored),
    ],
)
def test_what_the_cloud_describes_the_device_understands(
    document: dict[str, Any], method: str, path: str, status: str, kind: type[msgspec.Struct]
) -> None:
    described = document["paths"][path][method]["responses"][status]["content"]["application/json"]
    understood = msgspec.convert(described["example"], kind, strict=False)
    known = {field.encode_name for field in msgspec.structs.fields(understood)}
    schema = document["components"]["schemas"][described["schema"]["$ref"].rpartition("/")[2]]
    assert known == schema["properties"].keys() - PASSED_BY
