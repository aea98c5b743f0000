"""Unlocking: how a meter is brought to show power, by light."""
