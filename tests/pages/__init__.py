"""The device's pages."""
