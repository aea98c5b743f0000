"""The frame of the two frontends: who is let in, what every page is made of, and how the Data API is asked."""
