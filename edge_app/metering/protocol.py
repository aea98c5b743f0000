"""What a protocol is: a way to cut a stream into telegrams, and a way to read one. A module fits as it is."""

from collections.abc import Callable
from typing import Protocol

from edge_app.model.reading import Reading
from edge_app.model.telegram import Chunk, Damage, Telegram


class Cutter(Protocol):
    """Finds telegrams in one stream of bytes; holds a bounded number of them."""

    def feed(self, chunk: Chunk) -> list[Telegram | Damage]:
        """Take the next bytes; give the telegrams that they completed and the damage that they revealed."""
        ...

    def close(self) -> list[Damage]:
        """Tell of a telegram that the end of the stream cut off."""
        ...


class WireProtocol(Protocol):
    """One way in which meters speak."""

    @property
    def name(self) -> str:
        """`sml` or `d0`; telegrams carry it."""
        ...

    @property
    def cutter(self) -> Callable[[], Cutter]:
        """Make a cutter for one stream."""
        ...

    @property
    def read(self) -> Callable[[bytes], Reading]:
        """Take a whole telegram apart; raises TelegramError."""
        ...
