"""The meter models that plugins of ours read; frontends offer them, and any other is stored and flagged."""

KNOWN = ("MT681", "MT175", "EHZ", "DD3", "EASY")


def is_known(model_number: str) -> bool:
    """Whether a device can be expected to read it."""
    return model_number in KNOWN
