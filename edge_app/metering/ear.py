"""An ear: listens to one stream in every protocol that may be spoken there."""

from collections.abc import Iterator, Sequence

from edge_app.errors import TelegramError
from edge_app.metering import mode_d, sml
from edge_app.metering.protocol import WireProtocol
from edge_app.model.reading import Reading
from edge_app.model.telegram import Chunk, Damage, Telegram

PROTOCOLS: dict[str, WireProtocol] = {protocol.name: protocol for protocol in (sml, mode_d)}
"""All that is understood, by name."""


class Ear:
    """Gives the telegrams of one stream; where several protocols are possible, the first one heard is believed."""

    def __init__(self, protocols: Sequence[WireProtocol] = tuple(PROTOCOLS.values())) -> None:
        self._cutters = {protocol.name: protocol.cutter() for protocol in protocols}

    def hear(self, chunk: Chunk) -> Iterator[Telegram | Damage]:
        """Take the next bytes; give what became whole by them."""
        for name, cutter in list(self._cutters.items()):
            for found in cutter.feed(chunk):
                if name not in self._cutters:
                    break
                if isinstance(found, Telegram):
                    self._cutters = {name: cutter}
                yield found

    def close(self) -> Iterator[Damage]:
        """Tell of telegrams that the end of the stream cut off."""
        for cutter in self._cutters.values():
            yield from cutter.close()


def read(telegram: Telegram) -> Reading:
    """Take a telegram apart by its protocol. Raises TelegramError."""
    protocol = PROTOCOLS.get(telegram.protocol)
    if protocol is None:
        raise TelegramError("content", f"no protocol is called {telegram.protocol!r}")
    return protocol.read(telegram.data)
