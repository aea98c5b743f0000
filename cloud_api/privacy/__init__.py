"""What protects the people behind the data."""
