"""The device's page on the local network."""
