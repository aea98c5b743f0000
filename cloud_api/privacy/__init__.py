"""What is done so that a household cannot be found once its consent is revoked, and where a household is at all."""
