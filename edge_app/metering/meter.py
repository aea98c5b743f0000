"""A meter model: what a plugin knows of it, and how its telegrams become readings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from edge_app.clock import Clock
from edge_app.errors import ConfigError
from edge_app.metering import sml
from edge_app.metering.derive import complete
from edge_app.metering.ear import read
from edge_app.metering.probe.light import Lamp
from edge_app.metering.protocol import WireProtocol
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.timing import timing
from edge_app.metering.unlock.unlocking import Ask, Hear, Outcome, Progress, Unlocking
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """The settings of a meter's line.

    A port is always opened with eight data bits and no parity: 7E1 has the same ten bits a character, so its parity
    arrives in bit 7, and is checked there.
    """

    baudrate: int = 9600
    bytesize: Literal[7, 8] = 8
    parity: Literal["N", "E"] = "N"
    stopbits: Literal[1, 2] = 1

    def __str__(self) -> str:
        return f"{self.baudrate} {self.bytesize}{self.parity}{self.stopbits}"


class Meter:
    """One model; a plugin derives its own, fills in the fields and says how to recognise a telegram.

    `read` is a plain function of a telegram. A model with a quirk overrides it and tells the quirk in its docstring.
    """

    model: ClassVar[str]
    """The model number, as the registration knows it: `[A-Z0-9][A-Z0-9-]{1,31}`."""
    vendor: ClassVar[str]
    name: ClassVar[str]
    """What people call it, with its maker."""
    lines: ClassVar[Sequence[SerialLine]] = (SerialLine(),)
    """The line of each protocol, in the same order as `protocols`."""
    protocols: ClassVar[Sequence[WireProtocol]] = (sml,)
    locked: ClassVar[frozenset[Obis]]
    """The registers that it shows before a PIN was entered."""
    unlocked: ClassVar[frozenset[Obis]]
    """The registers that it shows once unlocked."""

    def recognises(self, reading: Reading) -> bool:
        """Whether a telegram may have come from this model; models that send alike all say yes."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to recognise its telegrams")

    def read(self, telegram: Telegram) -> Reading:
        """Take a telegram apart and complete it. Raises TelegramError."""
        return complete(read(telegram))

    def line(self, protocol: str) -> SerialLine:
        """The settings of the line on which it speaks a protocol."""
        names = [each.name for each in self.protocols]
        return self.lines[names.index(protocol)]

    async def enable_detailed_readout(
        self,
        pin: Pin,
        *,
        lamp: Lamp,
        hear: Hear,
        clock: Clock,
        report: Callable[[Progress], None],
        ask: Ask | None = None,
        overrides: Mapping[str, float] | None = None,
        watch: bool = True,
    ) -> Outcome:
        """Get a locked meter to show power and decimals, by one entry of its PIN; when cancelled, the light is off.

        `hear` gives readings that no light has touched, `report` is told how it goes, `ask` reaches a person in front
        of the meter, without whom no menu is walked, and `overrides` are timings for a meter that differs from its
        model. Without `watch` it is not seen whether the full telegram lasts. Raises ConfigError where no PIN is
        known to be entered by light, or a timing cannot be.
        """
        usual = timing(type(self))
        if usual is None:
            raise ConfigError(f"{self.name}: no PIN is known to be entered by light")
        unlocking = Unlocking(
            timing=usual.with_overrides(overrides or {}),
            lamp=lamp,
            hear=hear,
            clock=clock,
            report=report,
            ask=ask,
            watch=watch,
        )
        return await unlocking.run(pin)
