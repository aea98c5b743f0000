"""The device among many."""
