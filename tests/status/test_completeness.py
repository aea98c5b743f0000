"""How complete measurements are: the figure of the ledger, in both lists, which can be narrowed and sorted by it."""

from datetime import timedelta

from cloud_api.store import completeness
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, fresh_draft
from tests.status.watching import status


async def test_both_lists_show_the_figure_of_the_ledger_and_go_by_it(
    cloud: Cloud, granted: Home, clock: HandClock
) -> None:
    other = await cloud.add_household(fresh_draft())
    begin = clock.now()
    clock.move(timedelta(hours=6))
    times = [(begin + timedelta(minutes=15 * part)).strftime("%Y-%m-%dT%H:%M:%SZ") for part in (1, 2, 3, 6)]
    assert (await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, *times)))[0] == 200
    async with cloud.database() as database:
        assert await completeness.refresh(database, now=clock.now()) == 1
        assert await completeness.refresh(database, now=clock.now()) == 0
        clock.move(completeness.AGE)
        assert await completeness.refresh(database, now=clock.now()) == 1

    async with cloud.people() as people:
        _, listed = await ask(people, "GET", "/management/register?sort=completeness")
        mine, unknown = listed["households"]
        _, ledger = await ask(people, "GET", f"/management/household/{mine['uuid']}/ledger")
        _, backwards = await ask(people, "GET", "/management/register?sort=completeness&descending=true")
        _, below = await ask(people, "GET", "/management/register?below=0.5")
        _, none = await ask(people, "GET", "/management/register?below=0.01")
    assert 0 < mine["completeness"] == ledger["completeness"] < 0.5
    assert (unknown["uuid"], unknown["completeness"]) == (other["uuid"], None)
    assert [each["uuid"] for each in backwards["households"]] == [mine["uuid"], other["uuid"]]
    assert [each["uuid"] for each in below["households"]] == [mine["uuid"]]
    assert none["households"] == []

    first = await status(cloud, "?sort=completeness&limit=1")
    second = await status(cloud, f"?sort=completeness&limit=1&cursor={first['next']}")
    assert [each["completeness"] for each in (*first["devices"], *second["devices"])] == [mine["completeness"], None]
    assert [each["household"] for each in (await status(cloud, "?below=0.5"))["devices"]] == [mine["uuid"]]
