"""The slip of a device: one sheet for the participant and one for the installer, each with an access code to print.

The codes stand here in clear and nowhere else; the device is given their Argon2 hashes.
"""

import secrets
from dataclasses import dataclass

import jinja2
import segno
from argon2 import PasswordHasher
from markupsafe import Markup

from cloud_api.wire.bundle import PAGES, PAGES_OTHERWISE

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""
GROUPS, LETTERS = 3, 4
"""Sixty random bits."""
HASHER = PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)
"""Of the ways that OWASP names for Argon2id the one with the least memory, 7 MiB, of which a device has little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The two access codes of a device, in clear."""

    participant: str
    installer: str

    @classmethod
    def draw(cls) -> "Codes":
        return cls(participant=_draw(), installer=_draw())


def hashed(code: str) -> str:
    """What the device is told of a code; hyphens do not matter."""
    return HASHER.hash(code.replace("-", ""))


def sheets(codes: Codes, device: str) -> bytes:
    """The sheets as a page that asks for nothing else, in German and English."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("zaehlwerk_templates", "cloud"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    square = Markup(segno.make(PAGES, error="m").svg_inline(scale=4, border=0))  # noqa: S704  # drawn by us
    template = environment.get_template("slip.html")
    return template.render(codes=codes, device=device, address=PAGES, otherwise=PAGES_OTHERWISE, square=square).encode()


def _draw() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
