"""The page of the plugin `mqtt`: which broker the values go to, and whether they arrive."""

from typing import Literal

import jinja2
from aiohttp import web

State = Literal["idle", "well", "unwell"]

WORDS = {
    "de": {
        "language": "de",
        "title": "Home Assistant (MQTT)",
        "idle": "Ohne Ihre Einwilligung geht nichts an Home Assistant.",
        "well": "Die Werte Ihrer Zähler gehen an Home Assistant.",
        "unwell": "Die Werte Ihrer Zähler kommen gerade nicht bei Home Assistant an.",
        "broker": "MQTT-Broker",
        "reason": "Grund",
        "back": "Zurück",
    },
    "en": {
        "language": "en",
        "title": "Home Assistant (MQTT)",
        "idle": "Without your consent nothing goes to Home Assistant.",
        "well": "The values of your meters go to Home Assistant.",
        "unwell": "The values of your meters do not reach Home Assistant at the moment.",
        "broker": "MQTT broker",
        "reason": "Reason",
        "back": "Back",
    },
}

PAGES = jinja2.Environment(
    loader=jinja2.ChoiceLoader(
        [
            jinja2.PackageLoader("meter_plugins", "home_assistant"),
            jinja2.PackageLoader("zaehlwerk_templates", "shared"),
        ]
    ),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def show(language: str, broker: str, state: State, trouble: str | None) -> web.Response:
    """The page as it is now; `trouble` is why the broker is not reached."""
    page = PAGES.get_template("broker.html")
    text = page.render(language=language, said=WORDS[language], broker=broker, state=state, trouble=trouble)
    return web.Response(text=text, content_type="text/html")
