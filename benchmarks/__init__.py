"""How fast it is, as ratios between things measured in the same run."""
