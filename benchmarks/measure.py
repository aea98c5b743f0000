"""Measuring in turns: what is compared is run alternately, so that a machine that grows slower slows both."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several ways of doing the same, by name, in seconds; the first is ours."""

    name: str
    seconds: Mapping[str, float]

    def lines(self) -> list[str]:
        ours = next(iter(self.seconds.values()))
        head = [f"{self.name}"]
        return head + [
            f"  {way:<44} {seconds * 1000:9.1f} ms   {seconds / ours:6.2f} times ours"
            for way, seconds in self.seconds.items()
        ]


def compare(name: str, ways: Mapping[str, Callable[[], object]]) -> Comparison:
    """Run each way in turn, several rounds after one that does not count; the median of each."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for round_number in range(ROUNDS + 1):
        for way, run in ways.items():
            gc.collect()
            begin = time.perf_counter()
            run()
            if round_number:
                taken[way].append(time.perf_counter() - begin)
    return Comparison(name=name, seconds={way: statistics.median(times) for way, times in taken.items()})
