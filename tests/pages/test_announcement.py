"""The device is found as zaehler.local, for as long as it runs."""

from ipaddress import ip_address

import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from edge_app.web.announcement import SERVICE, announced, own_addresses


async def test_whoever_asks_the_network_learns_its_address_and_port() -> None:
    async with announced(8080, addresses=["192.0.2.7"]):
        browser = AsyncZeroconf(ip_version=IPVersion.V4Only)
        try:
            found = AsyncServiceInfo(SERVICE, f"Zählwerk.{SERVICE}")
            if not await found.async_request(browser.zeroconf, 3000):
                pytest.skip("this machine's network carries no multicast")
        finally:
            await browser.async_close()
    assert (found.server, found.port) == ("zaehler.local.", 8080)
    assert found.parsed_addresses() == ["192.0.2.7"]


async def test_a_device_without_a_network_announces_nothing() -> None:
    async with announced(8080, addresses=[]):
        pass


async def test_a_network_that_lets_nobody_announce_is_said_once_and_survived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_how: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("edge_app.web.announcement.AsyncZeroconf", refuse)
    async with announced(8080, addresses=["192.0.2.7"]):
        pass
    assert [record.getMessage() for record in caplog.records] == [
        "zaehler.local is not announced: Operation not permitted"
    ]


def test_the_loopback_is_nobody_else_s_way() -> None:
    assert not any(ip_address(each).is_loopback for each in own_addresses())
