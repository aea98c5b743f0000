"""Consent: not granted, granted, revoked; each step is taken once and none is taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentState(StrEnum):
    """Where a household's consent stands."""

    NOT_GRANTED = "not-granted"
    GRANTED = "granted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A household's consent with its moments and the version of the text that was agreed to."""

    state: ConsentState
    granted_at: datetime | None = None
    revoked_at: datetime | None = None
    text_version: str | None = None

    def may_become(self, later: "Consent") -> bool:
        """Whether the cloud may tell us this next: consent goes forward only, and revoked is for good."""
        order = list(ConsentState)
        return order.index(later.state) >= order.index(self.state)


NOT_GRANTED = Consent(state=ConsentState.NOT_GRANTED)
