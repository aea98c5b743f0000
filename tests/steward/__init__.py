"""The steward of a meter and the watch on its line."""
