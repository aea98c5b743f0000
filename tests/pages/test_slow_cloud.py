"""A cloud that takes questions and answers none keeps no page waiting longer than is promised, all in all."""

import asyncio
from datetime import timedelta

import pytest

from edge_app.web.frame.reader import Reader
from edge_app.web.participant.inquiries import PATIENCE
from tests.pages.home import AT, Home
from tests.pages.registered import registered
from tests.waiting import until

ENGLISH = Reader("en")
OF_THE_CLOUD = ["/", "/consent", "/measurements?span=year", "/meters", "/registration"]
SET_UP = ["/setup", "/setup/slip", "/setup/head?port=/dev/x"]
PAGES = [*OF_THE_CLOUD, *SET_UP, "/measurements", "/measurements?span=week", "/uploads"]


def waits() -> bool:
    """Whether a page is waiting for the cloud."""
    return any(task.get_name() == "enough of waiting" for task in asyncio.all_tasks())


async def read_by_hand(home: Home, path: str) -> str:
    """Read a page while no time passes but what it is promised to wait."""
    reading = asyncio.create_task(home.read(path))
    await until(lambda: reading.done() or waits(), seconds=30)
    await home.clock.advance(PATIENCE)
    async with asyncio.timeout(30):
        return await reading


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_which_nothing_is_known_is_answered(home: Home, path: str) -> None:
    await home.grant_here()
    home.cloud_hangs = True
    assert "<h1" in await read_by_hand(home, path)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_shows_what_is_known_and_says_how_old_it_is(home: Home, path: str) -> None:
    await home.grant_here()
    home.answers |= registered("Erika Mustermann") | {"household/ledger": {"completeness": 0.98765}}
    await home.read(path)
    home.cloud_hangs = True
    home.clock.set(AT + timedelta(hours=2))
    text = await read_by_hand(home, path)
    if path in {"/", "/meters", "/registration", "/setup", "/setup/head?port=/dev/x"}:
        assert ENGLISH.say("frame.as_of", moment=ENGLISH.moment(AT)) in text


async def test_a_question_is_not_asked_again_while_it_is_being_asked(home: Home) -> None:
    home.cloud_hangs = True
    for _ in range(3):
        await read_by_hand(home, "/registration")
    asking = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("ask ")]
    assert len(asking) == len(set(asking)) > 0
