"""`make bench`: all that is measured, as a table and as JSON in build/bench.json."""

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks import hour, light, telegrams

MEASURED = (telegrams.run, hour.run, light.run)
RESULT = Path("build") / "bench.json"


def main() -> None:
    results = []
    for run in MEASURED:
        result = run()
        print("\n".join(result.lines()))
        results.append(asdict(result))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
