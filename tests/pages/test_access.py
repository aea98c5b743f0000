"""Nobody sees a page without the code, no page from elsewhere changes anything, and a log-out ends the session."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from edge_app.web.access.attempts import LONGEST, REMEMBERED, Attempts
from edge_app.web.access.codes import Codes, Role, normal
from edge_app.web.access.sessions import IDLE, LASTING, MOST, Sessions
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import COOKIE
from tests.pages.home import AT, Home, at_home

CODE, INSTALLERS = "K7QM-4XWT-9B2H", "3FPA-8NDE-ZR60"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CODES = Codes(participant=QUICK.hash(normal(CODE)), installer=QUICK.hash(normal(INSTALLERS)))
ENGLISH = Reader("en")
PAGES = ["/", "/consent", "/measurements", "/meters", "/uploads", "/registration"]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path, codes=CODES) as there:
        yield there


class TestTheCode:
    @pytest.mark.parametrize("path", PAGES)
    async def test_without_it_every_page_leads_to_the_entrance(self, home: Home, path: str) -> None:
        async with home.browser.get(path, headers={"Accept-Language": "en"}) as response:
            assert response.url.path == "/enter"
            assert ENGLISH.say("enter.heading") in await response.text()

    @pytest.mark.parametrize("path", ["/live", "/measurements.csv", "/measurements.json"])
    async def test_without_it_no_value_is_told(self, home: Home, path: str) -> None:
        async with home.browser.get(path, allow_redirects=False) as response:
            assert response.status in {401, 303}

    @pytest.mark.parametrize("typed", [CODE, "k7qm4xwt9b2h", " K7QM 4XWT 9B2H "])
    async def test_it_opens_the_pages_however_it_is_typed(self, home: Home, typed: str) -> None:
        async with await home.enter(typed) as response:
            assert response.url.path == "/"
            cookie = response.history[0].cookies[COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert ENGLISH.say("home.not_granted") in await home.read()

    async def test_letters_that_look_like_digits_are_read_as_these(self) -> None:
        assert normal("oOiIlL-01") == "00111101"

    async def test_it_leads_on_to_the_page_that_was_asked_for_and_never_elsewhere(self, home: Home) -> None:
        for wanted, reached in (("/consent", "/consent"), ("//evil.example/", "/"), ("https://evil.example/", "/")):
            async with await home.send("/enter", of="/enter", code=CODE, next=wanted) as response:
                assert (response.url.host, response.url.path) == ("127.0.0.1", reached)

    async def test_a_wrong_one_is_said_and_after_five_one_waits_longer_each_time(self, home: Home) -> None:
        for status in (403, 403, 403, 403, 429, 429):
            async with await home.enter("AAAA-AAAA-AAAA") as response:
                assert response.status == status
        async with await home.enter(CODE) as response:
            assert response.status == 429
            assert ENGLISH.say("enter.wait", n=15) in await response.text()
        await home.clock.advance(901)
        async with await home.enter("AAAA-AAAA-AAAA") as response:
            assert ENGLISH.say("enter.wait", n=30) in await response.text()
        await home.clock.advance(1801)
        async with await home.enter(CODE) as response:
            assert response.url.path == "/"

    async def test_after_a_wrong_one_it_still_leads_to_the_page_that_was_wanted(self, home: Home) -> None:
        async with await home.send("/enter", of="/enter", code="AAAA-AAAA-AAAA", next="/consent") as response:
            assert 'name="next" value="/consent"' in await response.text()
        async with await home.send("/enter", of="/enter", code=CODE, next="//evil.example") as response:
            assert response.url.path == "/"

    async def test_the_installer_s_opens_the_set_up_and_nothing_of_the_participant(self, home: Home) -> None:
        async with await home.send("/enter", of="/enter", code=INSTALLERS, next="/measurements") as response:
            assert response.history[0].headers["Location"] == "/setup"
        async with home.browser.get("/measurements") as response:
            assert response.url.path == "/enter"

    async def test_the_participant_s_does_not_open_the_set_up(self, home: Home) -> None:
        await (await home.enter(CODE)).release()
        async with home.browser.get("/setup") as response:
            assert response.url.path == "/enter"

    async def test_a_hash_that_is_none_opens_nothing(self) -> None:
        assert await Codes(participant="nonsense").role_of("nonsense") is None


class TestTheSession:
    async def test_it_is_over_on_the_device_after_log_out_whoever_has_kept_the_cookie(self, home: Home) -> None:
        async with await home.enter(CODE) as response:
            stolen = response.history[0].cookies[COOKIE].value
        await (await home.send("/leave")).release()
        home.browser.session.cookie_jar.clear()
        async with home.browser.get("/", cookies={COOKIE: stolen}) as response:
            assert response.url.path == "/enter"

    async def test_it_ends_by_itself_when_nobody_uses_it(self, home: Home) -> None:
        await (await home.enter(CODE)).release()
        await home.clock.advance(IDLE + 1)
        async with home.browser.get("/") as response:
            assert response.url.path == "/enter"

    async def test_it_ends_after_half_a_day_however_much_it_is_used(self, home: Home) -> None:
        await (await home.enter(CODE)).release()
        for _ in range(int(LASTING / IDLE) * 2 - 1):
            await home.clock.advance(IDLE / 2)
            async with home.browser.get("/") as response:
                assert response.url.path == "/"
        await home.clock.advance(IDLE / 2)
        async with home.browser.get("/") as response:
            assert response.url.path == "/enter"

    async def test_of_too_many_the_oldest_goes(self, home: Home) -> None:
        sessions = Sessions(home.clock)
        cookies = [sessions.begin(Role.PARTICIPANT)[0] for _ in range(MOST + 1)]
        assert sessions.find(cookies[0]) is None
        assert sessions.find(cookies[1])

    async def test_attempts_are_remembered_of_so_many_addresses_and_waits_end(self, home: Home) -> None:
        attempts = Attempts(home.clock)
        for number in range(REMEMBERED + 1):
            for _ in range(30 if number == REMEMBERED else 5):
                attempts.failed(str(number))
        assert attempts.wait("0") == 0
        assert attempts.wait("1") > 0
        assert attempts.wait(str(REMEMBERED)) == LONGEST


class TestForms:
    async def test_without_the_token_of_the_session_nothing_is_changed(self, home: Home) -> None:
        await (await home.enter(CODE)).release()
        origin = {"Origin": str(home.browser.make_url("/")).rstrip("/")}
        for form in ({}, {"form_token": "x"}):
            async with home.browser.post("/consent/grant", data={"sure": "yes", **form}, headers=origin) as response:
                assert response.status == 403
        assert home.decided == []

    async def test_without_a_session_none_is_taken(self, home: Home) -> None:
        async with await home.send("/consent/grant", of="/enter", sure="yes") as response:
            assert response.status == 401

    async def test_only_forms_are_taken(self, home: Home) -> None:
        origin = {"Origin": str(home.browser.make_url("/")).rstrip("/")}
        async with home.browser.post("/enter", json={"code": CODE}, headers=origin) as response:
            assert response.status == 415

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://HOST"}, 403),
            ({}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://HOST"}, 403),
            ({"Sec-Fetch-Site": "same-origin"}, 401),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "http://HOST"}, 401),
            ({"Origin": "http://HOST"}, 401),
        ],
    )
    async def test_only_a_page_of_this_device_may_change_anything(
        self, home: Home, headers: dict[str, str], status: int
    ) -> None:
        host = home.browser.make_url("/").authority
        sent = {name: value.replace("HOST", host) for name, value in headers.items()}
        async with home.browser.post("/consent/grant", headers=sent) as response:
            assert response.status == status


class TestTheGuard:
    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("192.168.1.7:8080", 200),
            ("[fe80::1]:8080", 200),
            ("localhost", 200),
            ("zaehler.local:8080", 200),
            ("ZAEHLER.local", 200),
            ("evil.example", 421),
            ("zaehler.local.evil.example", 421),
            ("a b", 421),
            ("", 421),
        ],
    )
    async def test_it_answers_to_its_own_names_alone(self, home: Home, host: str, status: int) -> None:
        async with home.browser.get("/enter", headers={"Host": host}) as response:
            assert response.status == status

    async def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(self, home: Home) -> None:
        await (await home.enter(CODE)).release()
        for path, status in (("/", 200), ("/static/style.css", 200), ("/nowhere", 404), ("/consent/grant", 405)):
            async with home.browser.get(path) as response:
                assert response.status == status
                assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
                assert "unsafe" not in response.headers["Content-Security-Policy"]
                assert "Access-Control-Allow-Origin" not in response.headers

    async def test_pages_are_not_kept_and_the_style_sheet_is(self, home: Home) -> None:
        text = await home.read("/enter")
        style = text.split('rel="stylesheet" href="')[1].split('"')[0]
        for path, kept in (("/enter", "no-store"), ("/static/style.css", "no-cache"), (style, "immutable")):
            async with home.browser.get(path) as response:
                assert kept in response.headers["Cache-Control"]


class TestWithoutCodes:
    async def test_the_pages_are_open_on_the_device_itself(self, tmp_path: Path) -> None:
        async with at_home(tmp_path) as bench:
            assert ENGLISH.say("home.not_granted") in await bench.read()

    async def test_and_to_nobody_in_the_network(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        async with at_home(tmp_path) as bench:
            monkeypatch.setattr("aiohttp.web.BaseRequest.remote", "192.168.1.20")
            assert "no access codes" in await bench.read(status=403)
            monkeypatch.setattr("aiohttp.web.BaseRequest.remote", None)
            assert "no access codes" in await bench.read(status=403)


class TestTheLanguage:
    async def test_it_is_the_browser_s_unless_the_switch_says_otherwise(self, home: Home) -> None:
        assert '<html lang="de">' in await home.read("/enter", "fr,it;q=0.5")
        assert '<html lang="en">' in await home.read("/enter", "fr,en-GB;q=0.5,de;q=0.1")
        async with await home.send("/language", of="/enter", to="en", back="/enter") as response:
            assert response.url.path == "/enter"
        assert '<html lang="en">' in await home.read("/enter", "de")
        await (await home.send("/language", of="/enter", to="xx", back="/enter")).release()
        assert '<html lang="en">' in await home.read("/enter", "de")
        assert home.clock.now() == AT
