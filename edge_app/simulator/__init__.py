"""The simulator: virtual meters that send what real ones send, to be read like these."""

from edge_app.simulator.run import simulate

__all__ = ["simulate"]
