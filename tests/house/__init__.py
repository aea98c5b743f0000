"""What holds the house together: imports, documentation, packaging, files."""
