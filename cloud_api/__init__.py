"""The Data API: what households register, agree to and send, and what researchers take out."""
