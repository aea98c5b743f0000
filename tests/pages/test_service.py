"""The resident allows service from afar for a day, ends it, and sees when somebody was there."""

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from edge_app.web.access.codes import Codes, normal
from edge_app.web.frame.words import LANGUAGES
from tests.pages.home import AT, Mode, at_home
from tests.pages.test_participant import ENGLISH

CODE = "K7QM-4XWT-9B2H"
CLOSED, ALLOWED = ENGLISH.say("meters.service_closed"), ENGLISH.say("meters.service_end")
A_DAY = timedelta(days=1).total_seconds()


async def test_service_is_allowed_for_a_day_and_no_longer(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        assert CLOSED in await home.read("/meters")
        assert (await home.send("/service/allow", of="/meters")).status == 200
        assert ALLOWED in await home.read("/meters")
        await home.clock.advance(A_DAY)
        assert CLOSED in await home.read("/meters")


async def test_service_ends_when_the_resident_says_so(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.send("/service/allow", of="/meters")
        await home.send("/service/end", of="/meters")
        assert CLOSED in await home.read("/meters")


async def test_a_permission_of_a_clock_that_was_far_ahead_is_none(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        home.clock.set(AT + timedelta(days=300))
        await home.send("/service/allow", of="/meters")
        home.clock.set(AT)
        assert CLOSED in await home.read("/meters")


async def test_a_way_into_the_house_asks_for_the_code_once_more(tmp_path: Path) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    async with at_home(tmp_path, codes=Codes(participant=quick.hash(normal(CODE)))) as home:
        await home.enter(CODE)
        answer = await home.send("/service/allow", of="/meters", code="WRONG")
        assert answer.status == 403
        assert ENGLISH.say("consent.wrong_code") in await answer.text()
        assert CLOSED in await home.read("/meters")
        assert (await home.send("/service/allow", of="/meters", code=CODE)).status == 200
        assert ALLOWED in await home.read("/meters")


@pytest.mark.parametrize(("mode", "said"), [("always", "service_always"), ("off", "service_off")])
async def test_where_nobody_is_asked_the_page_says_so_and_takes_no_permission(
    tmp_path: Path, mode: Mode, said: str
) -> None:
    async with at_home(tmp_path, mode=mode) as home:
        assert ENGLISH.say(f"meters.{said}") in await home.read("/meters")
        assert (await home.send("/service/allow", of="/consent")).status == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_session_is_told_with_its_moment_the_newest_first(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "tunnel"
    async with at_home(tmp_path) as home:
        assert ENGLISH.say("meters.service_none") in await home.read("/meters")
        folder.mkdir()
        (folder / "sessions").write_text("2026-11-23T08:00:00Z 17\n2026-11-24T09:30:00Z 18\nnonsense 19\n2026-11-24T0")
        text = await home.read("/meters", language)
    assert ENGLISH.say("meters.service_none") not in text
    shown = text[text.index('id="service"') :]
    newest, oldest = (shown.index(f"{day}") for day in ("24", "23"))
    assert newest < oldest
    assert shown.count("<li>") == 2
