"""The device's part of the slot ledger."""
