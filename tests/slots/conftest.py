"""A device with a store and a client, as the tests of the conversation with the cloud have them."""

from tests.sync.conftest import authorities, client, clock, cloud, config, store, synchrony

__all__ = ["authorities", "client", "clock", "cloud", "config", "store", "synchrony"]
