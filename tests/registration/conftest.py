"""What the tests of the Registration Frontend begin with."""

from collections.abc import AsyncIterator

import pytest

from cloud_api.access.shared_secrets import Group
from tests.cloud.conftest import clock, cloud, place
from tests.cloud.running import Cloud
from tests.registration.person import Person, person

__all__ = ["clock", "cloud", "place"]


@pytest.fixture
async def researcher(cloud: Cloud) -> AsyncIterator[Person]:
    async with person(cloud, "registration", Group.RESEARCHER) as someone:
        yield someone
