"""The tables of a data set and their fields: one page from which files, codebook and package description are made."""

from cloud_api.dataset.fields import PLACES, Field, Kind, Table
from cloud_api.dataset.steps import Flag
from cloud_api.ledger.states import Reason, State


def _household() -> Field:
    return Field(
        name="household",
        kind=Kind.TEXT,
        always=True,
        en="The household. In the research view its name is another in each release, unless kept.",
        de="Der Haushalt. In der Forschungssicht heißt er in jeder Ausgabe anders, wenn nichts anderes gewünscht war.",
    )


def _meter() -> Field:
    return Field(name="meter", kind=Kind.TEXT, always=True, en="The meter.", de="Der Zähler.")


def _slot() -> Field:
    return Field(
        name="slot",
        kind=Kind.MOMENT,
        always=True,
        en="Beginning of the quarter of an hour, UTC.",
        de="Beginn der Viertelstunde, UTC.",
    )


def _yes_no(name: str, en: str, de: str) -> Field:
    return Field(name=name, kind=Kind.YES_NO, en=en, de=de, always=True)


def _count(name: str, en: str, de: str, *, always: bool = True) -> Field:
    return Field(name=name, kind=Kind.COUNT, en=en, de=de, always=always)


def _personal(name: str, en: str, de: str, kind: Kind = Kind.TEXT, unit: str | None = None) -> Field:
    return Field(name=name, kind=kind, en=en, de=de, unit=unit, personal=True)


HOUSEHOLD = Table(
    name="household",
    en="Households: whoever has granted consent. After a revocation only anonymised details are left.",
    de="Haushalte: alle, die eingewilligt haben. Nach einem Widerruf bleiben nur anonymisierte Angaben.",
    key=("household",),
    fields=(
        _household(),
        Field(
            name="consent",
            kind=Kind.TEXT,
            always=True,
            words=("granted", "revoked"),
            en="Whether consent stands, or was revoked.",
            de="Ob die Einwilligung gilt oder widerrufen wurde.",
        ),
        Field(
            name="consent_from",
            kind=Kind.DAY,
            en="Day of the grant, UTC; after a revocation 1 January of its year.",
            de="Tag der Einwilligung, UTC; nach einem Widerruf der 1. Januar seines Jahres.",
        ),
        Field(
            name="consent_to",
            kind=Kind.DAY,
            en="1 January of the year of the revocation.",
            de="1. Januar des Jahres, in dem widerrufen wurde.",
        ),
        Field(
            name="region",
            kind=Kind.TEXT,
            en="NUTS 3 region of the location; after a revocation, that of a random point near it.",
            de="NUTS-3-Region des Standorts; nach einem Widerruf die eines zufälligen Punkts in der Nähe.",
        ),
        Field(name="region_name", kind=Kind.TEXT, en="Name of the region.", de="Name der Region."),
        Field(
            name="population_density",
            kind=Kind.NUMBER,
            unit="1/km²",
            en="People per km² of the region.",
            de="Einwohner je km² der Region.",
        ),
        _count("children", "Children in the household.", "Kinder im Haushalt."),
        _count("adults", "Adults in the household.", "Erwachsene im Haushalt."),
        _count("employed_adults", "Adults who are employed.", "Erwerbstätige Erwachsene."),
        _yes_no("ev_charger", "Whether an electric vehicle is charged at home.", "Ob ein Elektroauto zu Hause lädt."),
        _yes_no("heat_pump", "Whether there is a heat pump.", "Ob es eine Wärmepumpe gibt."),
        _yes_no("home_battery", "Whether there is a home battery.", "Ob es einen Heimspeicher gibt."),
        _personal("name", "Name of the participant.", "Name der teilnehmenden Person."),
        _personal("email", "E-mail address of the participant.", "E-Mail-Adresse der teilnehmenden Person."),
        _personal("street", "Street.", "Straße."),
        _personal("house_number", "House number.", "Hausnummer."),
        _personal("postal_code", "Postal code.", "Postleitzahl."),
        _personal("city", "City.", "Ort."),
        _personal("country", "Country.", "Land."),
        _personal("latitude", "Latitude, WGS 84.", "Geografische Breite, WGS 84.", Kind.NUMBER, "°"),
        _personal("longitude", "Longitude, WGS 84.", "Geografische Länge, WGS 84.", Kind.NUMBER, "°"),
    ),
)

