"""What stands against showing power, and what a device may do about it by itself."""

from collections.abc import Sequence

from edge_app.metering.unlock.unlocking import Result
from edge_app.model.incident import Cause, Finding
from edge_app.store.attempts import Attempt

OBSTACLES = {
    Cause.LOCKED: "the meter shows whole kilowatt hours and no power, and no PIN is kept here that could be entered",
    Cause.REFUSED: "the PIN was entered once and the meter stayed locked: check the PIN and how the head sits",
    Cause.INTERRUPTED: "the entry of the PIN was interrupted; it is tried again when a person asks for it",
    Cause.MENU: "the PIN was entered; somebody has to switch on the full telegram in the meter's menu besides",
    Cause.BRIEF: "the PIN works for two minutes only, and pulses that would keep it are not allowed here",
    Cause.DARK: "the light of the reading head cannot be switched, so no PIN can be entered",
}


def obstacle(made: Sequence[Attempt], *, keep_alive: bool) -> Cause | None:
    """What stands against entering a PIN, told from the attempts with it; None where it may be entered."""
    if not made or made[-1].pardoned:
        return None
    last = made[-1]
    if last.worked:
        return Cause.BRIEF if is_brief(made) and not keep_alive else None
    if last.result is None:
        return Cause.INTERRUPTED
    return Cause.MENU if last.result == Result.NEEDS_WALK else Cause.REFUSED


def is_brief(made: Sequence[Attempt]) -> bool:
    """Whether a PIN has been seen to work for two minutes only."""
    return any(attempt.result == Result.TWO_MINUTES for attempt in made)


def finding(cause: Cause) -> Finding:
    """The cause with its words."""
    return Finding(cause=cause, detail=OBSTACLES[cause])
