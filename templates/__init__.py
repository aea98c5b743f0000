"""Pages and their parts, for the device and for the cloud."""
