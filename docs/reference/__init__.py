"""The pages of the reference, made of what they describe."""
