"""What all messages have in common."""

import msgspec


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all messages have in common: they are values, and have no fields but their own."""
