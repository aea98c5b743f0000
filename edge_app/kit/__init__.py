"""The kit of a plugin's author: a skeleton to begin with, the suite that judges, and recordings fit to be shared."""
