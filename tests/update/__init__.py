"""Updates of a device: what is refused, what is kept, and what a power cut leaves at any moment."""
