"""What the plugin `mqtt` consists of: its settings, what Home Assistant is told, and the way to the broker."""
