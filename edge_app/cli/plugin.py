"""`edge-app plugin`: write a plugin for a new meter model, and judge plugins."""

from argparse import Namespace

from edge_app.cli import output
from edge_app.cli.ports import catalogue
from edge_app.kit.choosing import chosen
from edge_app.kit.grade import Finding, Grade, Report, examine
from edge_app.kit.skeleton import write
from edge_app.metering.probe.recording import load

MOST = 3
"""Sentences on one check; more of the same say nothing new."""


def run(given: Namespace) -> int:
    return _new(given) if given.action == "new" else _check(given)


def _new(given: Namespace) -> int:
    recording = load(given.capture) if given.capture else None
    for file in write(given.model, vendor=given.vendor, out=given.out, recording=recording):
        print(file)
    return 0


def _check(given: Namespace) -> int:
    installed = catalogue(given)
    judged = chosen(given.what, installed)
    failed = {} if given.what else installed.failed
    others = {**installed.models, **{meter.model: meter for meter in judged}}
    reports = []
    for meter in judged:
        reports.append(examine(meter, list(others.values())))
        _print(reports[-1], as_json=given.json)
    for plugin, reason in failed.items():
        if given.json:
            output.print_json({"plugin": plugin, "error": reason})
        else:
            print(f"{plugin} could not be used: {reason}")
    return 1 if failed or any(report.grade < Grade.BRONZE for report in reports) else 0


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        output.print_json(
            {
                "model": report.model,
                "grade": str(report.grade),
                "alike": report.alike,
                "missing": [finding.name for finding in report.missing],
                "checks": [
                    {"name": each.name, "grade": str(each.grade), "holds": not each.wrongs, "wrong": each.wrongs}
                    for each in report.findings
                ],
            }
        )
        return
    print(f"{report.model}, {report.name}: {_said(report.grade)}")
    for finding in report.findings:
        if not finding.wrongs:
            print(f"  holds   {finding.holds}")
    for model in report.alike:
        print(f"  note    No telegram tells it from {model}: both are candidates, and a person chooses.")
    for finding in report.findings:
        if finding.wrongs:
            _print_wrong(finding)
    if report.grade < Grade.GOLD:
        print(f"  next    {Grade(report.grade + 1)}: {', '.join(each.name for each in report.missing)}")


def _print_wrong(finding: Finding) -> None:
    print(f"  {finding.grade!s:<7} {finding.name}: {finding.wrongs[0]}")
    for wrong in finding.wrongs[1:MOST]:
        print(f"          {wrong}")
    if len(finding.wrongs) > MOST:
        print(f"          and {len(finding.wrongs) - MOST} more")


def _said(grade: Grade) -> str:
    return "no grade yet" if grade is Grade.NONE else str(grade)
