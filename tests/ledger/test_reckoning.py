"""The ledger as a function of values: one state a slot, and one figure of completeness."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.ledger.reckoning import Ledger, Tally, Term, conclude, number_of, reckon
from cloud_api.ledger.showing import digits
from cloud_api.ledger.states import SLOT, Code, Reason, State, Told

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST = number_of(NOON)
NOBODY = np.array([], dtype=np.int64)


def term(granted: datetime | None = NOON, revoked: datetime | None = None, now: datetime | None = None) -> Term:
    return Term(granted_at=granted, revoked_at=revoked, now=now or NOON + timedelta(days=30))


def slots(*places: int) -> np.ndarray:
    return np.array([FIRST + place for place in places], dtype=np.int64)


def told(begin: int, end: int, reason: Reason) -> Told:
    return Told(begin=NOON + begin * SLOT, end=NOON + end * SLOT, reason=reason)


def codes(ledger: Ledger) -> list[Code]:
    return [run.code for run in ledger.runs() for _ in range(run.slots)]


def test_a_measurement_outweighs_what_was_said_and_the_later_word_the_earlier() -> None:
    ledger = reckon(
        FIRST + 1,
        FIRST + 7,
        term=term(),
        measured=slots(1, 2, 3),
        late=slots(3),
        told=[told(0, 6, Reason.METER_SILENT), told(5, 6, Reason.PORT_GONE)],
    )
    assert codes(ledger) == [
        *(Code.MEASURED, Code.MEASURED, Code.LATE),
        *(Code.METER_SILENT, Code.PORT_GONE, Code.UNTOLD),
    ]
    assert ledger.tally == Tally(measured=2, late=1, missing=3)
    assert ledger.tally.completeness == 0.5
    assert ledger.reasons == {Reason.METER_SILENT: 1, Reason.PORT_GONE: 1, Reason.UNKNOWN: 1}


def test_what_was_dated_afterwards_is_measured_and_marked() -> None:
    spoken = [told(0, 4, Reason.CLOCK_NOT_SET), told(3, 4, Reason.METER_SILENT)]
    ledger = reckon(FIRST, FIRST + 5, term=term(NOON - SLOT), measured=slots(0, 1, 3, 4), late=slots(1), told=spoken)
    found = codes(ledger)
    assert [code.state for code in found] == ["measured", "late", "missing", "measured", "measured"]
    assert [code.reason for code in found] == ["clock-not-set", "clock-not-set", "clock-not-set", None, None]
    assert ledger.tally == Tally(measured=3, late=1, missing=1)
    assert ledger.reasons == {Reason.CLOCK_NOT_SET: 1}


def test_the_slot_in_which_consent_was_granted_is_not_expected_and_counts_when_it_was_measured() -> None:
    granted = NOON + timedelta(minutes=3)
    none = reckon(FIRST, FIRST + 2, term=term(granted), measured=slots(1), late=NOBODY, told=[])
    assert codes(none) == [Code.NOT_EXPECTED, Code.MEASURED]
    one = reckon(FIRST, FIRST + 2, term=term(granted), measured=slots(0, 1), late=NOBODY, told=[])
    assert one.tally == Tally(measured=2)


def test_nothing_is_expected_before_it_is_due_nor_from_the_revocation_on() -> None:
    now = NOON + timedelta(minutes=104)
    due = reckon(FIRST, FIRST + 8, term=term(NOON - SLOT, now=now), measured=NOBODY, late=NOBODY, told=[])
    assert codes(due) == [Code.UNTOLD] * 2 + [Code.NOT_EXPECTED] * 6
    revoked = NOON + timedelta(minutes=20)
    ended = reckon(FIRST, FIRST + 3, term=term(NOON - SLOT, revoked), measured=NOBODY, late=NOBODY, told=[])
    assert codes(ended) == [Code.UNTOLD, Code.NOT_EXPECTED, Code.NOT_EXPECTED]


def test_without_consent_nothing_is_expected_and_nothing_is_complete() -> None:
    ledger = reckon(FIRST, FIRST + 3, term=term(None), measured=NOBODY, late=NOBODY, told=[])
    assert codes(ledger) == [Code.NOT_EXPECTED] * 3
    assert ledger.tally.completeness is None
    assert list(reckon(FIRST, FIRST, term=term(), measured=NOBODY, late=NOBODY, told=[]).runs()) == []


def test_every_reason_is_one_for_missing_and_only_one_is_said_of_what_was_measured() -> None:
    assert {code.reason for code in Code if code.state is State.MISSING} == set(Reason)
    assert {code.reason for code in Code if code.state is not State.MISSING} == {None, Reason.CLOCK_NOT_SET}


def test_what_nobody_will_say_any_more_is_a_device_that_was_off_unless_it_was_heard_of() -> None:
    now = NOON + timedelta(days=14) + 4 * SLOT
    asked = reckon(FIRST, FIRST + 6, term=term(NOON - SLOT, now=now), measured=slots(0), late=NOBODY, told=[])
    concluded = conclude(asked, term=term(NOON - SLOT, now=now), heard=slots(2))
    assert codes(concluded) == [
        *(Code.MEASURED, Code.DEVICE_OFF, Code.UNTOLD, Code.DEVICE_OFF),
        *(Code.UNTOLD, Code.UNTOLD),  # may still be told
    ]
    assert codes(asked)[1] is Code.UNTOLD
    assert concluded.tally == asked.tally


def test_after_a_revocation_nobody_says_anything_any_more() -> None:
    ended = term(NOON - SLOT, NOON + 2 * SLOT, now=NOON + 8 * SLOT)
    silent = reckon(FIRST, FIRST + 3, term=ended, measured=NOBODY, late=NOBODY, told=[told(1, 2, Reason.UNKNOWN)])
    assert codes(conclude(silent, term=ended, heard=NOBODY)) == [Code.DEVICE_OFF, Code.UNKNOWN, Code.NOT_EXPECTED]


def test_a_figure_is_written_to_a_tenth_and_all_is_said_of_all_alone() -> None:
    assert [digits(share) for share in (1.0, 0.99999, 0.57, 0.29, 71 / 96, 0.0)] == [
        "100",
        "99.9",
        "57",
        "29",
        "73.9",
        "0",
    ]
    assert digits(0.985, ",") == "98,5"


@given(
    st.sets(st.integers(0, 40)),
    st.sets(st.integers(0, 40)),
    st.lists(st.tuples(st.integers(0, 39), st.sampled_from(Reason))),
)
def test_each_slot_has_exactly_one_state(measured: set[int], late: set[int], said: list[tuple[int, Reason]]) -> None:
    ledger = reckon(
        FIRST,
        FIRST + 41,
        term=term(NOON - SLOT),
        measured=slots(*(measured | late)),
        late=slots(*late),
        told=[told(begin, begin + 2, reason) for begin, reason in said],
    )
    assert ledger.tally == Tally(measured=len(measured - late), late=len(late), missing=41 - len(measured | late))
    assert sum(run.slots for run in ledger.runs()) == 41
    assert sum(ledger.reasons.values()) == ledger.tally.missing
