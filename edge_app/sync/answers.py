"""What an answer of the cloud means: a document, or the narrowest of the errors."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from edge_app.errors import ForbiddenError, RefusedError, UnreachableError
from edge_app.sync.wire import Problem

T = TypeVar("T", bound=msgspec.Struct | dict[str, Any])

FORBIDDEN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
REFUSED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
LONGEST_REASON = 300


class BusyError(UnreachableError):
    """The cloud asks to be left alone for a while: `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: float) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


def understand(status: int, headers: Mapping[str, str], body: bytes, kind: type[T], *, now: datetime) -> T:
    """Turn an answer into the document that was asked for.

    Raises ForbiddenError, RefusedError, BusyError, or UnreachableError where it is no answer of the Data API.
    """
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        try:
            document: T = msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            raise UnreachableError(f"the cloud's answer is none of the Data API's: {error}") from error
        return document
    problem = _problem(headers, body)
    reason = f"{status} {_in_words(problem)}" if problem else f"{status} without a reason"
    if status in FORBIDDEN:
        raise ForbiddenError(reason)
    if status in REFUSED and problem:
        raise RefusedError(reason)
    if status in BUSY:
        raise BusyError(reason, _retry_after(headers, now))
    raise UnreachableError(f"the cloud answered {reason}")


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """What the cloud's clock said."""
    return _http_date(headers.get("Date", ""))


def _problem(headers: Mapping[str, str], body: bytes) -> Problem | None:
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/problem+json":
        return None
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return None


def _in_words(problem: Problem) -> str:
    """One printable line."""
    places = (f"{place.pointer} {place.detail}" for place in problem.errors)
    words = "; ".join(part for part in (problem.title, problem.detail, *places) if part)
    return "".join(letter if letter.isprintable() else " " for letter in words)[:LONGEST_REASON]


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds, from either form of the header (RFC 9110, 10.2.3); 0 without one."""
    text = headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text)
    date = _http_date(text)
    return max((date - now).total_seconds(), 0) if date else 0


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
