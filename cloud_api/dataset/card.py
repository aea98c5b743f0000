"""The data card: who, when, how many, how complete, and which faults are known."""

from collections.abc import Mapping, Sequence
from typing import Literal

from cloud_api.dataset.release import Release
from cloud_api.dataset.summary import Summary
from cloud_api.ledger.showing import digits

Language = Literal["de", "en"]

ENGLISH = {
    "title": "Data card, release {name}",
    "who": "Households with standing consent: {standing}. Households whose consent was revoked, with anonymised "
    "details: {revoked}. Meters: {meters}. Photovoltaic systems: {pv_systems}. Households without a known region: "
    "{without_region}.",
    "when": "From {first} on and before {until}, UTC; view: {view}; made by {authors}.",
    "many": "{measurements} measurements. Of {expected} expected quarters of an hour {measured} were measured in time, "
    "{late} late, {missing} not: completeness {completeness}.",
    "links": "Linkage: a revoked household is here with its anonymised details{series}. Whoever knows it from an older "
    "release or otherwise, and rounds as is done here, is right in {first_guess} of first guesses among the {revoked} "
    "that revoked; {alone} of them have details that no other has. A share of 5 % at most is aimed at; few households "
    "alone cannot reach it, and an older release keeps what it said.",
    "with_series": " and its measurements, which lead to it in any older release: for controlled access alone",
    "without_series": " alone; its measurements, and how complete they are, are left out",
    "reasons": "Missing quarters of an hour, by reason",
    "flags": "Flagged steps of counters, by register",
    "faults": "Known faults: values that have no place in their column and are left out: {beyond}. Energy over a gap "
    "is given as one interval of its own length, at the last measurement before it. A flagged step has no energy; "
    "table `flag` shows both of its counters. After a revocation the words of incidents are gone, so an exchanged "
    "meter is then found by its counters alone, as `reset`, `backwards` or `jump`.",
    "sources": "Geodata",
    "none": "none",
}
GERMAN = {
    "title": "Datenblatt, Ausgabe {name}",
    "who": "Haushalte mit geltender Einwilligung: {standing}. Haushalte nach einem Widerruf, mit anonymisierten "
    "Angaben: {revoked}. Zähler: {meters}. Photovoltaikanlagen: {pv_systems}. Haushalte ohne bekannte Region: "
    "{without_region}.",
    "when": "Von {first} an und vor {until}, UTC; Sicht: {view}; erstellt von {authors}.",
    "many": "{measurements} Messungen. Von {expected} erwarteten Viertelstunden wurden {measured} rechtzeitig "
    "gemessen, {late} spät, {missing} nicht: Vollständigkeit {completeness}.",
    "links": "Verknüpfung: Ein Haushalt nach einem Widerruf ist hier {series}. Wer ihn aus einer älteren Ausgabe oder "
    "sonst kennt und rundet, wie hier gerundet wird, rät unter den {revoked} Haushalten nach einem Widerruf in "
    "{first_guess} der Fälle zuerst richtig; {alone} haben Angaben, die kein anderer hat. Angestrebt sind höchstens "
    "5 %; wenige Haushalte erreichen das nicht, und eine ältere Ausgabe behält, was in ihr steht.",
    "with_series": "mit seinen anonymisierten Angaben und seinen Messungen, die in jeder älteren Ausgabe zu ihm "
    "führen: nur für kontrollierten Zugang",
    "without_series": "nur mit seinen anonymisierten Angaben; seine Messungen und deren Vollständigkeit fehlen",
    "reasons": "Fehlende Viertelstunden nach ihrem Grund",
    "flags": "Markierte Schritte von Zählwerken, je Register",
    "faults": "Bekannte Mängel: Werte, die nicht in ihre Spalte passen und fehlen: {beyond}. Die Energie über eine "
    "Lücke steht als ein Intervall eigener Länge bei der letzten Messung vor ihr. Ein markierter Schritt hat keine "
    "Energie; die Tabelle `flag` zeigt beide Zählerstände. Nach einem Widerruf fehlen die Worte zu Störungen, ein "
    "getauschter Zähler ist dann nur an seinen Ständen zu erkennen, als `reset`, `backwards` oder `jump`.",
    "sources": "Geodaten",
    "none": "keine",
}
WORDS: dict[Language, dict[str, str]] = {"de": GERMAN, "en": ENGLISH}


def card(release: Release, summary: Summary, attributions: Sequence[str], language: Language) -> str:
    words = WORDS[language]
    tally = summary.tally
    given = {
        "name": release.name,
        "view": release.view,
        "authors": release.authors,
        "until": release.until.isoformat(),
        "first": (release.since or (summary.first and summary.first.date()) or release.until).isoformat(),
        **{name: getattr(summary, name) for name in ("standing", "revoked", "meters", "pv_systems", "without_region")},
        **{name: getattr(tally, name) for name in ("expected", "measured", "late", "missing")},
        "measurements": summary.measurements,
        "beyond": summary.beyond,
        "completeness": _share(tally.completeness, language),
        "series": words["with_series" if release.revoked_series else "without_series"],
        "alone": summary.linkage.alone,
        "first_guess": _share(summary.linkage.first_guess, language),
    }
    lines = [f"# {words['title'].format_map(given)}"]
    for name in ("who", "when", "many", "faults", *(["links"] if summary.revoked else [])):
        lines += ["", words[name].format_map(given)]
    for name, counts in (("reasons", summary.reasons), ("flags", summary.flags)):
        lines += ["", f"## {words[name]}", "", *(_counts(counts) or [words["none"]])]
    lines += ["", f"## {words['sources']}", "", *([f"- {line}" for line in attributions] or [words["none"]]), ""]
    return "\n".join(lines)


def _share(share: float | None, language: Language) -> str:
    if share is None:
        return "-"
    return f"{digits(share, ',')} %" if language == "de" else f"{digits(share)}%"


def _counts(counts: Mapping[str, int]) -> list[str]:
    return [f"- `{name}`: {count}" for name, count in counts.items()]
