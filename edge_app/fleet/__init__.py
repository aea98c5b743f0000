"""The device among many: its health, its first start, and what it tells those who look after it."""
