"""The grade of a plugin: bronze, silver or gold, and what is missing for the next.

bronze   recognises its own telegrams and nobody else's, reads them to the digit, refuses damage
silver   a scrubbed recording of a real meter, or two variants with sources; time and memory; every register named
gold     unlocks over all tolerances, or plainly has no PIN; locked and unlocked layout; a source for every figure
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from edge_app.errors import PluginError
from edge_app.kit import cost_checks, recognition_checks, telegram_checks, unlock_checks, word_checks
from edge_app.kit.subject import Subject, subject
from edge_app.metering.meter import Meter


class Grade(IntEnum):
    """How far a plugin can be relied on."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to hold, from a grade on."""

    grade: Grade
    look: Callable[[Subject], Iterable[str]]
    """Gives a sentence for each thing that is wrong; its docstring says what holds otherwise."""

    @property
    def name(self) -> str:
        return self.look.__name__.replace("_", "-")

    @property
    def holds(self) -> str:
        """What is so when nothing is wrong."""
        return (self.look.__doc__ or self.name).strip()


CHECKS = (
    *(
        Check(grade=Grade.BRONZE, look=look)
        for look in (
            telegram_checks.lines,
            telegram_checks.examples,
            telegram_checks.length,
            recognition_checks.recognises,
            recognition_checks.stands_apart,
            telegram_checks.reads,
            telegram_checks.reads_recordings,
            telegram_checks.shows_power,
            telegram_checks.keeps_promises,
            telegram_checks.refuses_damage,
            telegram_checks.in_pieces,
        )
    ),
    *(
        Check(grade=Grade.SILVER, look=look)
        for look in (
            word_checks.is_evidenced,
            cost_checks.keeps_within_time,
            cost_checks.keeps_within_memory,
            word_checks.names_registers,
        )
    ),
    *(
        Check(grade=Grade.GOLD, look=look)
        for look in (unlock_checks.layouts, unlock_checks.unlocks, word_checks.tells_sources)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one check."""

    name: str
    grade: Grade
    holds: str
    wrongs: tuple[str, ...]
    """Empty where it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of all checks of one plugin."""

    model: str
    name: str
    alike: tuple[str, ...]
    """Models that no telegram tells from this one: all are candidates, and a person chooses."""
    findings: tuple[Finding, ...]

    @property
    def grade(self) -> Grade:
        """The highest grade of which everything holds, and of those below it."""
        broken = [finding.grade for finding in self.findings if finding.wrongs]
        return Grade(min(broken) - 1) if broken else Grade.GOLD

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What keeps it from the next grade."""
        return tuple(each for each in self.findings if each.wrongs and each.grade == self.grade + 1)


def examine(meter: type[Meter], others: Sequence[type[Meter]]) -> Report:
    """Judge a model beside those that are installed. Whatever its code raises is a finding."""
    try:
        judged = subject(meter, others)
    except PluginError as error:
        unfit = Finding(name="profile", grade=Grade.BRONZE, holds="Its profile can be read.", wrongs=(str(error),))
        return Report(model=meter.model, name=meter.name, alike=(), findings=(unfit,))
    return Report(
        model=meter.model,
        name=meter.name,
        findings=tuple(find(check, judged) for check in CHECKS),
        alike=tuple(twin.model for twin in recognition_checks.alike(judged)),
    )


def find(check: Check, judged: Subject) -> Finding:
    """Look at one thing."""
    try:
        wrongs = tuple(check.look(judged))
    except Exception as error:  # a plugin is other people's code: whatever it raises is what is wrong
        wrongs = (f"{type(error).__name__}: {error}",)
    return Finding(name=check.name, grade=check.grade, holds=check.holds, wrongs=wrongs)
