"""The kit of a plugin's author, tried as authors use it."""
