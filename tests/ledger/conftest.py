"""What the ledger's tests begin with: the cloud of the cloud's own tests."""

from tests.cloud.conftest import clock, cloud, granted, home, place, server

__all__ = ["clock", "cloud", "granted", "home", "place", "server"]
