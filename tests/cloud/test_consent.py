"""Consent is granted once and revoked once, in that order; while it does not stand, nothing is taken or given."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cloud_api.store.consent_texts import sha256_of
from cloud_api.store.migrations.versions import m0004_privacy
from cloud_api.store.schema import consent_text
from tests.cloud.asking import UPLOAD, ask, code, measured, pointers
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, cloud_process, session
from tests.cloud.test_geodata import run

pytestmark = pytest.mark.both_databases

CONSENT = "/household/consent"
TIME = "2026-11-24T10:15:02.118Z"
GERMAN = sha256_of(m0004_privacy.FIRST_TEXTS["de"])


async def stands(home: Home, method: str) -> tuple[int, dict[str, Any]]:
    """Status and consent of an answer, without its receipt."""
    status, answer = await ask(home.client, method, CONSENT)
    assert answer.pop("receipt")
    return status, answer


async def test_a_new_household_has_granted_nothing(home: Home) -> None:
    nothing = {"state": "not-granted", "granted_at": None, "revoked_at": None, "text_version": None}
    assert await ask(home.client, "GET", CONSENT) == (200, nothing)


async def test_granting_and_revoking_note_their_moments(home: Home, clock: HandClock) -> None:
    granted_at = clock.now().isoformat().replace("+00:00", "Z")
    granted = {"state": "granted", "granted_at": granted_at, "revoked_at": None, "text_version": "2026-11"}
    assert await stands(home, "POST") == (201, granted)
    assert await stands(home, "GET") == (200, granted)
    clock.move(timedelta(days=30))
    revoked = granted | {"state": "revoked", "revoked_at": clock.now().isoformat().replace("+00:00", "Z")}
    assert await stands(home, "DELETE") == (200, revoked)
    assert await stands(home, "GET") == (200, revoked)


async def test_what_was_shown_is_named_by_version_and_hash(cloud: Cloud, home: Home) -> None:
    async with cloud.database() as database, database.read() as connection:
        texts = (await connection.execute(select(consent_text).where(consent_text.c.language == "en"))).one()
    shown = {"text_version": texts.version, "text_sha256": hashlib.sha256(texts.content.encode()).hexdigest()}
    status, consent = await ask(home.client, "POST", CONSENT, json=shown)
    assert status == 201
    assert consent["text_version"] == shown["text_version"]
    assert consent["receipt"]["statement"]["text_sha256"] == shown["text_sha256"]


@pytest.mark.parametrize("shown", [None, {}, {"text_version": "2026-11"}, {"text_sha256": GERMAN}])
async def test_whoever_does_not_say_which_text_means_the_current_one(home: Home, shown: dict[str, str] | None) -> None:
    status, consent = await ask(home.client, "POST", CONSENT, **({} if shown is None else {"json": shown}))
    assert status == 201
    assert consent["text_version"] == "2026-11"
    assert consent["receipt"]["statement"]["text_sha256"] == GERMAN


@pytest.mark.parametrize(
    ("shown", "field"),
    [
        ({"text_version": "2027-03"}, "/text_version"),
        ({"text_version": "2026-11", "text_sha256": "0" * 64}, "/text_sha256"),
        ({"text_sha256": "0" * 64}, "/text_sha256"),
        ({"text_version": "2026-11", "text_sha256": "short"}, "/text_sha256"),
    ],
)
async def test_a_text_that_was_never_published_is_refused(home: Home, shown: dict[str, str], field: str) -> None:
    assert await pointers(home.client, CONSENT, shown) == [field]
    assert (await ask(home.client, "GET", CONSENT))[1]["state"] == "not-granted"


async def test_a_text_that_is_added_is_the_current_one(
    cloud: Cloud, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text"
    file.write_text("I agree.")
    add = ("consent-text", "add", "2027-03", file, "--language", "en", "--data", cloud.folder.path, *cloud.options)
    assert run(*add) == 0
    sha256 = hashlib.sha256(b"I agree.").hexdigest()
    assert capsys.readouterr().out == f"{sha256}\n"
    assert run(*add) == 1
    assert "texts are never changed" in capsys.readouterr().err
    _, consent = await ask(home.client, "POST", CONSENT)
    assert (consent["text_version"], consent["receipt"]["statement"]["text_sha256"]) == ("2027-03", sha256)


@pytest.mark.parametrize(("version", "content"), [("not a version", b"I agree."), ("2027-03", b"\xff")])
async def test_what_is_no_text_is_not_added(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, content: bytes
) -> None:
    file = tmp_path / "text"
    file.write_bytes(content)
    assert run("consent-text", "add", version, file, "--data", cloud.folder.path, *cloud.options) == 1
    assert "expected one such as" in capsys.readouterr().err or content == b"\xff"


@pytest.mark.parametrize(
    ("before", "then", "expected"),
    [
        ([], "DELETE", 409),
        (["POST"], "POST", 409),
        (["POST", "DELETE"], "DELETE", 409),
        (["POST", "DELETE"], "POST", 409),
        ([], "POST", 201),
        (["POST"], "DELETE", 200),
    ],
)
async def test_anything_out_of_order_is_refused(home: Home, before: list[str], then: str, expected: int) -> None:
    for method in before:
        await ask(home.client, method, CONSENT)
    _, standing = await ask(home.client, "GET", CONSENT)
    status, body = await ask(home.client, then, CONSENT)
    assert status == expected
    if expected == 409:
        assert body["type"].endswith(":out-of-order")
        assert await ask(home.client, "GET", CONSENT) == (200, standing)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_of_many_at_the_same_moment_one_wins(home: Home, method: str) -> None:
    if method == "DELETE":
        await ask(home.client, "POST", CONSENT)
    answers = await asyncio.gather(*(ask(home.client, method, CONSENT) for _ in range(12)))
    assert sorted(status for status, _ in answers) == [201 if method == "POST" else 200] + [409] * 11


async def test_measurements_want_standing_consent(home: Home) -> None:
    series = f"/household/meter/{home.meter}/measurement"
    body = measured(home.meter, TIME)
    assert await code(home.client, "POST", UPLOAD, json=body) == (403, "no-consent")
    assert await ask(home.client, "GET", series) == (200, {"measurements": [], "next": None})

    await ask(home.client, "POST", CONSENT)
    _, page = await ask(home.client, "GET", series)
    assert page == {"measurements": [], "next": None}
    assert (await ask(home.client, "POST", UPLOAD, json=body))[0] == 200

    await ask(home.client, "DELETE", CONSENT)
    assert await code(home.client, "POST", UPLOAD, json=body) == (403, "no-consent")
    assert await code(home.client, "GET", series) == (403, "no-consent")


async def test_before_consent_the_registration_can_be_looked_at(home: Home) -> None:
    for path in ("/account", "/household", "/household/measurement_device", "/household/meter", "/household/pv_system"):
        assert (await ask(home.client, "GET", path))[0] == 200


async def test_after_revocation_nothing_but_that_is_told(granted: Home) -> None:
    await ask(granted.client, "DELETE", CONSENT)
    for path in ("/account", "/household", "/household/measurement_device", "/household/meter", "/household/pv_system"):
        assert await code(granted.client, "GET", path) == (403, "no-consent")
    assert (await ask(granted.client, "GET", CONSENT))[1]["state"] == "revoked"


async def test_a_batch_whose_body_comes_after_revocation_is_not_stored(cloud: Cloud, granted: Home) -> None:
    arrived, revoked = asyncio.Event(), asyncio.Event()

    async def slow_body() -> AsyncIterator[bytes]:
        yield b'{"measurements": '
        arrived.set()
        await revoked.wait()
        yield json.dumps(measured(granted.meter, TIME)["measurements"]).encode() + b"}"

    upload = asyncio.create_task(
        code(granted.client, "POST", UPLOAD, data=slow_body(), headers={"Content-Type": "application/json"})
    )
    await arrived.wait()
    async with cloud.device(granted.bundle) as other:
        await ask(other, "DELETE", CONSENT)
    revoked.set()
    assert await upload == (403, "no-consent")
    async with cloud.database() as database, database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM measurement")).scalar() == 0


async def test_consent_outlives_the_service(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    _, consent = await ask(granted.client, "GET", CONSENT)
    async with cloud.away(), cloud_process(cloud.folder.path, *cloud.options) as (_, listening):
        url = listening.device.at("localhost")
        async with session(url, cloud.folder.ca, granted.bundle) as client:
            assert await ask(client, "GET", CONSENT) == (200, consent)


async def test_what_is_agreed_to_is_shown_word_for_word_with_its_hash(home: Home) -> None:
    status, shown = await ask(home.client, "GET", f"{CONSENT}/text")
    assert (status, shown["version"]) == (200, "2026-11")
    assert {text["language"]: text["content"] for text in shown["texts"]} == m0004_privacy.FIRST_TEXTS
    assert {text["sha256"] for text in shown["texts"]} >= {GERMAN}
