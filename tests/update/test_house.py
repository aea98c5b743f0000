"""The cloud publishes, the device follows: a good version is kept, one that ends at once is given up."""

from pathlib import Path

from tests.update.house import CRASH, FIRST, cut, ended, furnish, lived_in
from tests.waiting import until


async def test_a_device_follows_a_good_release_and_comes_back_from_a_bad_one(tmp_path: Path) -> None:
    house = await furnish(tmp_path / "house")
    async with lived_in(house):
        running = house.supervise()
        try:
            await until(lambda: len(house.measured()) > 1, seconds=60)
            await house.publish("0.2.0")
            assert await ended(house.update(), seconds=240) == 0
            report = house.report
            assert report
            assert (report.version, report.state) == ("0.2.0", "kept"), report
            await house.publish("0.3.0", CRASH)
            measured = house.measured()
            assert await ended(house.update(), seconds=240) == 0
            report = house.report
            assert report
            assert (report.version, report.state, report.tried) == ("0.2.0", "rolled-back", "0.3.0"), report
            assert "started more than 3 times" in (report.reason or "")
            await until(lambda: len(house.measured() - measured) > 1, seconds=60)
            assert measured <= house.measured()
            assert {each.name for each in (house.slots.home / "slots").iterdir()} == {FIRST, "0.2.0"}
        finally:
            cut(running)
