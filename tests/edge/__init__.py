"""The device: from the line to the page."""
