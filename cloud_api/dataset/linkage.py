"""Linkage: how easily somebody who knows a household by its details would find it among those that revoked."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

DETAILS = ("children", "adults", "employed_adults", "ev_charger", "heat_pump", "home_battery", "consent_from")
SYSTEM = ("nominal_power", "azimuth", "tilt", "installation_date")
METER = ("type", "model_number")
STATE = 3
"""Letters of a region that name its state: a place is moved by kilometres, and seldom out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """How an attack on a release's revoked households ends, by one who has an older release and rounds as we do."""

    revoked: int
    alone: int
    """Those whose details no other of them has."""
    first_guess: float | None
    """The share of right first guesses; none where there is nobody to guess."""


def linkage(households: Sequence[Row], pv_systems: Sequence[Row], meters: Sequence[Row]) -> Linkage:
    """Attack: gather those with the same details, and guess among them."""
    revoked = [row for row in households if row["consent"] == "revoked"]
    systems, hung = _by_household(pv_systems, SYSTEM), _by_household(meters, METER)
    crowds = Counter(
        (
            tuple(row[name] for name in DETAILS),
            (row["region"] or "")[:STATE],
            tuple(sorted(systems[row["household"]])),
            tuple(sorted(hung[row["household"]])),
        )
        for row in revoked
    )
    return Linkage(
        revoked=len(revoked),
        alone=sum(size == 1 for size in crowds.values()),
        first_guess=len(crowds) / len(revoked) if revoked else None,
    )


def _by_household(rows: Sequence[Row], names: Sequence[str]) -> Mapping[str, list[tuple[Any, ...]]]:
    """What hangs on each household."""
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row["household"]].append(tuple(row[name] for name in names))
    return found
