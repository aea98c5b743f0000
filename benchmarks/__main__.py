"""`make bench`: all that is measured, as a table and as JSON in build/bench.json."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import dataset, hour, light, pages, status, telegrams
from benchmarks.cloud import lasting, reading, uploads

RESULT = Path("build") / "bench.json"


def parts(given: argparse.Namespace) -> Mapping[str, Callable[[], Any]]:
    """What can be measured, by the word that asks for it alone."""
    seconds, rounds = (2.0, 1) if given.quick else (5.0, 5)
    minutes = given.minutes or (0.5 if given.quick else 10.0)
    return {
        "telegrams": telegrams.run,
        "hour": hour.run,
        "light": light.run,
        "pages": pages.run,
        "uploads": partial(uploads.run, seconds, rounds),
        "lasting": partial(lasting.run, seconds, minutes),
        "status": status.run,
        "reading": partial(reading.run, years=given.years or (4 if given.quick else 40)),
        "dataset": partial(dataset.run, measurements=given.measurements or (10**6 if given.quick else 10**7)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter everywhere, and less exact")
    parser.add_argument("--minutes", type=float, help="how long the lasting load lasts (default: 10)")
    parser.add_argument("--years", type=int, help="households that have a year of measurements (default: 40)")
    parser.add_argument("--measurements", type=int, help="of which a data set is made (default: 10000000)")
    parser.add_argument(
        "part",
        nargs="*",
        help="telegrams, hour, light, pages, uploads, lasting, status, reading, dataset (default: all)",
    )
    given = parser.parse_args()
    results = []
    for name, run in parts(given).items():
        if name in given.part or not given.part:
            result = run()
            print("\n".join(result.lines()), flush=True)
            results.append(asdict(result))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
