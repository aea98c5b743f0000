"""Reckoning: the ledger of one meter out of what is known, as a plain function of values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from cloud_api.ledger.states import ASKED, DUE, EPOCH, SLOT, Code, Reason, Told

Numbers = npt.NDArray[np.int64]
"""Slots, counted from 1970 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From when to when measurements of a meter are expected, and up to which moment that can be told."""

    granted_at: datetime | None
    revoked_at: datetime | None
    now: datetime

    @property
    def first(self) -> int:
        """The first slot that is expected: that in which consent was granted has begun without it."""
        return number_of(self.granted_at) + 1 if self.granted_at else 0

    @property
    def end(self) -> int:
        """The slot before which all are expected: those due by now, and whole before consent was revoked."""
        if self.granted_at is None:
            return 0
        due = number_of(self.now - DUE) + 1
        return due if self.revoked_at is None else min(due, number_of(self.revoked_at))

    @property
    def settled(self) -> int:
        """The slot before which nobody will say any more why one is missing: too long ago, or consent is revoked."""
        return self.end if self.revoked_at else max(min(self.end, number_of(self.now - ASKED)), 0)

    @property
    def window(self) -> range:
        """The slots in which measurements may lie: besides those expected, those that had begun when it was told."""
        if self.granted_at is None:
            return range(0)
        last = min(self.now, self.revoked_at) if self.revoked_at else self.now
        return range(number_of(self.granted_at), number_of(last) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Slots one after another that have the same state."""

    first: int
    slots: int
    code: Code

    @property
    def begin(self) -> datetime:
        return moment_of(self.first)

    @property
    def end(self) -> datetime:
        return moment_of(self.first + self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many slots of a ledger have which state."""

    measured: int = 0
    late: int = 0
    missing: int = 0

    @property
    def expected(self) -> int:
        return self.measured + self.late + self.missing

    @property
    def completeness(self) -> float | None:
        """The one figure of completeness: the share of the expected slots that were measured, late ones included.

        None where nothing was expected.
        """
        return (self.measured + self.late) / self.expected if self.expected else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            measured=self.measured + other.measured, late=self.late + other.late, missing=self.missing + other.missing
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ledger:
    """The code of each slot from the first one on."""

    first: int
    codes: npt.NDArray[np.uint8]

    @property
    def tally(self) -> Tally:
        counts = self._counts()
        return Tally(
            measured=int(counts[Code.MEASURED] + counts[Code.MEASURED_UNDATED]),
            late=int(counts[Code.LATE] + counts[Code.LATE_UNDATED]),
            missing=int(counts[Code.METER_SILENT :].sum()),
        )

    @property
    def unsaid(self) -> Numbers:
        """The slots of which nobody has been able to say why they are missing."""
        return self.first + np.flatnonzero(self.codes == Code.UNTOLD)

    @property
    def reasons(self) -> dict[Reason, int]:
        """How many slots are missing for which reason, those left out for which none are."""
        found: dict[Reason, int] = {}
        for code, count in zip(Code, self._counts().tolist(), strict=True):
            if code.is_missing and code.reason and count:
                found[code.reason] = found.get(code.reason, 0) + count
        return found

    def runs(self) -> Iterator[Run]:
        """The whole ledger, in as few runs as it has."""
        if not len(self.codes):
            return
        edges = np.flatnonzero(np.diff(self.codes)) + 1
        for begin, end in zip([0, *edges.tolist()], [*edges.tolist(), len(self.codes)], strict=True):
            yield Run(first=self.first + begin, slots=end - begin, code=Code(int(self.codes[begin])))

    def _counts(self) -> npt.NDArray[Any]:
        return np.bincount(self.codes, minlength=len(Code))


def reckon(first: int, end: int, *, term: Term, measured: Numbers, late: Numbers, told: Sequence[Told]) -> Ledger:
    """The ledger of the slots from `first` on and before `end`.

    A measurement outweighs what was said of its slot, except that it was dated afterwards; of two reasons the one that
    was told last counts.
    """
    codes = np.zeros(max(end - first, 0), dtype=np.uint8)
    expected = slice(max(term.first - first, 0), max(term.end - first, 0))
    codes[expected] = Code.UNTOLD
    reasons = np.zeros_like(codes)
    for said in told:
        reasons[max(number_of(said.begin) - first, 0) : max(number_of(said.end) - first, 0)] = Code.of(said.reason)
    np.copyto(codes, reasons, where=(codes == Code.UNTOLD) & (reasons > 0))
    kinds = (measured, Code.MEASURED, Code.MEASURED_UNDATED), (late, Code.LATE, Code.LATE_UNDATED)
    for numbers, dated, undated in kinds:
        places = numbers[(numbers >= first) & (numbers < end)] - first
        codes[places] = np.where(reasons[places] == Code.CLOCK_NOT_SET, undated, dated)
    return Ledger(first=first, codes=codes)


def conclude(ledger: Ledger, *, term: Term, heard: Numbers) -> Ledger:
    """The ledger with what follows where nobody will say any more why a slot is missing.

    `heard` are the slots from which the device has sent or told something of another of its meters: it was on.
    """
    codes, unsaid = ledger.codes.copy(), ledger.unsaid
    silent = unsaid[(unsaid < term.settled) & ~np.isin(unsaid, heard)]
    codes[silent - ledger.first] = Code.DEVICE_OFF
    return Ledger(first=ledger.first, codes=codes)


def number_of(moment: datetime) -> int:
    """The slot in which a moment lies."""
    return (moment - EPOCH) // SLOT


def moment_of(number: int) -> datetime:
    """The beginning of a slot."""
    return EPOCH + timedelta(seconds=number * SLOT.seconds)
