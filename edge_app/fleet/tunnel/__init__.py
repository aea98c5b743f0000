"""The tunnel: how those who service the fleet reach this device, although nobody can connect to its household."""
