"""The steps. A released one stays as it is; the next one corrects it."""
