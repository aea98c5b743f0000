"""`zaehler.local`: how the device is found in the household's network without anybody knowing its address (mDNS)."""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_address

from ifaddr import get_adapters
from zeroconf import Error, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

logger = logging.getLogger(__name__)

NAME = "zaehler"
SERVICE = "_http._tcp.local."


@asynccontextmanager
async def announced(port: int, *, addresses: Iterable[str] | None = None) -> AsyncIterator[None]:
    """Answer to the name for as long as this lasts, with `addresses` or those that the device has.

    A device that has none but its loopback announces nothing; a network that lets nobody announce is no fault of ours.
    """
    packed = [ip_address(each).packed for each in (own_addresses() if addresses is None else addresses)]
    if not packed:
        yield
        return
    info = AsyncServiceInfo(
        SERVICE, f"Zählwerk.{SERVICE}", addresses=packed, port=port, server=f"{NAME}.local.", properties={"path": "/"}
    )
    try:
        responder = AsyncZeroconf(ip_version=IPVersion.V4Only)
    except OSError as error:
        logger.warning("%s.local is not announced: %s", NAME, error.strerror)
        yield
        return
    try:
        try:
            await responder.async_register_service(info, allow_name_change=True)
        except (Error, OSError) as error:
            logger.warning("%s.local is not announced: %s", NAME, type(error).__name__)
        yield
    finally:
        await responder.async_close()


def own_addresses() -> list[str]:
    """The device's IPv4 addresses, without its loopback."""
    found = [address.ip for adapter in get_adapters() for address in adapter.ips if address.is_IPv4]
    return [each for each in map(str, found) if not ip_address(each).is_loopback]
