"""A finding: what was looked at, whether it is well, and what was found, by the name of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    """It works, and somebody should look at it."""
    FAIL = "fail"
    """It does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What, in one word."""
    verdict: Verdict
    what: str
    """What was found: the name of a message that the pages' catalogues say as `doctor.CHECK.WHAT`."""
    subject: str = ""
    """Of which meter, by its model, or of which file."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What the message names."""

    @property
    def message(self) -> str:
        return self.what if "." in self.what else f"doctor.{self.check}.{self.what}"

    @property
    def next(self) -> str | None:
        """The name of the message with the next step; None where there is none to take."""
        if self.verdict is Verdict.OK:
            return None
        return self.what.replace("trouble.", "next.") if "." in self.what else f"{self.message}.next"


def ok(check: str, what: str, *, subject: str = "", **values: object) -> Finding:
    return Finding(check=check, verdict=Verdict.OK, what=what, subject=subject, values=values)


def warn(check: str, what: str, *, subject: str = "", **values: object) -> Finding:
    return Finding(check=check, verdict=Verdict.WARN, what=what, subject=subject, values=values)


def fail(check: str, what: str, *, subject: str = "", **values: object) -> Finding:
    return Finding(check=check, verdict=Verdict.FAIL, what=what, subject=subject, values=values)
