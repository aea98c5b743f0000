"""Who may enter the pages: codes, attempts, sessions."""
