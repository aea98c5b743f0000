"""Counts of groups that may be shown: small ones are hidden, and none can be reckoned from the others."""

from collections.abc import Mapping, Sequence

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


def apart(moments: Sequence[Mapping[str, int]]) -> list[int]:
    """The places of those moments, one after another, whose counts may be shown; the last one is now.

    Who compares two of them sees what changed between them. So each group of one that is shown is small in none, and
    differs from what it is in the next by nobody or by more than a few: what changed with few is told with a later one.
    """
    shown: list[int] = []
    following = moments[-1] if moments else {}
    for place in reversed(range(len(moments))):
        counts = moments[place]
        changes = [abs(count - following[name]) for name, count in counts.items()]
        if not any(0 < count < SMALLEST for count in (*counts.values(), *changes)):
            shown.insert(0, place)
            following = counts
    return shown
