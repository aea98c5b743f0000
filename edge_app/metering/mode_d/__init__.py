"""Mode D of IEC 62056-21, ASCII that a meter pushes: `cutter()` finds telegrams, `read` takes one apart."""

from edge_app.metering.mode_d.content import read
from edge_app.metering.mode_d.cutter import NAME, Cutter

name = NAME
cutter = Cutter

__all__ = ["cutter", "name", "read"]
