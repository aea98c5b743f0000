"""The words of a report, in both languages."""

from dataclasses import dataclass

from cloud_api.dataset.card import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that a report says."""

    title: str
    lead: str
    point: str
    """The decimal point."""
    percent: str
    households: str
    participation: str
    completeness: str
    by_day: str
    seasons: tuple[str, str, str, str]
    """From winter on."""
    drawn: str
    fed_in: str
    power: str
    durations: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="Zählwerk, release {name}",
        lead="Households: {households}. Meters: {meters}. From {first} to {last}. Completeness: {completeness} of "
        "the expected quarters of an hour.",
        point=".",
        percent="%",
        households="households",
        participation="Households whose consent stands, by the day of the grant",
        completeness="completeness",
        by_day="Completeness by day",
        seasons=("winter", "spring", "summer", "autumn"),
        drawn="drawn",
        fed_in="fed in",
        power="Power {kind} by season, mean of all electricity meters over a day in UTC",
        durations="Duration curves: the power that is reached in a share of the time",
    ),
    "de": Words(
        title="Zählwerk, Ausgabe {name}",
        lead="Haushalte: {households}. Zähler: {meters}. Vom {first} bis zum {last}. Vollständigkeit: {completeness} "
        "der erwarteten Viertelstunden.",
        point=",",
        percent=" %",
        households="Haushalte",
        participation="Haushalte, deren Einwilligung gilt, nach dem Tag der Einwilligung",
        completeness="Vollständigkeit",
        by_day="Vollständigkeit nach Tagen",
        seasons=("Winter", "Frühling", "Sommer", "Herbst"),
        drawn="bezogen",
        fed_in="eingespeist",
        power="Leistung, {kind}, nach Jahreszeiten: Mittel aller Stromzähler über einen Tag in UTC",
        durations="Dauerlinien: die Leistung, die in einem Anteil der Zeit erreicht wird",
    ),
}
