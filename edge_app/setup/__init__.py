"""The set-up: from a device that knows no meter to one whose measurements are known to arrive."""
