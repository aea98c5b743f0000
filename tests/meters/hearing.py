"""How the tests of the meters hear: every example of every profile, and bytes in, what can be believed out."""

from edge_app.errors import TelegramError
from edge_app.kit.sample import NOON, telegram_of, telegrams
from edge_app.metering import Meter, Telegram
from edge_app.metering.ear import read
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.profile import profile
from edge_app.model.reading import Reading

__all__ = ["EXAMPLES", "MODELS", "NOON", "believed", "telegram_of", "telegrams"]

MODELS: dict[str, type[Meter]] = load().models
EXAMPLES = [(meter, example) for meter in MODELS.values() for example in profile(meter).examples]
"""Every example of every profile, with the model that it is of."""


def believed(data: bytes, *, step: int | None = None) -> list[tuple[Telegram, Reading]]:
    """The telegrams in a stream that could be read, with what they say."""
    readings = []
    for telegram in telegrams(data, step=step):
        try:
            readings.append((telegram, read(telegram)))
        except TelegramError:
            continue
    return readings