METER = Table(
    name="meter",
    en="Meters, and what became of their quarters of an hour since consent was granted; of a household whose consent "
    "was revoked that is left out with its measurements.",
    de="Zähler, und was aus ihren Viertelstunden seit der Einwilligung wurde; nach einem Widerruf fehlt das, wie die "
    "Messungen.",
    key=("meter",),
    fields=(
        _meter(),
        _household(),
        Field(
            name="type",
            kind=Kind.TEXT,
            always=True,
            words=("ELECTRICITY", "PV-GENERATION"),
            en="Whether it counts what crosses the boundary of the house, or what a photovoltaic system gives.",
            de="Ob er zählt, was die Grenze des Hauses überquert, oder was eine Photovoltaikanlage gibt.",
        ),
        Field(name="model_number", kind=Kind.TEXT, always=True, en="Model number.", de="Modellbezeichnung."),
        _count("expected", "Slots that were expected.", "Viertelstunden, die erwartet wurden.", always=False),
        _count("measured", "Slots that were measured in time.", "Rechtzeitig gemessene Viertelstunden.", always=False),
        _count(
            "late", "Slots whose measurement came late.", "Viertelstunden, deren Messung spät eintraf.", always=False
        ),
        _count("missing", "Slots without a measurement.", "Viertelstunden ohne Messung.", always=False),
        Field(
            name="completeness",
            kind=Kind.NUMBER,
            en="Share of the expected slots that were measured, late ones included.",
            de="Anteil der erwarteten Viertelstunden, die gemessen wurden, die späten eingeschlossen.",
        ),
    ),
)

PV_SYSTEM = Table(
    name="pv_system",
    en="Photovoltaic systems. After a revocation nominal power is a whole number, the day 1 January of its year.",
    de="Photovoltaikanlagen. Nach einem Widerruf ist die Leistung ganzzahlig, der Tag der 1. Januar seines Jahres.",
    key=("pv_system",),
    fields=(
        Field(name="pv_system", kind=Kind.TEXT, always=True, en="The system.", de="Die Anlage."),
        _household(),
        Field(name="meter", kind=Kind.TEXT, always=True, en="The meter it feeds.", de="Der Zähler, den sie speist."),
        Field(name="nominal_power", kind=Kind.NUMBER, unit="kW", en="Nominal power.", de="Nennleistung.", always=True),
        Field(
            name="azimuth",
            kind=Kind.NUMBER,
            unit="°",
            en="Direction, from north, clockwise.",
            de="Ausrichtung, von Nord im Uhrzeigersinn.",
            always=True,
        ),
        Field(
            name="tilt",
            kind=Kind.NUMBER,
            unit="°",
            en="Tilt from the horizontal.",
            de="Neigung gegen die Waagerechte.",
            always=True,
        ),
        Field(
            name="installation_date",
            kind=Kind.DAY,
            en="Day of the installation.",
            de="Tag der Installation.",
            always=True,
        ),
    ),
)

MEASUREMENT = Table(
    name="measurement",
    en="Every register of every measurement, as the meter showed it.",
    de="Jedes Register jeder Messung, wie der Zähler es zeigte.",
    key=("meter", "time", "register"),
    monthly=True,
    fields=(
        _household(),
        _meter(),
        _slot(),
        Field(name="time", kind=Kind.MOMENT, always=True, en="When it was read, UTC.", de="Ablesezeitpunkt, UTC."),
        Field(
            name="register",
            kind=Kind.TEXT,
            always=True,
            en="OBIS code of the register, twelve hexadecimal digits.",
            de="OBIS-Kennzahl des Registers, zwölf hexadezimale Ziffern.",
        ),
        Field(
            name="value",
            kind=Kind.EXACT,
            unit="kWh, kW",
            en=f"Energy in kWh, power in kW, to {PLACES} places; none where the number is beyond the column.",
            de=f"Energie in kWh, Leistung in kW, auf {PLACES} Stellen; keiner, wo die Zahl nicht in die Spalte passt.",
        ),
    ),
)

