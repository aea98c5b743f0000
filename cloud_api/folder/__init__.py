"""The data folder: what lies where in it, how it is made and copied, and the bundle that is handed out of it."""
