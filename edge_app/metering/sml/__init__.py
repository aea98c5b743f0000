"""SML, the Smart Message Language, as German meters push it: `cutter()` finds telegrams, `read` takes one apart."""

from edge_app.metering.sml.content import read
from edge_app.metering.sml.cutter import NAME, Cutter

name = NAME
cutter = Cutter

__all__ = ["cutter", "name", "read"]
