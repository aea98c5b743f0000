"""The database: its tables, its one door, and queries named for the question they answer."""
