"""The Status Frontend: devices, the worst first, and each with what happened to it, for administrators."""
