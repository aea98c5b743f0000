"""Releases: signed, published, held and judged."""
