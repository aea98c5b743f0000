"""What has to hold."""
