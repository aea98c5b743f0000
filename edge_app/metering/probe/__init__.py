"""The probe: bytes in, light out."""
