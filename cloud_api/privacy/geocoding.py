"""Geocoding: from a postal address to a point, by a table of our own or by asking a service that one names."""

import logging
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from geopy.adapters import AioHTTPAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim, Photon

from cloud_api import wire
from cloud_api.errors import SetupError
from cloud_api.store.locations import Placed
from cloud_api.wire.fields import Precision

TABLE = "table"
PATIENCE = 5.0
"""Seconds that a service may take."""
USER_AGENT = "zaehlwerk"
HOUSE_RANK, STREET_RANK = 28, 26
"""Nominatim's ranks: from 28 on a house, from 26 on a street, below that a place."""
PHOTON_PRECISION: dict[str, Precision] = {"house": "house", "street": "street"}
logger = logging.getLogger(__name__)


class Geocoder(Protocol):
    """Whoever finds a point for an address."""

    async def find(self, address: wire.Address) -> Placed | None:
        """None where the address is not found, or nobody can be asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Nominatim or Photon at an address of one's choice. Addresses are sent there, and nowhere else."""

    kind: Literal["nominatim", "photon"]
    scheme: str
    domain: str

    async def find(self, address: wire.Address) -> Placed | None:
        street = f"{address.street} {address.house_number}"
        kind, query = {
            "nominatim": (
                Nominatim,
                {"street": street, "city": address.city, "postalcode": address.postal_code, "country": address.country},
            ),
            "photon": (Photon, f"{street}, {address.postal_code} {address.city}, {address.country}"),
        }[self.kind]
        try:
            async with kind(
                scheme=self.scheme,
                domain=self.domain,
                timeout=PATIENCE,
                user_agent=USER_AGENT,
                adapter_factory=AioHTTPAdapter,
            ) as asked:
                found = await asked.geocode(query)
        except GeopyError as error:
            logger.warning("the geocoder cannot be asked (%s)", type(error).__name__)
            return None
        if found is None:
            return None
        return Placed(latitude=found.latitude, longitude=found.longitude, precision=_precision(found.raw))


def named(text: str) -> Service | None:
    """The geocoder of a setting: `table`, or one such as nominatim+https://nominatim.example.org. Raises SetupError."""
    if text == TABLE:
        return None
    kind, _, url = text.partition("+")
    parts = urlsplit(url)
    if kind not in {"nominatim", "photon"} or parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SetupError(
            f"{text!r} is no geocoder (expected table, or one such as nominatim+https://nominatim.example.org)"
        )
    return Service(
        kind="nominatim" if kind == "nominatim" else "photon",
        scheme=parts.scheme,
        domain=(parts.netloc + parts.path).rstrip("/"),
    )


def _precision(raw: dict[str, Any]) -> Precision:
    """How exactly an answer of either service stands for the address that was asked for."""
    if "properties" in raw:
        return PHOTON_PRECISION.get(raw["properties"].get("type", ""), "place")
    rank = int(raw.get("place_rank", 0))
    return "house" if rank >= HOUSE_RANK else "street" if rank >= STREET_RANK else "place"
