"""Counts of groups that may be shown: small ones are hidden, and none can be reckoned from the others."""

from collections.abc import Mapping

SMALLEST = 5
"""Households of a group that is shown."""


def hidden(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts, with None in place of those that are hidden.

    Whoever knows the sum of all can take away what is shown. So at least two are hidden together, and together they
    are no small group themselves: where they would be, the smallest of the others is hidden with them.
    """
    present = {name: count for name, count in counts.items() if count}
    by_size = sorted(present, key=lambda name: present[name])
    away = [name for name in by_size if present[name] < SMALLEST]
    for name in by_size[len(away) :]:
        if not away or (len(away) > 1 and sum(present[each] for each in away) >= SMALLEST):
            break
        away.append(name)
    return {name: None if name in away else count for name, count in present.items()}
