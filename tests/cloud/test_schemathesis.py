"""Requests made out of the document, right and wrong, with certificates and secrets: the service does as it says."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from cloud_api.access.shared_secrets import Group
from cloud_api.api.openapi import document
from cloud_api.api.routes import PAGES_PORT
from cloud_api.folder import bundle
from tests.cloud.running import Cloud, running_cloud

DOCUMENT: dict[str, Any] = json.loads(document())
REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "429"]
"""How a wrong request may be refused."""
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": REFUSED},
            # a schema cannot say which places of a list another part may name, nor which uuids there are
            "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "413", "422", "429"]},
        }
    }
)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)
REQUESTS = 5
"""Generated for each operation and manner."""
ADDRESSES = count()
"""Each case is from an address of its own, as one that tries wrong secrets is soon answered by 429 alone."""


class Door:
    """A cloud in a thread of its own, with the credentials of a household's device and of each group.

    Consent is granted and revoked by the device of another household, since afterwards little else is left to try.
    """

    def __init__(self, cloud: Cloud, household: dict[str, Any], devices: list[Path]) -> None:
        self.cloud = cloud
        self.household = household
        self.people, self._first, self._second = (requests.Session() for _ in range(3))
        for session, device in zip((self._first, self._second), devices, strict=True):
            session.cert = (str(device / bundle.CERTIFICATE), str(device / bundle.KEY))

    @property
    def sessions(self) -> tuple[requests.Session, ...]:
        return self.people, self._first, self._second

    def credentials(self, operation: Any) -> dict[str, Any]:
        """What is told to be let in: where, by whom, with which secret."""
        if operation.path not in {route.path for route in PAGES_PORT}:
            session = self._second if operation.path == "/household/consent" else self._first
            return {"base_url": self.cloud.url, "session": session, "verify": str(self.cloud.folder.ca)}
        groups = [group for each in operation.definition.raw.get("security", []) for group in each.get("secret", ())]
        headers = {"Authorization": f"Bearer {self.cloud.secret(Group(groups[0]))}"} if groups else {}
        return {
            "base_url": self.cloud.pages_url,
            "session": self.people,
            "headers": headers,
            "verify": str(self.cloud.folder.ca),
        }


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("schemathesis")
    ready: Future[tuple[Door, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        done = asyncio.Event()
        async with running_cloud(folder / "cloud", proxy="127.0.0.1") as cloud:
            households = [await cloud.add_household() for _ in range(2)]
            devices = [
                await cloud.provision(household["measurement_devices"][0]["uuid"], folder / household["uuid"])
                for household in households
            ]
            async with cloud.device(devices[0]) as client, client.post("/household/consent") as answer:
                assert answer.status == 201
            ready.set_result((Door(cloud, households[0], devices), asyncio.get_running_loop(), done))
            await done.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="cloud")
    thread.start()
    found, loop, done = ready.result(timeout=30)
    yield found
    for session in found.sessions:
        session.close()
    loop.call_soon_threadsafe(done.set)
    thread.join(timeout=30)


@SCHEMA.parametrize()
@settings(
    max_examples=REQUESTS,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_does_as_the_document_says(case: schemathesis.Case, door: Door) -> None:
    if "uuid" in case.path_parameters and "/meter/" in case.path:
        case.path_parameters["uuid"] = door.household["meters"][0]["uuid"]
    case.headers["X-Forwarded-For"] = f"2001:db8:0:{next(ADDRESSES):x}::1"
    case.call_and_validate(**door.credentials(case.operation))
