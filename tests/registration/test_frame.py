"""The frame of the frontends: who is let in, for how long, and what is refused."""

import io
from datetime import timedelta

import pytest
from aiohttp import FormData

from cloud_api.access.shared_secrets import Group, change, end_change
from cloud_api.pages.data_api import DataApi
from cloud_api.pages.gate import HEADERS, LARGEST
from cloud_api.pages.sessions import IDLE, LONGEST, Sessions
from tests.cloud.running import Cloud, HandClock
from tests.registration.person import Person, person


async def test_nobody_sees_a_page_before_logging_in(cloud: Cloud) -> None:
    async with person(cloud, "registration", None) as stranger:
        page = await stranger.open("")

        assert page.path == "/registration/login?to=/registration"
        assert page.heading == "Registration Frontend"


async def test_the_bare_address_leads_to_a_frontend_and_each_log_in_to_the_other(cloud: Cloud) -> None:
    async with person(cloud, "status", None) as stranger:
        async with stranger.client.get("/", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/registration")
        page = await stranger.open("/login")
        assert '<a href="/registration/login">Registration Frontend</a>' in page.text


async def test_the_secret_of_the_group_opens_the_frontend_and_stays_out_of_pages_and_cookies(
    cloud: Cloud, researcher: Person
) -> None:
    page = await researcher.open("")

    assert page.path == "/registration"
    secret = cloud.secret(Group.RESEARCHER)
    assert secret not in page.text
    cookies = list(researcher.client.cookie_jar)
    assert cookies
    for cookie in cookies:
        assert cookie.key.startswith("__Host-")
        assert secret not in cookie.value
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")


async def test_the_sessions_folder_alone_gives_no_secret_away(cloud: Cloud, researcher: Person) -> None:
    (kept,) = list((cloud.folder.sessions / "registration").iterdir())

    assert cloud.secret(Group.RESEARCHER).encode() not in kept.read_bytes()
    token = next(iter(researcher.client.cookie_jar)).value
    assert token not in kept.name


@pytest.mark.parametrize(
    ("secret", "status", "words"),
    [("wrong", 401, "not one of ours"), ("ümlaut", 401, "not one of ours"), ("", 401, "not one of ours")],
)
async def test_another_word_is_not_the_secret(cloud: Cloud, secret: str, status: int, words: str) -> None:
    async with person(cloud, "registration", None) as stranger:
        page = await stranger.log_in(secret)

        assert page.status == status
        assert words in page.words


async def test_the_secret_of_the_other_group_does_not_open_the_frontend(cloud: Cloud) -> None:
    async with person(cloud, "registration", None) as stranger:
        page = await stranger.log_in(cloud.secret(Group.ADMINISTRATOR))

        assert page.status == 403
        assert "another group" in page.words


async def test_who_guesses_too_often_has_to_wait_even_with_the_right_secret(cloud: Cloud, clock: HandClock) -> None:
    async with person(cloud, "registration", None) as stranger:
        for _ in range(5):
            assert (await stranger.log_in("wrong")).status == 401
        page = await stranger.log_in(cloud.secret())

        assert page.status == 429
        assert int(page.headers["Retry-After"]) > 0
        clock.move(timedelta(minutes=1))
        assert (await stranger.log_in(cloud.secret())).status == 200


async def test_logging_out_ends_the_session_here_too(researcher: Person) -> None:
    stolen = {cookie.key: cookie.value for cookie in researcher.client.cookie_jar}

    page = await researcher.send("/logout")

    assert page.path == "/registration/login"
    again = await researcher.open("", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in stolen.items())})
    assert again.path.startswith("/registration/login")


@pytest.mark.parametrize(
    ("step", "times"), [(IDLE + timedelta(seconds=1), 1), (IDLE / 2, int(LONGEST / (IDLE / 2)) + 1)]
)
async def test_a_session_ends_when_idle_and_in_any_case_after_half_a_day(
    clock: HandClock, researcher: Person, step: timedelta, times: int
) -> None:
    for before in range(times):
        assert (await researcher.open("")).path == "/registration", before
        clock.move(step)

    assert (await researcher.open("")).path.startswith("/registration/login")


async def test_a_session_that_ended_is_removed_when_somebody_logs_in(cloud: Cloud, clock: HandClock) -> None:
    sessions = Sessions(cloud.folder.sessions / "registration", clock)
    sessions.begin("secret", "J")
    clock.move(IDLE + timedelta(seconds=1))
    sessions.begin("secret", "J")

    assert len(list((cloud.folder.sessions / "registration").iterdir())) == 1


async def test_a_secret_that_was_changed_ends_the_sessions_that_hold_it(cloud: Cloud, researcher: Person) -> None:
    change(cloud.folder.secrets, Group.RESEARCHER)
    assert (await researcher.open("")).path == "/registration"
    end_change(cloud.folder.secrets, Group.RESEARCHER)

    assert (await researcher.open("")).path.startswith("/registration/login")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example.org"}, 421),
        ({"Host": "a b"}, 421),
        ({"Origin": "https://evil.example.org", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example.org"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "application/json"}, 415),
    ],
)
async def test_a_form_from_elsewhere_is_refused(researcher: Person, headers: dict[str, str], status: int) -> None:
    page = await researcher.send("/logout", headers=headers)

    assert page.status == status


async def test_a_form_without_any_word_on_its_page_is_refused(researcher: Person) -> None:
    page = await researcher._ask("POST", "/logout", data={"csrf": researcher.csrf})

    assert page.status == 403


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ß"])
async def test_a_form_without_the_word_of_its_session_is_refused(researcher: Person, csrf: str) -> None:
    researcher.csrf = csrf

    assert (await researcher.send("/logout")).status == 403


@pytest.mark.parametrize("path", ["", "/nowhere", "/login", "/static/style.css", "/static/nothing.css", "/language/fr"])
async def test_every_answer_carries_the_content_policy(researcher: Person, path: str) -> None:
    page = await researcher.open(path)

    assert {name: page.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "<script>" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize(
    "to", ["https://evil.example.org", "//evil.example.org", "/status", "/registration//x", "/registrationx", "\\x"]
)
async def test_logging_in_leads_nowhere_else(cloud: Cloud, to: str) -> None:
    async with person(cloud, "registration", None) as stranger:
        page = await stranger.send("/login", {"name": "J", "secret": cloud.secret(), "to": to})

        assert page.path == "/registration"


async def test_the_language_is_the_browsers_until_another_is_chosen(cloud: Cloud) -> None:
    async with person(cloud, "registration", None, language="de-AT,en;q=0.5") as stranger:
        assert '<html lang="de">' in (await stranger.open("/login")).text
        page = await stranger.open("/language/en?to=/registration/login")
        assert page.path == "/registration/login"
        assert '<html lang="en">' in page.text


async def test_who_asks_for_too_many_pages_has_to_wait(researcher: Person) -> None:
    statuses = {(await researcher.open("/language/fr")).status for _ in range(241)}

    assert statuses == {404, 429}


async def test_a_form_that_is_too_large_is_refused_with_a_word(researcher: Person) -> None:
    form = FormData({"file": io.BytesIO(b"x" * (LARGEST + 1))})

    page = await researcher.send("/import", form)

    assert page.status == 413
    assert page.heading == "This is too large"


async def test_a_page_with_a_fault_tells_a_number_and_nothing_of_the_fault(
    researcher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DataApi, "get", None)

    page = await researcher.open("/participation")

    assert page.status == 500
    assert "The log knows more under" in page.words
    assert "NoneType" not in page.text
