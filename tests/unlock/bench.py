"""The bench with a line between lamp and display: zeros go down it, as they do where a break cannot be carried."""

from dataclasses import dataclass, field

from edge_app.kit.bench import START, Bench, JumpingClock
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.light import Spacing, ZeroSpacing
from edge_app.metering.profile import profile
from edge_app.simulator.display import USUAL, Display, Setting, rules
from edge_app.simulator.virtual_meter import VirtualMeter

__all__ = ["Front", "JumpingClock", "front"]

BAUDRATE = 9600


@dataclass
class Front(Bench):
    """A bench whose light comes as bytes."""

    written: list[tuple[float, int]] = field(default_factory=list)
    """When zeros were sent, and how many."""

    def spacing(self) -> Spacing:
        return ZeroSpacing(self._shine, baudrate=BAUDRATE, clock=self.clock)

    def _shine(self, zeros: bytes) -> None:
        self.written.append((self.clock.monotonic(), len(zeros)))
        self.display.see(zeros, self.clock.monotonic())


def front(
    model: str, *, pin: str, seed: int = 1, setting: Setting = USUAL, variant: str | None = None, locked: bool = True
) -> Front:
    """Stand in front of a virtual meter."""
    meter = load().meter(model)
    described = profile(type(meter))
    display = Display(rules(described, pin=pin, seed=seed, setting=setting), baudrate=BAUDRATE, locked=locked)
    virtual = VirtualMeter(variant=described.variant(variant), role="electricity", seed=seed, since=START)
    return Front(meter=meter, virtual=virtual, display=display)
