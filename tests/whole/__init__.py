"""All of it together: the demonstration, and what it survives."""
