"""Releases: which versions devices may have, signed so that whoever holds this server can only say less."""
