"""What the tests of the Status Frontend and of the watch begin with."""

from collections.abc import AsyncIterator

import pytest

from cloud_api.access.shared_secrets import Group
from tests.cloud.conftest import clock, cloud, granted, home, place, server
from tests.cloud.running import Cloud
from tests.registration.person import Person, person

__all__ = ["clock", "cloud", "granted", "home", "place", "server"]


@pytest.fixture
async def administrator(cloud: Cloud) -> AsyncIterator[Person]:
    async with person(cloud, "status", Group.ADMINISTRATOR) as someone:
        yield someone
