"""The trial: whether a version is kept, is watched on, or is given up and why; a plain function of what was seen."""

from dataclasses import dataclass
from datetime import timedelta

from edge_app.fleet.update.evidence import Mark, Seen
from edge_app.store.contacts import A_WHILE

UNANSWERED = "the cloud did not answer it"
"""An upload is an answer; any other one is noted once in a while only, so that it is waited for as much longer."""
STARTS = 3
"""Starts that a version has until it must have proved itself."""
READY_WITHIN = timedelta(minutes=6)
"""For how long a version may be without being ready; its database is checked first, which takes its time."""
LONGEST = timedelta(days=1)
"""For how long it may wait for a cloud that nobody reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long a trial takes, at least and at most."""

    least: timedelta
    most: timedelta

    @property
    def every(self) -> float:
        """Seconds between two looks."""
        return max(self.least.total_seconds() / 80, 0.5)

    @classmethod
    def of(cls, *, slot: timedelta, upload_every: timedelta) -> "Terms":
        """Twenty minutes for slots of a quarter of an hour, so that one boundary lies within; then until an upload."""
        least = slot * 4 / 3
        return cls(least=least, most=2 * least + 2 * upload_every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is seen of a version on trial at one moment."""

    starts: int
    running: timedelta
    """Since it was let run, or since it is watched again after a cut."""
    excused: timedelta
    """For how long of that the cloud could not be reached by anybody."""
    ready: bool
    unready: timedelta
    """For how long it has not been ready."""
    page: bool
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Kept, or given up with the reason; neither while it is watched on."""

    kept: bool = False
    given_up: str | None = None


def verdict(sight: Sight, before: Mark, terms: Terms) -> Verdict:
    """Judge what was seen."""
    if sight.starts > STARTS:
        return Verdict(given_up=f"it was started more than {STARTS} times and had not proved itself")
    if sight.unready > READY_WITHIN:
        return Verdict(given_up="it is not ready")
    missing = lacks(sight, before)
    if sight.running >= terms.least and not missing:
        return Verdict(kept=True)
    patience = terms.most + (A_WHILE if missing == [UNANSWERED] else timedelta())
    if sight.running - min(sight.excused, LONGEST) >= patience:
        return Verdict(given_up="in the time that it had, " + " and ".join(missing))
    return Verdict()


def lacks(sight: Sight, before: Mark) -> list[str]:
    """What a version has not shown yet."""
    seen = sight.seen
    measures = seen.granted and before.measured
    return [
        words
        for words, shown in (
            ("it was not ready", sight.ready),
            ("its page did not answer", sight.page),
            ("no measurement was stored", seen.measured or not measures),
            ("no upload was acknowledged", seen.uploaded or not measures),
            (UNANSWERED, seen.answered or seen.uploaded),
        )
        if not shown
    ]
