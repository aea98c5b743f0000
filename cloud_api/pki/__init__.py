"""Who may speak: the two certificate authorities, what they issue, and what a certificate says."""
