"""What is asked for at the same time is done at once, and what refuses one harms no other."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from cloud_api.store.intake import MOST
from cloud_api.store.together import Together
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud
from tests.waiting import until

pytestmark = pytest.mark.both_databases


class Doubling:
    """Doubles numbers; refuses 13, and fails over -1 with all that came with it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.go_on = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(numbers))
        await self.go_on.wait()
        if -1 in numbers:
            raise ZeroDivisionError
        return [ValueError(number) if number == 13 else 2 * number for number in numbers]


async def test_who_comes_while_a_group_is_done_is_in_the_next() -> None:
    do = Doubling()
    async with Together[int, int].open(do, most=3) as together:
        asked = [asyncio.create_task(together.ask(number)) for number in range(6)]
        await asyncio.sleep(0)
        do.go_on.set()
        assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8, 10]
        assert await together.ask(21) == 42
    assert do.groups == [[0, 1, 2], [3, 4, 5], [21]]


async def test_a_refusal_of_one_leaves_the_others() -> None:
    do = Doubling()
    do.go_on.set()
    async with Together[int, int].open(do, most=9) as together:
        answers = await asyncio.gather(*map(together.ask, (1, 13, 2)), return_exceptions=True)
    assert [answers[0], type(answers[1]), answers[2]] == [2, ValueError, 4]
    assert do.groups == [[1, 13, 2]]


async def test_only_who_is_the_reason_of_a_failure_fails() -> None:
    do = Doubling()
    do.go_on.set()
    async with Together[int, int].open(do, most=9) as together:
        answers = await asyncio.gather(*map(together.ask, (1, -1, 2)), return_exceptions=True)
    assert [answers[0], type(answers[1]), answers[2]] == [2, ZeroDivisionError, 4]
    assert do.groups == [[1, -1, 2], [1], [-1], [2]]


async def test_who_went_away_is_not_done_and_in_nobody_s_way() -> None:
    do = Doubling()
    async with Together[int, int].open(do, most=1) as together:
        asked = [asyncio.create_task(together.ask(number)) for number in range(3)]
        await until(lambda: do.groups == [[0]])
        for gone in asked[:2]:
            gone.cancel()
        await asyncio.sleep(0)
        do.go_on.set()
        assert await asked[2] == 4
    assert do.groups == [[0], [2]]


async def test_what_was_asked_for_is_done_before_the_end() -> None:
    do = Doubling()
    async with Together[int, int].open(do, most=1) as together:
        asked = [asyncio.create_task(together.ask(number)) for number in range(3)]
        await asyncio.sleep(0)
        do.go_on.set()
    assert [task.result() for task in asked] == [0, 2, 4]


async def test_uploads_of_one_group_are_answered_each_for_itself(cloud: Cloud, granted: Home) -> None:
    """More than one group's worth at the same moment: good ones, another's meter, and twice the same."""
    bodies = [measured(granted.meter, f"2026-11-{day:02}T{hour:02}:00:00Z") for day in (1, 2) for hour in range(24)]
    stranger = measured(str(uuid4()), "2026-11-03T00:00:00Z")
    wanted = [*bodies, stranger, *bodies[: MOST // 2]]
    answers = await asyncio.gather(*(ask(granted.client, "POST", UPLOAD, json=body) for body in wanted))
    assert sum(answer.get("stored", 0) for _, answer in answers) == len(bodies)
    assert sum(answer.get("duplicates", 0) for _, answer in answers) == MOST // 2
    refused = [answer for status, answer in answers if status != 200]
    assert [fault["pointer"] for answer in refused for fault in answer["errors"]] == ["/measurements/0/meter"]
    async with cloud.database() as database, database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM measurement")).scalar() == len(bodies)


async def test_of_uploads_and_a_revocation_at_the_same_moment_nothing_comes_after_it(
    cloud: Cloud, granted: Home
) -> None:
    times = [f"2026-11-{day:02}T{hour:02}:00:00Z" for day in (1, 2) for hour in range(24)]
    revoked = False

    async def upload(time: str) -> int:
        begun_after = revoked
        status, _ = await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, time))
        assert status == 403 if begun_after else status in {200, 403}
        return status

    async def revoke() -> None:
        nonlocal revoked
        assert (await ask(granted.client, "DELETE", "/household/consent"))[0] == 200
        revoked = True

    *statuses, _ = await asyncio.gather(*map(upload, times[:24]), revoke())
    assert await code(granted.client, "POST", UPLOAD, json=measured(granted.meter, times[30])) == (403, "no-consent")
    async with cloud.database() as database, database.read() as connection:
        stored = (await connection.exec_driver_sql("SELECT count(*) FROM measurement")).scalar()
    assert stored == statuses.count(200)
