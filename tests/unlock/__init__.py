"""Unlocking meters by light, against virtual ones."""
