"""The doctor: everything that has to work, looked at one after the other, beside the running service."""
