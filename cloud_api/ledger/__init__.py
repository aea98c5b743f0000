"""The slot ledger: what became of every quarter of an hour of every meter since consent was granted."""