QUARTER = Table(
    name="quarter",
    en="Every quarter of an hour of every meter since consent: what was counted from it on, what became of it.",
    de="Jede Viertelstunde jedes Zählers seit der Einwilligung: was ab ihr gezählt wurde, und was aus ihr wurde.",
    key=("meter", "slot"),
    monthly=True,
    fields=(
        _household(),
        _meter(),
        _slot(),
        Field(
            name="state",
            kind=Kind.TEXT,
            always=True,
            words=tuple(State),
            en="State in the slot ledger.",
            de="Zustand im Verzeichnis der Viertelstunden.",
        ),
        Field(
            name="reason",
            kind=Kind.TEXT,
            words=tuple(Reason),
            en="Why it is missing, as the device said. `device-off` also where it had not spoken of the slot 14 days "
            "later, or when consent was revoked, and nothing of any of its meters came from then. `unknown` where it "
            "said that it does not know, where it may still say, and where another of its meters was accounted for. "
            "Of a slot that was measured only `clock-not-set`: read before the device knew the time, dated afterwards.",
            de="Warum sie fehlt, wie das Gerät sagte. `device-off` auch, wenn es 14 Tage später oder beim Widerruf "
            "nichts dazu gesagt hatte und von keinem seiner Zähler etwas aus dieser Zeit kam. `unknown`, wenn es "
            "sagte, dass es das nicht weiß, wenn es noch etwas sagen kann, und wenn ein anderer Zähler belegt ist. "
            "Bei einer gemessenen nur `clock-not-set`: gelesen, ehe die Uhrzeit bekannt war, und später datiert.",
        ),
        Field(name="time", kind=Kind.MOMENT, en="When it was read, UTC.", de="Ablesezeitpunkt, UTC."),
        Field(
            name="slots",
            kind=Kind.COUNT,
            en="Length of the interval to the next measurement, in slots: 1, and more over a gap.",
            de="Länge des Intervalls bis zur nächsten Messung, in Viertelstunden: 1, über eine Lücke mehr.",
        ),
        Field(
            name="seconds",
            kind=Kind.NUMBER,
            unit="s",
            en="The same length, exactly.",
            de="Dieselbe Länge, genau.",
        ),
        Field(
            name="energy_in",
            kind=Kind.NUMBER,
            unit="kWh",
            en="Energy drawn in this interval (1.8.0); none where the step is flagged.",
            de="In diesem Intervall bezogene Energie (1.8.0); keine, wenn der Schritt markiert ist.",
        ),
        Field(
            name="energy_out",
            kind=Kind.NUMBER,
            unit="kWh",
            en="Energy fed in in this interval (2.8.0); none where the step is flagged.",
            de="In diesem Intervall eingespeiste Energie (2.8.0); keine, wenn der Schritt markiert ist.",
        ),
        Field(
            name="power",
            kind=Kind.NUMBER,
            unit="kW",
            en="Power when it was read, negative while feeding in (16.7.0, else 1.7.0 less 2.7.0).",
            de="Leistung beim Ablesen, negativ bei Einspeisung (16.7.0, sonst 1.7.0 weniger 2.7.0).",
        ),
        Field(
            name="flag",
            kind=Kind.TEXT,
            words=tuple(flag.word for flag in Flag if flag),
            en="Why the step to the next measurement cannot be believed.",
            de="Warum der Schritt zur nächsten Messung nicht zu glauben ist.",
        ),
    ),
)

FLAG = Table(
    name="flag",
    en="The steps of counters that cannot be believed, with what the counters showed before and after.",
    de="Die Schritte von Zählwerken, die nicht zu glauben sind, mit dem Stand davor und danach.",
    key=("meter", "begin", "register"),
    fields=(
        _household(),
        _meter(),
        Field(
            name="begin", kind=Kind.MOMENT, always=True, en="The measurement before, UTC.", de="Die Messung davor, UTC."
        ),
        Field(
            name="end", kind=Kind.MOMENT, always=True, en="The measurement after, UTC.", de="Die Messung danach, UTC."
        ),
        Field(
            name="flag",
            kind=Kind.TEXT,
            always=True,
            words=tuple(flag.word for flag in Flag if flag),
            en="What is wrong.",
            de="Was nicht stimmt.",
        ),
        Field(name="register", kind=Kind.TEXT, always=True, en="OBIS code.", de="OBIS-Kennzahl."),
        Field(name="before", kind=Kind.EXACT, unit="kWh", en="Counter before.", de="Stand davor."),
        Field(name="after", kind=Kind.EXACT, unit="kWh", en="Counter after.", de="Stand danach."),
    ),
)

TABLES = (HOUSEHOLD, METER, PV_SYSTEM, MEASUREMENT, QUARTER, FLAG)
