"""The plugins: how they are found, what they may bring, and what they are told."""
