"""What the device keeps: measurements, the consent, and what passed between it and the cloud."""

from edge_app.store.store import Store

__all__ = ["Store"]
