"""The Status Frontend as an administrator uses it."""

import io
import zipfile
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from cloud_api.access.shared_secrets import Group
from cloud_api.api.door import DIAGNOSTICS, WANTED
from cloud_api.pages import words
from cloud_api.pages.status import live
from cloud_api.store.silence import LONGEST
from cloud_api.watch.explaining import every
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, fresh_draft
from tests.registration.person import Person, person
from tests.status.watching import watch

AGENT = {"User-Agent": "zaehlwerk-edge/0.1.0 (python/3.11.2)", "Zaehlwerk-State": "buffered=12, update=current"}
MINUTE = timedelta(minutes=1)


async def test_the_worst_device_stands_first_with_cause_and_since(
    cloud: Cloud, granted: Home, administrator: Person
) -> None:
    await cloud.add_household(fresh_draft())
    report = f"/household/meter/{granted.meter}/incident/report"
    assert (await ask(granted.client, "POST", report, json={"kind": "SERIAL-PORT-UNAVAILABLE", "cause": "absent"}))[
        0
    ] == 200
    async with watch(cloud) as rounds:
        await rounds.one()
    page = await administrator.open()
    assert page.status == 200
    assert page.heading == "Devices"
    assert page.words.index("Erika Mustermann") < page.words.index("Max Muster")
    assert "The reading head is not plugged in." in page.words
    assert "erika@example.org" not in page.text


async def test_filters_narrow_the_list_and_strange_ones_are_left_out(
    cloud: Cloud, granted: Home, administrator: Person
) -> None:
    await cloud.add_household(fresh_draft())
    for query, shown, hidden in (
        ("?consent=granted", "Erika Mustermann", "Max Muster"),
        ("?text=max", "Max Muster", "Erika Mustermann"),
        (f"?text={granted.device[:8]}", "Erika Mustermann", "Max Muster"),
        ("?standing=well", "No device fits.", "Erika Mustermann"),
    ):
        page = await administrator.open(query)
        assert shown in page.words, query
        assert hidden not in page.words, query
    page = await administrator.open("?standing=glad&consent=&cursor=none")
    assert "Erika Mustermann" in page.words


async def test_many_devices_come_page_by_page(cloud: Cloud, administrator: Person) -> None:
    devices = [{"name": f"cellar {number}"} for number in range(3)]
    household = await cloud.add_household(fresh_draft(measurement_devices=devices))
    async with cloud.people(Group.ADMINISTRATOR) as people:
        seen, cursor = [], ""
        for _ in range(3):
            _, body = await ask(people, "GET", f"/management/status?limit=1{cursor}")
            seen += [device["uuid"] for device in body["devices"]]
            cursor = f"&cursor={body['next']}"
    assert sorted(seen) == sorted(device["uuid"] for device in household["measurement_devices"])
    assert cursor == "&cursor=None"


async def test_the_page_of_a_device_tells_all_of_it(
    cloud: Cloud, granted: Home, administrator: Person, clock: HandClock
) -> None:
    async with granted.client.get("/household/consent", headers=AGENT) as answer:
        assert answer.status == 200
    time = (clock.now() + MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock.move(LONGEST)
    assert (await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, time), headers=AGENT))[0] == 200
    clock.move(LONGEST + MINUTE)
    async with watch(cloud) as rounds:
        rounds.since -= LONGEST
        await rounds.one()
    await administrator.log_in(cloud.secret(Group.ADMINISTRATOR))  # the session has ended meanwhile
    page = await administrator.open(f"/{granted.device}")
    assert page.status == 200
    assert "Erika Mustermann, cellar" in page.heading
    for told in (
        "Nothing was heard of the device for three hours.",
        "Next step: Ask the household whether it has power and network",
        "Measurements that wait on it 12",
        "Update up to date",
        f"cloud-api ssh {granted.device}",
        "zaehlwerk-edge 0.1.0, python 3.11.2",
        "Gaps of MT681",
    ):
        assert told in page.words, told
    assert 'class="missing"' in page.text


@pytest.mark.parametrize("path", ["/nobody", "/3c1de3a4-63a4-4a76-8d2d-5a4cf37a9c1e"])
async def test_a_device_that_is_none_is_not_found(administrator: Person, path: str) -> None:
    assert (await administrator.open(path)).status == 404


