"""The updater: one round of it, from a look to a version that is kept or given up, whatever was cut off before."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from edge_app.clock import Clock
from edge_app.errors import UpdateError, UpdateServerError
from edge_app.fleet.update import backup, evidence
from edge_app.fleet.update.choice import Choice, Standing, choose
from edge_app.fleet.update.documents import Release, Wheel
from edge_app.fleet.update.evidence import Mark, Seen
from edge_app.fleet.update.journal import Journal, Report, State, Trial
from edge_app.fleet.update.repository import Offers
from edge_app.fleet.update.service import Service
from edge_app.fleet.update.slots import Slots
from edge_app.fleet.update.trial import STARTS, Sight, Terms, verdict

BUILDS = 3
"""How often a version is tried to be built before it counts as failed; a full disk passes."""

SELDOM = 4
"""How much longer a version is left alone between two looks that needs more than the least time."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Where a device looks, and as whom it chooses."""

    look: Callable[[], Offers]
    channel: str
    standing: Callable[[str, Sequence[str]], Standing]
    """Takes the version that was kept last and those that failed here."""
    believed: Callable[[], bool]
    """Whether the time of day is known."""
    reachable: Callable[[], bool]
    """Whether the cloud answers anybody here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updater:
    """Carries updates out; each step may be cut off anywhere and be taken again."""

    slots: Slots
    journal: Journal
    service: Service
    database: Path
    offered: Offered
    build: Callable[[str, Sequence[Wheel]], None]
    check: Callable[[str], None]
    page: Callable[[], bool]
    slot: timedelta
    terms: Terms
    clock: Clock
    pause: Callable[[float], None]

    def round(self) -> None:
        """Go on with what was begun, else look for what is new. Raises UpdateError where another one is at work."""
        self.journal.make()
        with self.journal.round():
            try:
                if self.journal.trial is not None:
                    self._go_on()
                else:
                    self._begin()
            except (OSError, sqlite3.Error) as error:
                logger.warning("the update is put off: %s", error)

    def _begin(self) -> None:
        self._settle()
        if self.offered.believed():
            self._look()
        else:
            logger.warning("the time of day is not known, so nothing is believed that was signed for a time")

    def starting(self) -> None:
        """Count a start of the service, from outside of it; a version that has had its starts is given up."""
        with self.journal.alone():
            trial = self.journal.trial
            if trial is None or self.slots.of("kept") == trial.version:
                return
            if trial.given_up is None:
                if self.journal.count_start() <= STARTS:
                    return
                trial = replace(trial, given_up=f"it was started more than {STARTS} times and had not proved itself")
                self.journal.note(trial)
            self._return(trial)
            self.journal.end_trial()

    def _settle(self) -> None:
        """Where nothing is on trial, what was kept is what runs; a device that knew no updates yet begins so."""
        current = self.slots.of("current")
        if current is None:
            raise UpdateError(f"{self.slots.home}: no slot is current")
        kept = self.slots.of("kept") or current
        for link in ("kept", "image"):
            if self.slots.of(link) is None:
                self.slots.point(link, kept)
        if current != kept:
            logger.error("version %s runs and was never kept; %s is put back", current, kept)
            self.slots.point("current", kept)
            self.service.restart()
        if self.journal.report is None:
            self._tell("current")

    def _look(self) -> None:
        try:
            offers = self.offered.look()
            choice = self._choose(offers)
        except UpdateServerError as error:
            logger.warning("%s", error)
            return
        except UpdateError as error:
            self._refuse(None, str(error))
            return
        self.journal.believe(self.clock.now())
        for version, reason in choice.passed.items():
            logger.info("version %s: %s", version, reason)
        if choice.release:
            self._try(offers, choice.release)
            return
        self.slots.sweep()
        last = self.journal.report
        if last is None or last.state not in ("rolled-back", "refused") or last.tried not in choice.passed:
            self._tell("current")

    def _choose(self, offers: Offers) -> Choice:
        channel, holds = offers.channel(self.offered.channel), offers.holds(self.offered.channel)
        kept = self.slots.of("kept") or ""
        standing = self.offered.standing(kept, list(self.journal.failures.failed))
        return choose(channel, holds, standing, offers.release, self.clock.now())

    def _try(self, offers: Offers, release: Release) -> None:
        version = release.version
        logger.info("version %s is fetched", version)
        self._tell("downloading", tried=version)
        try:
            wheels = offers.fetch(release)
        except UpdateServerError as error:
            logger.warning("%s; what has come stays here", error)
            return
        except UpdateError as error:
            self._refuse(version, str(error))
            return
        try:
            self.build(version, wheels)
        except UpdateError as error:
            self._refuse(version, str(error))
            if self.journal.count_unbuilt(version) >= BUILDS:
                self.journal.fail(version, str(error))
            return
        try:
            self.check(version)
        except UpdateError as error:
            self.journal.fail(version, str(error))
            self._refuse(version, str(error))
            self.slots.remove(version)
            return
        self.journal.note(Trial(version=version, back=self.slots.of("kept") or "", began=self.clock.now()))
        self._go_on()

    def _go_on(self) -> None:
        """Carry a trial on from where the journal says it is."""
        trial = self.journal.trial
        if trial is None:
            return
        if trial.given_up is None and self.slots.of("kept") != trial.version:
            try:
                if trial.mark is None:
                    self._switch(trial)
            finally:
                self.service.start()
            self._watch()
        with self.journal.alone():
            if (trial := self.journal.trial) is not None:  # else its starts were enough to give it up
                self._decide(trial)
        self.slots.sweep()

    def _decide(self, trial: Trial) -> None:
        """Do what was decided of a trial; only then is it out of the journal."""
        if trial.given_up is None:
            self._keep(trial)
        else:
            self.service.stop()
            self._return(trial)
            self.service.start()
        self.journal.end_trial()

    def _switch(self, trial: Trial) -> None:
        """Let the version on trial run in place of the one of before, whose database is kept aside."""
        logger.info("version %s is on trial", trial.version)
        self._tell("trial", tried=trial.version)
        with self.journal.alone():
            self.service.stop()
            try:
                backup.back_up(self.database, self.clock.now())
                self.journal.forget_starts()
                self.slots.point("current", trial.version)
                now = evidence.mark(self.database, now=self.clock.now(), lately=4 * self.slot)
                self.journal.note(replace(trial, mark=now))
            except (OSError, sqlite3.Error):
                self.slots.point("current", trial.back)
                self.journal.end_trial()
                raise
        self._tell("trial", tried=trial.version)

    def _watch(self) -> None:
        """Return once it is decided: the link `kept` leads to the version, or the journal says why it does not."""
        began = ready_at = last = self.clock.monotonic()
        excused = 0.0
        while True:
            with self.journal.alone():
                trial = self.journal.trial
                if trial is None or trial.given_up is not None:
                    return
                now, ready = self.clock.monotonic(), self.service.is_ready()
                ready_at = now if ready else ready_at
                sight = Sight(
                    starts=self.journal.starts,
                    running=timedelta(seconds=now - began),
                    excused=timedelta(seconds=excused),
                    ready=ready,
                    unready=timedelta(seconds=now - ready_at),
                    page=self.page(),
                    seen=self._seen(trial.mark or Mark()),
                )
                judged = verdict(sight, trial.mark or Mark(), self.terms)
                if judged.kept:
                    self.slots.point("before", trial.back)
                    self.slots.point("kept", trial.version)
                    return
                if judged.given_up:
                    self.journal.note(replace(trial, given_up=judged.given_up))
                    return
            late = sight.running >= self.terms.least
            if late and not self.offered.reachable():
                excused += now - last
            last = now
            self.pause(self.terms.every * (SELDOM if late else 1))

    def _seen(self, before: Mark) -> Seen:
        try:
            return evidence.since(self.database, before)
        except sqlite3.Error as error:
            logger.warning("the database of the version on trial cannot be read: %s", error)
            return Seen()

    def _keep(self, trial: Trial) -> None:
        logger.info("version %s is kept", trial.version)
        backup.forget(self.database)
        self._tell("kept")

    def _return(self, trial: Trial) -> None:
        """Put the version of before back, with a database that it can read; the service must not run meanwhile."""
        logger.error("version %s is given up: %s", trial.version, trial.given_up)
        if backup.restore(self.database):
            logger.error("its database could not be read; the one of before it is back")
        self.slots.point("current", trial.back)
        self.journal.fail(trial.version, trial.given_up or "")
        backup.forget(self.database)
        self._tell("rolled-back", tried=trial.version, reason=trial.given_up)

    def _refuse(self, version: str | None, reason: str) -> None:
        logger.error("refused%s: %s", f" version {version}" if version else "", reason)
        self._tell("refused", tried=version, reason=reason)

    def _tell(self, state: State, *, tried: str | None = None, reason: str | None = None) -> None:
        current = self.slots.of("current") or ""
        slot = "image" if current == self.slots.of("image") else current
        self.journal.tell(Report(version=current, slot=slot, state=state, tried=tried, reason=reason))
