"""What the page says, in German and English; both are complete."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

GERMAN = {
    "language": "de",
    "title": "Zählwerk",
    "state_not_granted": "Ihre Zähler werden noch nicht gelesen: Ihre Einwilligung fehlt.",
    "state_granted": "Ihre Zähler werden gelesen.",
    "state_waiting": "Ihre Einwilligung liegt vor; die erste Messung steht noch aus.",
    "state_trouble": "Ein Zähler kann gerade nicht gelesen werden.",
    "state_revoked": "Die Einwilligung ist widerrufen. Dieses Gerät misst und sendet nichts mehr.",
    "meters": "Zähler",
    "meter": "Zähler",
    "measured": "Zuletzt gemessen",
    "never": "noch nie",
    "drawn": "Bezogen",
    "fed_in": "Eingespeist",
    "power": "Leistung",
    "no_port": "noch kein Lesekopf zugeordnet",
    "listening": "wird gelesen",
    "trouble_absent": "der Lesekopf ist nicht angesteckt",
    "trouble_busy": "der Lesekopf wird von einem anderen Programm benutzt",
    "trouble_denied": "der Lesekopf darf nicht geöffnet werden",
    "trouble_lost": "die Verbindung zum Lesekopf ist abgerissen",
    "trouble_silent": "vom Zähler kommt nichts an; bitte den Sitz des Lesekopfs prüfen",
    "trouble_unfit": "die Adresse des Lesekopfs ist falsch",
    "cloud": "Übertragung",
    "waiting": "Messungen, die auf die Übertragung warten",
    "set_aside": "Messungen, die nicht angenommen wurden und hier liegen",
    "last_contact": "Letzte Verbindung",
    "more": "Weitere Seiten",
    "consent": "Einwilligung",
    "consent_text": "Mit Ihrer Einwilligung misst dieses Gerät jede Viertelstunde Ihre Zähler und sendet die Messungen "
    "verschlüsselt an die Forschungsgruppe. Sie können sie einmal erteilen und einmal widerrufen. Nach dem Widerruf "
    "wird nichts mehr gemessen, und Ihre Angaben werden für immer anonymisiert.",
    "grant": "Einwilligung erteilen",
    "revoke": "Einwilligung widerrufen",
    "revoke_warning": "Der Widerruf kann nicht rückgängig gemacht werden.",
    "granted_at": "Erteilt am",
    "revoked_at": "Widerrufen am",
    "failed": "Das hat nicht geklappt: Die Gegenstelle ist nicht erreichbar oder hat abgelehnt. "
    "Bitte versuchen Sie es später noch einmal.",
}

ENGLISH = {
    "language": "en",
    "title": "Zählwerk",
    "state_not_granted": "Your meters are not being read yet: your consent is missing.",
    "state_granted": "Your meters are being read.",
    "state_waiting": "Your consent has been given; the first measurement is still to come.",
    "state_trouble": "One of the meters cannot be read at the moment.",
    "state_revoked": "The consent has been revoked. This device measures and sends nothing any more.",
    "meters": "Meters",
    "meter": "Meter",
    "measured": "Last measured",
    "never": "never yet",
    "drawn": "Drawn",
    "fed_in": "Fed in",
    "power": "Power",
    "no_port": "no reading head assigned yet",
    "listening": "being read",
    "trouble_absent": "the reading head is not plugged in",
    "trouble_busy": "another program is using the reading head",
    "trouble_denied": "the reading head may not be opened",
    "trouble_lost": "the connection to the reading head has broken off",
    "trouble_silent": "nothing arrives from the meter; please check how the reading head sits",
    "trouble_unfit": "the address of the reading head is wrong",
    "cloud": "Transmission",
    "waiting": "Measurements waiting to be sent",
    "set_aside": "Measurements that were not accepted and are kept here",
    "last_contact": "Last contact",
    "more": "More pages",
    "consent": "Consent",
    "consent_text": "With your consent this device measures your meters every quarter of an hour and sends the "
    "measurements, encrypted, to the research group. You can give it once and revoke it once. After you revoke it, "
    "nothing is measured any more, and your details are anonymised for good.",
    "grant": "Give consent",
    "revoke": "Revoke consent",
    "revoke_warning": "Revoking cannot be undone.",
    "granted_at": "Given on",
    "revoked_at": "Revoked on",
    "failed": "That did not work: the other side cannot be reached or has refused. Please try again later.",
}


def words(request: web.Request) -> Mapping[str, str]:
    """The reader's language, by the first of the two that the browser names; German where it names neither."""
    for wish in request.headers.get("Accept-Language", "").split(","):
        language = wish.split(";")[0].strip().lower()[:2]
        if language in ("de", "en"):
            return ENGLISH if language == "en" else GERMAN
    return GERMAN


def moment(at: datetime | None, said: Mapping[str, str]) -> str:
    """A moment in the reader's way, in this machine's time zone."""
    if at is None:
        return said["never"]
    local = at.astimezone()
    return f"{local:%d.%m.%Y, %H:%M:%S} Uhr" if said is GERMAN else f"{local:%d %B %Y, %H:%M:%S}"
