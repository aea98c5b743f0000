"""The Registration Frontend: households, their consent, corrections and devices, for researchers."""
