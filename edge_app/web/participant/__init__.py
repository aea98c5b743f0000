"""The participant's pages."""
