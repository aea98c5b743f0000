"""A version is kept once it has proved itself, and given up otherwise; the one of before runs on, its data whole."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from edge_app.errors import UpdateError
from edge_app.fleet.update import backup, trial
from edge_app.fleet.update.backup import copies
from tests.update.cellar import FIRST, SLOT, Cellar

NEW = "1.1.0"


@pytest.fixture
def cellar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cellar:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nothing is cut here
    return Cellar(tmp_path).set_up()


def said(cellar: Cellar) -> tuple[str, str | None, str | None]:
    report = cellar.journal.report
    assert report
    return report.state, report.tried, report.reason


def test_a_device_takes_up_its_own_slot_and_says_so(cellar: Cellar) -> None:
    cellar.updater.round()
    assert cellar.links() == {"current": FIRST, "kept": FIRST, "before": None, "image": FIRST}
    assert said(cellar) == ("current", None, None)


def test_a_good_version_is_kept_after_a_slot_boundary_and_the_one_of_before_stays(cellar: Cellar) -> None:
    cellar.updater.round()
    cellar.offer(NEW, "good")
    began = cellar.time.now()
    cellar.updater.round()
    assert cellar.links() == {"current": NEW, "kept": NEW, "before": FIRST, "image": FIRST}
    assert said(cellar) == ("kept", None, None)
    assert SLOT < cellar.time.now() - began < 2 * SLOT
    assert cellar.running == NEW
    assert copies(cellar.database, "before") == []
    cellar.updater.round()
    assert said(cellar) == ("current", None, None)


def test_slots_that_no_link_leads_to_are_removed(cellar: Cellar) -> None:
    for version in ("1.1.0", "1.2.0", "1.3.0"):
        cellar.offer(version, "good")
        cellar.updater.round()
    assert cellar.kept_slots() == {FIRST, "1.2.0", "1.3.0"}
    assert cellar.links() == {"current": "1.3.0", "kept": "1.3.0", "before": "1.2.0", "image": FIRST}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("crash", "started more than 3 times"),
        ("hang", "it is not ready"),
        ("mute", "no measurement was stored"),
        ("stuck", "no upload was acknowledged"),
        ("pageless", "its page did not answer"),
    ],
)
def test_a_version_that_does_not_do_its_work_is_given_up_for_good(cellar: Cellar, kind: str, reason: str) -> None:
    measured = cellar.measured()
    cellar.offer(NEW, kind)
    cellar.updater.round()
    state, tried, why = said(cellar)
    assert (state, tried) == ("rolled-back", NEW)
    assert reason in (why or "")
    assert cellar.links()["current"] == cellar.links()["kept"] == FIRST
    assert cellar.measured() >= measured
    cellar.time.pass_by(60)
    assert cellar.running == FIRST
    tried_before = list(cellar.tried)
    cellar.updater.round()
    assert cellar.tried == tried_before
    assert said(cellar)[0] == "rolled-back"
    assert cellar.kept_slots() == {FIRST}


@pytest.mark.parametrize(("kind", "reason"), [("unbuildable", "do not go together"), ("unfit", "its check failed")])
def test_a_version_that_cannot_even_begin_is_refused_and_the_service_not_touched(
    cellar: Cellar, kind: str, reason: str
) -> None:
    cellar.offer(NEW, kind)
    for _ in range(4):
        cellar.updater.round()
    assert (said(cellar)[0], said(cellar)[1]) == ("refused", NEW)
    assert reason in (said(cellar)[2] or "")
    assert cellar.tried == [FIRST]
    assert list(cellar.journal.failures.failed) == [NEW]
    cellar.updater.round()
    assert said(cellar)[0] == "refused"


def test_a_later_version_is_tried_after_one_that_failed(cellar: Cellar) -> None:
    cellar.offer(NEW, "crash")
    cellar.updater.round()
    cellar.offer("1.2.0", "good")
    cellar.updater.round()
    assert cellar.links()["kept"] == "1.2.0"
    assert said(cellar) == ("kept", None, None)


def test_a_person_may_have_a_version_tried_again(cellar: Cellar) -> None:
    cellar.offer(NEW, "mute")
    cellar.updater.round()
    cellar.kinds[NEW] = "good"
    cellar.updater.round()
    assert cellar.links()["kept"] == FIRST
    cellar.journal.pardon()
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_a_held_version_is_not_begun_with(cellar: Cellar) -> None:
    cellar.offer(NEW, "good")
    cellar.held[NEW] = "it smells"
    cellar.updater.round()
    assert said(cellar) == ("current", None, None)
    cellar.held.clear()
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_a_cloud_that_nobody_reaches_is_not_held_against_a_version(cellar: Cellar) -> None:
    """Without the cloud a trial goes on; once it is back, the version may show that it uploads."""
    cellar.offer(NEW, "good")
    cellar.cloud_away = True
    began = cellar.time.now()

    def pass_by(_step: str) -> None:
        if cellar.time.now() - began > timedelta(hours=2):
            cellar.cloud_away = False

    run = cellar.time.run
    cellar.time.run = lambda seconds: (pass_by(""), run(seconds))[0]
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW
    assert cellar.time.now() - began > timedelta(hours=2)


def test_but_not_for_ever(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LONGEST", timedelta(hours=2))
    cellar.offer(NEW, "good")
    cellar.cloud_away = True
    cellar.updater.round()
    assert said(cellar)[0] == "rolled-back"
    assert "no upload was acknowledged and the cloud did not answer" in (said(cellar)[2] or "")


def test_without_consent_an_answer_of_the_cloud_is_enough(cellar: Cellar) -> None:
    with closing(sqlite3.connect(cellar.database)) as db, db:
        db.execute("update consent set state = 'not-granted'")
    cellar.offer(NEW, "mute")
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_where_nothing_was_measured_before_nothing_need_be_measured_after(cellar: Cellar) -> None:
    with closing(sqlite3.connect(cellar.database)) as db, db:
        db.execute("delete from measurement")
    cellar.offer(NEW, "mute")
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_a_server_that_is_away_changes_nothing(cellar: Cellar) -> None:
    cellar.server_away = True
    cellar.updater.round()
    assert said(cellar) == ("current", None, None)
    assert cellar.tried == [FIRST]


def test_a_clock_that_is_not_believed_looks_at_nothing(cellar: Cellar) -> None:
    cellar.believed = False
    cellar.offer(NEW, "good")
    cellar.updater.round()
    assert cellar.tried == [FIRST]
    cellar.believed = True
    cellar.updater.round()
    assert cellar.journal.hour == cellar.time.now().replace(hour=10, minute=0, second=0, microsecond=0)


def test_a_disk_without_room_is_not_held_against_a_version(cellar: Cellar) -> None:
    cellar.offer(NEW, "good")

    def full(step: str) -> None:
        if step == "build":
            raise OSError(28, "No space left on device")

    cellar.moment = full
    cellar.updater.round()
    assert cellar.journal.failures.failed == {}
    cellar.moment = lambda _: None
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_a_database_that_cannot_be_copied_puts_the_update_off_and_the_service_goes_on(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "back_up", full)
        cellar.offer(NEW, "good")
        cellar.updater.round()
        assert (cellar.links()["current"], cellar.journal.trial) == (FIRST, None)
        assert cellar.journal.failures.failed == {}
    cellar.time.pass_by(60)
    assert cellar.running == FIRST
    cellar.updater.round()
    assert cellar.links()["kept"] == NEW


def test_a_version_that_ruins_the_database_gets_back_what_was_there_before(cellar: Cellar) -> None:
    measured = cellar.measured()
    cellar.offer(NEW, "hang")

    def ruin(step: str) -> None:
        if step == "started" and cellar.slots.of("current") == NEW:
            cellar.database.write_bytes(b"ruined" * 1000)
            for suffix in ("-wal", "-shm"):
                cellar.database.with_name(cellar.database.name + suffix).unlink(missing_ok=True)

    cellar.moment = ruin
    cellar.updater.round()
    assert said(cellar)[0] == "rolled-back"
    assert cellar.measured() == measured
    assert copies(cellar.database, "before") == []


def test_a_link_that_somebody_moved_by_hand_leads_back_to_what_was_kept(cellar: Cellar) -> None:
    cellar.offer(NEW, "good")
    cellar.updater.round()
    cellar.slots.point("current", FIRST)
    cellar.updater.round()
    assert cellar.links()["current"] == NEW


def test_two_updaters_do_not_work_at_once(cellar: Cellar) -> None:
    cellar.journal.make()
    with cellar.journal.round(), pytest.raises(UpdateError, match="under way"):
        cellar.updater.round()


def test_a_home_without_a_current_slot_is_none(cellar: Cellar) -> None:
    (cellar.slots.home / "current").unlink()
    with pytest.raises(UpdateError, match="no slot is current"):
        cellar.updater.round()


def test_a_damaged_journal_is_read_as_none(cellar: Cellar) -> None:
    cellar.journal.make()
    (cellar.journal.folder / "trial.json").write_bytes(b"\0\0\0")
    (cellar.journal.folder / "hour").write_bytes(b"yesterday")
    cellar.updater.round()
    assert said(cellar) == ("current", None, None)
