"""The frontends in a process of their own, which ask a Data API elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cloud_api import apart
from cloud_api.access.shared_secrets import Group
from cloud_api.cli import main
from cloud_api.errors import SetupError
from cloud_api.folder.layout import SERVER
from tests.cloud.running import Cloud, draft, session
from tests.registration.person import Person


def settings(cloud: Cloud, **changes: object) -> apart.Settings:
    told = {
        "api": cloud.pages_url,
        "ca": cloud.folder.ca,
        "certificate": cloud.folder.pki / f"{SERVER}.pem",
        "key": cloud.folder.pki / f"{SERVER}.key",
        "sessions": cloud.folder.path / "elsewhere",
        "frontends": ["registration"],
        "host": "127.0.0.1",
        "port": 0,
        "proxies": (),
    }
    return apart.Settings(**(told | changes))  # type: ignore[arg-type]  # changes are for the test to know


@asynccontextmanager
async def visitor(cloud: Cloud, frontend: str = "registration") -> AsyncIterator[Person]:
    async with (
        apart.serving(settings(cloud, frontends=[frontend]), clock=cloud.clock) as listener,
        session(listener.at("localhost"), cloud.folder.ca) as client,
    ):
        client.headers["Accept-Language"] = "en"
        yield Person(client=client, home=f"/{frontend}")


async def test_the_frontend_alone_shows_what_the_data_api_elsewhere_knows(cloud: Cloud) -> None:
    await cloud.add_household(draft())
    async with visitor(cloud) as someone:
        await someone.log_in(cloud.secret())

        assert "Erika Mustermann" in (await someone.open("")).words
        assert (await someone.open("", allow_redirects=False)).status == 200


async def test_the_status_frontend_alone_shows_devices_and_asks_for_their_diagnostics(cloud: Cloud) -> None:
    document = await cloud.add_household(draft())
    device = document["measurement_devices"][0]["uuid"]
    async with visitor(cloud, "status") as someone:
        await someone.log_in(cloud.secret(Group.ADMINISTRATOR))

        assert "Erika Mustermann" in (await someone.open("")).words
        assert "at its next contact" in (await someone.send(f"/{device}/diagnostics")).words
        assert (await someone.client.get("/registration")).status == 404


async def test_without_the_data_api_the_frontend_says_so_and_is_back_with_it(cloud: Cloud) -> None:
    async with visitor(cloud) as someone:
        await someone.log_in(cloud.secret())
        async with cloud.away():
            page = await someone.open("")
            assert page.status == 503
            assert page.heading == "The Data API cannot be reached"

        assert (await someone.open("")).status == 200


async def test_while_the_data_api_is_away_a_log_in_is_no_failed_one(cloud: Cloud) -> None:
    async with visitor(cloud) as someone:
        async with cloud.away():
            for _ in range(6):
                assert (await someone.log_in(cloud.secret())).status == 503

        assert (await someone.log_in(cloud.secret())).status == 200


async def test_the_command_says_where_it_listens_and_ends_when_told(cloud: Cloud) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloud_api", "pages", "registration", "--data", cloud.folder.path, "--port", "0"),
        *("--api", cloud.pages_url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    async with asyncio.timeout(20):
        line = await process.stdout.readline()
    process.terminate()
    await process.communicate()

    assert line.startswith(b"ready: pages at https://127.0.0.1:")
    assert process.returncode == 0


async def test_without_certificates_it_does_not_begin(cloud: Cloud) -> None:
    with pytest.raises(SetupError, match="certificates cannot be read"):
        async with apart.serving(settings(cloud, ca=cloud.folder.path / "none"), clock=cloud.clock):
            pass


async def test_a_port_that_is_taken_is_named(cloud: Cloud) -> None:
    with pytest.raises(SetupError, match="cannot listen"):
        async with apart.serving(settings(cloud, port=cloud.listening.pages.port), clock=cloud.clock):
            pass


def test_a_frontend_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pages", "nothing", "--api", "https://localhost:8444"]) == 1
    assert "nothing: is none (expected registration or status)" in capsys.readouterr().err
