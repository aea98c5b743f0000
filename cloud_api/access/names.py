"""The name that somebody gives at log-in, by which the audit log tells people of a group apart."""

LONGEST = 60
"""Letters of a name."""


def fit_for_audit(name: str) -> bool:
    """Whether it is a line of text and no e-mail address: the audit log holds none."""
    return 0 < len(name) <= LONGEST and name.isprintable() and "@" not in name
