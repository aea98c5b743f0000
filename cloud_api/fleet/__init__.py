"""Devices in the houses of others, seen from the cloud: how they are reached."""
