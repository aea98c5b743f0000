"""Searching among very many: what is looked for is found in its own table first, before anything is joined."""

import re
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from cloud_api.store.schema import address, household, participant

DIGITS = 32
_HEXADECIMAL = re.compile(r"[0-9a-f]{1,32}")


def begins_so(text: str) -> tuple[UUID, UUID] | None:
    """The first and the last uuid that begin with a text, with or without hyphens; None where none can."""
    digits = text.lower().replace("-", "")
    if not _HEXADECIMAL.fullmatch(digits):
        return None
    return UUID(digits.ljust(DIGITS, "0")), UUID(digits.ljust(DIGITS, "f"))


def named_so(text: str) -> ColumnElement[bool]:
    """Whether a household is of a participant with this in the name."""
    return household.c.participant.in_(select(participant.c.uuid).where(_holds(participant.c.name, text)))


def reached_so(text: str) -> ColumnElement[bool]:
    """Whether a household is of a participant with this in the name or the e-mail address, or in a place called so."""
    people = select(participant.c.uuid).where(_holds(participant.c.name, text) | _holds(participant.c.email, text))
    places = select(address.c.household).where(_holds(address.c.city, text) | _holds(address.c.postal_code, text))
    return household.c.participant.in_(people) | household.c.uuid.in_(places)


def _holds(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)
