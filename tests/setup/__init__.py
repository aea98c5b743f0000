"""The set-up: from an empty device to measurements that came back from the cloud."""