async def test_diagnostics_are_asked_for_sent_at_the_next_contact_and_fetched(
    granted: Home, administrator: Person
) -> None:
    sending = "/household/measurement_device/diagnostics"
    files = {"files": {"health.txt": "disk: 71 % free\n"}}
    assert await ask(granted.client, "POST", sending, json=files) == (200, {"kept": False})
    async with granted.client.get("/household/consent") as answer:
        assert WANTED not in answer.headers
    page = await administrator.send(f"/{granted.device}/diagnostics", {})
    assert "the device sends them at its next contact" in page.words
    async with granted.client.get("/household/consent") as answer:
        assert answer.headers[WANTED] == DIAGNOSTICS
    assert await ask(granted.client, "POST", sending, json=files) == (200, {"kept": True})
    async with granted.client.get("/household/consent") as answer:
        assert WANTED not in answer.headers
    page = await administrator.open(f"/{granted.device}")
    assert "Download those of" in page.words
    fetched = await administrator.open(f"/{granted.device}/diagnostics")
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert archive.read("health.txt") == b"disk: 71 % free\n"


async def test_diagnostics_are_gone_once_consent_is_revoked(granted: Home, administrator: Person) -> None:
    await administrator.send(f"/{granted.device}/diagnostics", {})
    sending = "/household/measurement_device/diagnostics"
    assert (await ask(granted.client, "POST", sending, json={"files": {"a.txt": "b"}}))[1] == {"kept": True}
    assert (await ask(granted.client, "DELETE", "/household/consent"))[0] == 200
    assert (await administrator.open(f"/{granted.device}/diagnostics")).status == 404


async def test_asking_needs_the_word_of_the_page(granted: Home, administrator: Person) -> None:
    administrator.csrf = "0"
    assert (await administrator.send(f"/{granted.device}/diagnostics", {})).status == 403


async def test_a_researcher_does_not_get_in(cloud: Cloud) -> None:
    async with person(cloud, "status", None) as someone:
        page = await someone.log_in(cloud.secret(Group.RESEARCHER))
    assert page.status == 403


async def test_changes_are_told_as_they_happen(
    cloud: Cloud, granted: Home, administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(live, "LONGEST", 10.0)
    async with administrator.client.get("/status/live") as answer:
        assert answer.content_type == "text/event-stream"
        first = await _next_state(answer.content)
        report = f"/household/meter/{granted.meter}/incident/report"
        assert (await ask(granted.client, "POST", report, json={"kind": "SERIAL-PORT-UNAVAILABLE"}))[0] == 200
        assert await _next_state(answer.content) != first


async def _next_state(content) -> str:  # type: ignore[no-untyped-def]
    while True:
        line = (await content.readline()).decode()
        assert line, "the stream ended"
        if line.startswith("data: "):
            return str(line)


async def test_a_stream_ends_by_itself(administrator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(live, "LONGEST", 0.03)
    page = await administrator.open("/live")
    assert page.text.startswith(f"retry: {live.AGAIN}\n\n")
    assert page.text.count("event: state") == 1


async def test_the_pages_speak_german(cloud: Cloud, granted: Home) -> None:
    async with person(cloud, "status", Group.ADMINISTRATOR, language="de") as someone:
        assert (await someone.open()).heading == "Geräte"
        assert "Diagnose anfordern" in (await someone.open(f"/{granted.device}")).words


def test_every_explanation_is_translated() -> None:
    german = words.of("de")
    for explained in every():
        for sentence in explained:
            assert german.say(sentence) != sentence


def test_every_sentence_of_the_pages_is_translated() -> None:
    german = words.of("de").translations
    folder = Path(str(files("zaehlwerk_templates") / "cloud" / "status"))
    found = extract_from_dir(folder, [("**.html", "jinja2")], options_map={"**.html": {"trimmed": "false"}})
    missing = {
        message
        for _, _, messages, _, _ in found
        for message in (messages if isinstance(messages, tuple) else (messages,))
        if message and message not in german._catalog
    }
    missing -= {message for message in missing if (message, 0) in german._catalog or message == "%(num)s days"}
    assert missing == set()
