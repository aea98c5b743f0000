"""Answers that every resource may give."""

from typing import Literal

from cloud_api.wire.message import Message


class Health(Message, frozen=True, kw_only=True):
    """That the service answers."""

    status: Literal["ok"]


class FieldFault(Message, frozen=True, kw_only=True):
    """What is wrong with one field: a JSON pointer to it, and what was expected."""

    pointer: str
    detail: str


class ProblemDocument(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] | None = None
