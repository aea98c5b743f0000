"""`CITATION.cff`: how a release is cited."""

import json

from cloud_api.dataset.release import Release


def citation(release: Release) -> str:
    """YAML in which every text is quoted as JSON does it, which YAML understands."""
    lines = {
        "cff-version": "1.2.0",
        "message": "If you use this data set, please cite it as below.",
        "type": "dataset",
        "title": f"Zählwerk: measurements of household electricity meters, release {release.name}",
        "version": release.name,
        "date-released": release.until.isoformat(),
    }
    head = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in lines.items()]
    return "\n".join([*head, "authors:", f"  - name: {json.dumps(release.authors, ensure_ascii=False)}", ""])
