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
    "state_locked": "Ihre Zähler werden gelesen, aber nicht jeder zeigt seine Leistung.",
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
    "trouble_garbled": "das meiste kommt beschädigt an",
    "trouble_settings": "es kommt etwas an, aber nichts Verständliches",
    "trouble_model": "hier hängt ein anderes Zählermodell als eingestellt; von ihm wird nichts gespeichert",
    "trouble_foreign": "hier hängt ein anderer Zähler als bisher; von ihm wird nichts gespeichert",
    "trouble_locked": "der Zähler ist gesperrt: er zeigt ganze Kilowattstunden und keine Leistung",
    "trouble_refused": "die PIN wurde eingegeben, und der Zähler blieb gesperrt",
    "trouble_interrupted": "die Eingabe der PIN wurde unterbrochen, und der Zähler ist gesperrt",
    "trouble_menu": "die PIN wurde eingegeben; der Zähler zeigt seine Leistung noch nicht",
    "trouble_brief": "der Zähler zeigt seine Leistung nach der PIN nur zwei Minuten lang",
    "trouble_dark": "das Licht des Lesekopfs lässt sich nicht schalten; der Zähler bleibt gesperrt",
    "incidents": "Was gerade nicht geht",
    "since": "seit",
    "next_absent": "Stecken Sie den Lesekopf wieder an. Ist er angesteckt, ziehen Sie ihn ab und stecken ihn neu an.",
    "next_busy": "Beenden Sie das andere Programm, oder starten Sie dieses Gerät neu.",
    "next_denied": "Starten Sie dieses Gerät neu. Hilft das nicht, sagen Sie der Forschungsgruppe Bescheid.",
    "next_lost": "Prüfen Sie Kabel und Stecker des Lesekopfs.",
    "next_unfit": "Die Einstellung dieses Geräts muss berichtigt werden; sagen Sie der Forschungsgruppe Bescheid.",
    "next_silent": "Prüfen Sie, ob der Lesekopf am Zähler haftet und ob der Zähler Strom hat.",
    "next_garbled": "Drehen Sie den Lesekopf ein wenig, bis er gerade und dicht sitzt, und warten Sie eine Minute.",
    "next_settings": "Geschwindigkeit, Parität oder Datenbits der Leitung sind falsch eingestellt; "
    "sagen Sie der Forschungsgruppe Bescheid.",
    "next_model": "Setzen Sie den Lesekopf auf den richtigen Zähler. Sitzt er richtig, muss das Modell in den "
    "Einstellungen berichtigt werden.",
    "next_foreign": "Wurde der Zähler ausgetauscht, so bestätigen Sie das hier. Sonst setzen Sie den Lesekopf wieder "
    "auf den richtigen Zähler.",
    "next_locked": "Die PIN steht im Brief des Messstellenbetreibers; bei der Einrichtung wird sie mit Licht "
    "eingegeben.",
    "next_refused": "Prüfen Sie, ob die PIN stimmt und der Lesekopf gerade sitzt. Nach mehreren falschen PINs nehmen "
    "manche Zähler keine mehr an.",
    "next_interrupted": "Prüfen Sie, ob der Lesekopf gerade sitzt, und lassen Sie die PIN noch einmal eingeben.",
    "next_menu": "Auf diesem Modell muss im Menü des Zählers zusätzlich InF eingeschaltet werden; das geht nur davor.",
    "next_brief": "In den Einstellungen kann erlaubt werden, dass der Lesekopf ab und zu leuchtet; dann bleibt es so.",
    "next_dark": "Prüfen Sie, ob dieser Lesekopf eine Leuchtdiode hat, und sagen Sie der Forschungsgruppe Bescheid.",
    "step_exchange": "Der Zähler wurde ausgetauscht",
    "step_pin": "PIN noch einmal eingeben",
    "cloud": "Übertragung",
    "waiting": "Messungen, die auf die Übertragung warten",
    "set_aside": "Messungen, die nicht angenommen wurden und hier liegen",
    "last_contact": "Letzte Verbindung",
    "more": "Weitere Seiten",
    "unfit": "Erweiterungen mit einem Fehler",
    "unfit_next": "Alles andere läuft weiter. Wer das Gerät betreut, erfährt den Grund mit `edge-app models`.",
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
    "state_locked": "Your meters are being read, but not each of them shows its power.",
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
    "trouble_garbled": "most of what arrives is damaged",
    "trouble_settings": "something arrives, but nothing that can be understood",
    "trouble_model": "there is another meter model than the one that is set; nothing of it is kept",
    "trouble_foreign": "there is another meter than before; nothing of it is kept",
    "trouble_locked": "the meter is locked: it shows whole kilowatt hours and no power",
    "trouble_refused": "the PIN was entered, and the meter stayed locked",
    "trouble_interrupted": "the entry of the PIN was interrupted, and the meter is locked",
    "trouble_menu": "the PIN was entered; the meter does not show its power yet",
    "trouble_brief": "after the PIN the meter shows its power for two minutes only",
    "trouble_dark": "the light of the reading head cannot be switched; the meter stays locked",
    "incidents": "What does not work at the moment",
    "since": "since",
    "next_absent": "Plug the reading head in. If it is plugged in, pull it out and plug it in again.",
    "next_busy": "Stop the other program, or restart this device.",
    "next_denied": "Restart this device. If that does not help, tell the research group.",
    "next_lost": "Check the cable and the plug of the reading head.",
    "next_unfit": "The settings of this device have to be corrected; tell the research group.",
    "next_silent": "Check that the reading head sticks to the meter, and that the meter has power.",
    "next_garbled": "Turn the reading head a little until it sits straight and close, and wait for a minute.",
    "next_settings": "Rate, parity or data bits of the line are set wrongly; tell the research group.",
    "next_model": "Put the reading head on the right meter. If it is the right one, the model in the settings has to "
    "be corrected.",
    "next_foreign": "If the meter was exchanged, confirm that here. Otherwise put the reading head back on the right "
    "meter.",
    "next_locked": "The PIN is in the metering operator's letter; it is entered by light when the device is set up.",
    "next_refused": "Check that the PIN is right and that the reading head sits straight. After several wrong PINs "
    "some meters take none any more.",
    "next_interrupted": "Check that the reading head sits straight, and have the PIN entered again.",
    "next_menu": "On this model InF has to be switched on in the meter's menu besides, by somebody in front of it.",
    "next_brief": "The settings can allow the reading head to light up now and then, so that it stays.",
    "next_dark": "Check that this reading head has a light, and tell the research group.",
    "step_exchange": "The meter was exchanged",
    "step_pin": "Enter the PIN again",
    "cloud": "Transmission",
    "waiting": "Measurements waiting to be sent",
    "set_aside": "Measurements that were not accepted and are kept here",
    "last_contact": "Last contact",
    "more": "More pages",
    "unfit": "Add-ons with a fault",
    "unfit_next": "Everything else goes on. Whoever looks after the device learns the reason from `edge-app models`.",
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
