"""What costs much to reckon is told again for a while, and not for longer."""

from datetime import timedelta

from cloud_api.api.recently import Recently
from tests.cloud.running import HandClock

LASTS = timedelta(seconds=10)


async def test_an_answer_is_told_again_until_it_is_old() -> None:
    clock, recently, reckoned = HandClock(), Recently(), []

    async def count() -> int:
        reckoned.append(clock.now())
        return len(reckoned)

    async def ask(question: str = "how many") -> int:
        return await recently.answer(question, count, now=clock.now(), lasts=LASTS)

    assert [await ask(), await ask(), await ask("how many others")] == [1, 1, 2]
    clock.move(LASTS)
    assert await ask() == 3
    clock.move(-2 * LASTS)
    assert await ask() == 4, "an answer from the future is none"


async def test_what_is_not_worth_it_is_reckoned_each_time() -> None:
    clock, recently, told = HandClock(), Recently(), iter([9, 10, 11])

    async def count() -> int:
        return next(told)

    answers = [
        await recently.answer("how many", count, now=clock.now(), lasts=LASTS, is_worth_it=lambda number: number >= 10)
        for _ in range(3)
    ]
    assert answers == [9, 10, 10]
