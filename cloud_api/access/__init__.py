"""Who is let in: credentials, the rights that follow from them, and how often somebody may come."""
