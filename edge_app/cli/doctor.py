"""`edge-app doctor`: whether everything works that has to, and what to do next where it does not."""

import asyncio
from argparse import Namespace

from edge_app.cli import output
from edge_app.cli.language import reader
from edge_app.fleet.doctor.examination import examine
from edge_app.fleet.doctor.finding import Finding, Verdict
from edge_app.web.frame.reader import Reader


def run(given: Namespace) -> int:
    found, speaking = asyncio.run(examine(given.config)), reader(given.language)
    for each in found:
        said, step = said_of(each, speaking)
        if given.json:
            about = {"check": each.check, "subject": each.subject or None, "verdict": each.verdict}
            output.print_json({**about, "said": said, "next": step})
        else:
            name = f"{each.check} {each.subject}".rstrip()
            print(f"{each.verdict:<5}{name:<24} {said}{f' {step}' if step else ''}")
    return 1 if any(each.verdict is Verdict.FAIL for each in found) else 0


def said_of(finding: Finding, speaking: Reader) -> tuple[str, str | None]:
    """What was found, and the next step."""
    said = speaking.say(finding.message, **finding.values)
    said = said if said.endswith(".") else f"{said[:1].upper()}{said[1:]}."
    return said, speaking.say(finding.next, **finding.values) if finding.next else None
