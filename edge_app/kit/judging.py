"""Judges all plugins in a process of its own, at the lowest priority: `python -m edge_app.kit.judging FOLDER`.

It prints one JSON object, the grade of each model. Judging takes seconds, in which nothing else may wait for it.
"""

import json
import os
import sys
from pathlib import Path

from edge_app.kit.grade import examine
from edge_app.metering.plugins.catalogue import load


def main(folder: Path) -> None:
    """Judge the installed plugins and those of a folder."""
    os.nice(19)
    models = load(folder).models
    grades = {number: str(examine(model, list(models.values())).grade) for number, model in models.items()}
    sys.stdout.write(json.dumps(grades))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
