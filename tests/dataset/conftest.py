"""The databases that a data set is made from: a file, and a server's where a module asks for both."""

from tests.cloud.conftest import place, server

__all__ = ["place", "server"]
