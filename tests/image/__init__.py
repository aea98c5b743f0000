"""The image, without a Raspberry Pi."""
