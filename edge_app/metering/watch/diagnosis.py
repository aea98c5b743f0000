"""The diagnosis: what is wrong with a line, told from what was heard on it."""

from edge_app.metering.watch.heard import Heard
from edge_app.model.incident import Cause, Finding

ENOUGH = 0.5
"""The share of whole telegrams below which the head sits badly."""
ENOUGH_AGAIN = 0.75
"""The share from which on it is said to sit well again."""

TROUBLES = {
    Cause.ABSENT: "the reading head is not plugged in, or its address is wrong",
    Cause.BUSY: "another program is using the reading head",
    Cause.DENIED: "this program may not open the port of the reading head",
    Cause.LOST: "the connection to the reading head breaks off",
    Cause.UNFIT: "the address of the reading head is none that can be opened",
    Cause.SILENT: "nothing arrives: the head has slipped, or the meter is without power",
}


def trouble(kind: str) -> Finding:
    """What is wrong where a port cannot be opened or gives no bytes, by the kind of the `ProbeError`."""
    cause = Cause(kind)
    return Finding(cause=cause, detail=TROUBLES[cause])


def diagnose(heard: Heard, *, garbled: bool) -> Finding | None:
    """What is wrong where bytes arrive; None where all is well, or nothing came.

    `heard` holds what came within a while, `garbled` says whether the head was said to sit badly before.
    """
    if heard.whole:
        share = heard.whole / (heard.whole + heard.damaged)
        return _garbled(share) if share < (ENOUGH_AGAIN if garbled else ENOUGH) else None
    if heard.strangers:
        return Finding(
            cause=Cause.FOREIGN,
            detail="another meter than before sends here; nothing of it is kept until a person confirms the exchange",
        )
    if heard.foreign:
        return Finding(
            cause=Cause.MODEL,
            detail="the telegrams are those of another model than the one that is set; nothing of them is kept",
        )
    if heard.damaged and heard.high_bytes:
        return _garbled(0.0)
    if heard.arrived:
        return Finding(
            cause=Cause.SETTINGS,
            detail="bytes arrive, but no telegram: check rate, parity and data bits of whatever carries the line",
        )
    return None


def _garbled(share: float) -> Finding:
    return Finding(
        cause=Cause.GARBLED,
        detail=f"only {share:.0%} of the telegrams arrive whole: turn the head a little, and press it close",
    )
