"""Every address of the pages, one by one: without a code, after log-out, from elsewhere, with markup in each field."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from argon2 import PasswordHasher

from edge_app.store import fittings
from edge_app.web.access.codes import Codes, normal
from edge_app.web.keys import COOKIE
from edge_app.web.pages import ROUTES
from edge_app.web.setup.pages import ROUTES as SETUP
from tests.pages.home import EHZ, MT681, Home, at_home
from tests.pages.registered import registered

CODE, INSTALLERS = "K7QM-4XWT-9B2H", "3FPA-8NDE-ZR60"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CODES = Codes(participant=QUICK.hash(normal(CODE)), installer=QUICK.hash(normal(INSTALLERS)))
EVERY = [
    (route.method, route.path.replace("{uuid}", str(MT681)).replace("{seq:\\d{1,12}}", "1"))
    for route in (*ROUTES, *SETUP)
]
BEFORE_A_CODE = {"/enter", "/language"}
CLOSED = [(method, path) for method, path in EVERY if path not in BEFORE_A_CODE]
CHANGING = [(method, path) for method, path in EVERY if method != "GET"]
MARKUP = "<script>alert('x')</script>\"&"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path, codes=CODES) as there:
        yield there


async def ask(home: Home, method: str, path: str, **headers: str) -> ClientResponse:
    """Ask as a page of this device would, unless the headers say otherwise."""
    origin = {} if method == "GET" else {"Origin": str(home.browser.make_url("/")).rstrip("/")}
    return await home.browser.request(method, path, headers=origin | headers, allow_redirects=False)


async def shut(home: Home, method: str, path: str) -> bool:
    """Whether a route leads to the entrance, and tells nothing besides."""
    async with await ask(home, method, path) as response:
        text = await response.text()
        to_the_entrance = response.status == 303 and response.headers["Location"].startswith("/enter")
        return (to_the_entrance or response.status == 401) and len(text) < 100


def test_there_are_all_of_them() -> None:
    assert len(EVERY) > 35
    assert not [path for _, path in EVERY if "{" in path]


async def test_without_a_code_each_is_shut(home: Home) -> None:
    assert [route for route in CLOSED if not await shut(home, *route)] == []


@pytest.mark.parametrize("code", [CODE, INSTALLERS])
async def test_with_a_session_that_was_stolen_before_its_log_out_each_is_shut(home: Home, code: str) -> None:
    async with await home.enter(code) as response:
        stolen = response.history[0].cookies[COOKIE].value
    of = "/consent" if code == CODE else "/setup"
    await (await home.send("/leave", of=of)).release()
    home.browser.session.cookie_jar.update_cookies({COOKIE: stolen}, home.browser.make_url("/"))
    assert [route for route in CLOSED if not await shut(home, *route)] == []


@pytest.mark.parametrize(("code", "installer"), [(CODE, False), (INSTALLERS, True)])
async def test_each_opens_to_those_alone_whom_it_is_for(home: Home, code: str, installer: bool) -> None:
    await (await home.enter(code)).release()
    foreign = [route for route in CLOSED if route[1].startswith("/setup") is not installer and route[1] != "/leave"]
    assert len(foreign) > 10
    assert [route for route in foreign if not await shut(home, *route)] == []


async def test_by_another_name_none_is_answered(home: Home) -> None:
    await (await home.enter(CODE)).release()
    for method, path in (*EVERY, ("GET", "/static/style.css"), ("GET", "/nowhere")):
        async with await ask(home, method, path, Host="evil.example") as response:
            assert response.status == 421, (method, path)


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}]
)
@pytest.mark.parametrize("code", [CODE, INSTALLERS])
async def test_nothing_changes_at_the_word_of_another_origin(home: Home, code: str, headers: dict[str, str]) -> None:
    await (await home.enter(code)).release()
    for method, path in CHANGING:
        async with await ask(home, method, path, **headers) as response:
            assert response.status == 403, path
            assert not [name for name in response.headers if name.startswith("Access-Control")]
    assert home.decided == home.told == []


async def test_nothing_changes_without_the_token_of_the_session(home: Home) -> None:
    for code, of in ((CODE, "/consent"), (INSTALLERS, "/setup")):
        await (await home.enter(code)).release()
        for method, path in CHANGING:
            if path not in BEFORE_A_CODE and path.startswith("/setup") is (code == INSTALLERS):
                async with await ask(home, method, path) as response:
                    assert response.status == 403, path
        await (await home.send("/leave", of=of)).release()
    assert home.decided == home.told == []


async def test_every_answer_is_marked(home: Home) -> None:
    for method, path in EVERY:
        async with await ask(home, method, path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self'; object-src 'none'; frame-ancestors 'none'"), path
            assert response.headers["Cache-Control"] == "no-store"


SET_UP = ("", "head", "plants", "pin", "trial", "slip", "plugins")
FORMS = {
    "/setup/probe": ("port",),
    "/setup/head": ("model", "meter"),
    "/setup/plants": ("plant",),
    "/setup/pin": ("pin",),
    "/setup/pin/display": ("shows",),
    "/setup/trial": (),
}


async def test_markup_in_any_field_of_the_set_up_stays_text(home: Home) -> None:
    home.answers |= registered(MARKUP)
    home.unfit[MARKUP] = MARKUP
    await (await home.enter(INSTALLERS)).release()
    port = f"/dev/{MARKUP}"
    pages = [f"/setup/{name}".rstrip("/") for name in SET_UP]
    await home.store.run(fittings.fit, EHZ, "MT681", port)
    for page in pages:
        async with home.browser.get(page, params={"port": port}) as response:
            unharmed(await response.text(), page)
    for path, fields in FORMS.items():
        form = dict.fromkeys(fields, MARKUP)
        query = home.browser.make_url(path).with_query(port=port)
        async with await home.send(str(query.relative()), of="/setup", **form) as response:
            assert response.status in {200, 422}, path
            unharmed(await response.text(), path)


def unharmed(text: str, page: str) -> None:
    assert "<script>alert" not in text, page
    assert f'"{MARKUP[:8]}' not in text, page
