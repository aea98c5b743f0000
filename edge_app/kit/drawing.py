"""Drawing a profile from a recording: what its telegrams tell, in whichever protocol they are."""

from itertools import pairwise
from statistics import median

from edge_app.errors import ConfigError, TelegramError
from edge_app.kit import draft_mode_d, draft_sml
from edge_app.kit.draft import Draft
from edge_app.kit.word_checks import GUESS
from edge_app.metering import mode_d
from edge_app.metering.ear import Ear, read
from edge_app.metering.probe.recording import Recording
from edge_app.model.telegram import Telegram


def drawn(recording: Recording) -> Draft:
    """What the telegrams of a scrubbed recording tell. Raises ConfigError where none of them is whole."""
    heard = _whole(recording)
    if not heard:
        raise ConfigError("--capture: no whole telegram to draw a profile from (decode says what is wrong with each)")
    first = heard[0]
    source = f"drawn from a recording, whose first telegram has {len(first.data)} bytes"
    source = source if recording.timed else f"{source}; one telegram a second is a {GUESS}"
    draw = draft_mode_d.drawn if first.protocol == mode_d.name else draft_sml.drawn
    return draw(first, every=_every(heard), source=source)


def _whole(recording: Recording) -> list[Telegram]:
    ear = Ear()
    heard = [found for chunk in recording.chunks() for found in ear.hear(chunk)]
    return [found for found in heard if isinstance(found, Telegram) and _tells(found)]


def _tells(telegram: Telegram) -> bool:
    if telegram.protocol != mode_d.name:
        return draft_sml.lists_registers(telegram)
    try:
        return bool(read(telegram).registers)
    except TelegramError:
        return False


def _every(heard: list[Telegram]) -> float:
    """Seconds from telegram to telegram; one where a recording tells nothing of time."""
    pauses = [later.ended - earlier.ended for earlier, later in pairwise(heard)]
    return max(round(median(pauses), 1), 0.1) if any(pauses) else 1.0
