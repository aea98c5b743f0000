"""The words of the field as values; standard library only."""
